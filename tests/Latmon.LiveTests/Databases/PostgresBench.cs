using System.Globalization;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Databases;

/// <summary>
/// A PostgreSQL with pgbench's tables, and a pgbench whose clients wait for a lock before the second of their transactions, which
/// are those of TPC-B.
/// </summary>
public sealed class PostgresBench : IDisposable
{
    public const int StatementsPerTransaction = 7;

    private const string Lock = "4711";

    private static readonly string Script = $"""
        \set aid random(1, 100000)
        \set bid 1
        \set tid random(1, 10)
        \set delta random(1, 5000)
        \set round :round + 1
        \if :round = 2
        SELECT pg_advisory_xact_lock_shared({Lock});
        \endif
        BEGIN;
        UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
        SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
        UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
        UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
        INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
        END;
        """;

    private readonly string _script;

    public PostgresBench()
    {
        _script = Path.Combine(Server.SocketDirectory, "tpcb.sql");
        File.WriteAllText(_script, Script);
        using ChildProcess initialize = Server.StartClient("pgbench", "-i", "-q");
        if (initialize.WaitForExit(Deadline.Usual) != 0)
        {
            throw new InvalidOperationException($"pgbench made no tables: {string.Join('\n', initialize.Errors.Lines)}");
        }
    }

    public PostgresServer Server { get; } = PostgresServer.Start();

    public ChildProcess StartPgBench(string mode, int clients, int transactions) =>
        Server.StartClient("pgbench", Arguments(mode, clients, transactions));

    /// <summary>The same over the socket, from a network namespace.</summary>
    public ChildProcess StartLocalPgBench(NetworkNamespace inside, string mode, int clients, int transactions) =>
        Server.StartLocalClient(inside, "pgbench", Arguments(mode, clients, transactions));

    /// <summary>A session beside the watched port that holds the lock until <see cref="ReleaseLock"/>.</summary>
    public ChildProcess HoldLock()
    {
        ChildProcess holder = ChildProcess.Start(PostgresServer.Program("psql"),
        [
            "-h", Server.SocketDirectory, "-p", Text(Server.Port), "-U", "postgres", "-Xqc", $"SELECT pg_advisory_lock({Lock}), pg_sleep(600)",
        ]);
        WaitFor($"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted", 1);
        return holder;
    }

    public void WaitForWaiting(int clients) =>
        WaitFor("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", clients);

    public void ReleaseLock() =>
        Server.Query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");

    public void Dispose() => Server.Dispose();

    private string[] Arguments(string mode, int clients, int transactions) =>
        ["-n", "-M", mode, "-c", Text(clients), "-t", Text(transactions), "-D", "round=0", "-f", _script];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void WaitFor(string count, int expected)
    {
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (Server.Query(count)[0] != Text(expected))
        {
            if (deadline.Passed)
            {
                throw new TimeoutException($"never {expected}: {count}");
            }
        }
    }
}
