using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// A delay somewhere in the whole chain is in one layer of one exchange, and in no other. The application's own clock says how long
/// its statement took at most.
/// </summary>
public sealed class ChainDelayTests : IClassFixture<SharedPostgres>, IDisposable
{
    private readonly PostgresServer _postgres;
    private readonly ChainStage _stage;
    private readonly HttpConnection _client;

    public ChainDelayTests(SharedPostgres postgres)
    {
        _postgres = postgres.Server;
        _stage = new ChainStage(ChainApplication.Threaded(_postgres.Port, pool: 0));
        _client = HttpConnection.Open(_stage.Port);
        foreach (string path in new[] { "/one/0", "/late/0" })
        {
            Assert.Equal(200, _client.Ask(HttpText.Get(path)).Status);
        }
    }

    [Fact]
    public void A_statement_that_takes_long_is_the_backends_work()
    {
        (ChainDelay chain, long[] took) = Ask("/sleep/1");
        chain.Check(chain.Backend, "app", 50_000_000, took[0]);
        ChainDelay.CheckSpan(chain.Backend, "query execute", 50_000_000, took[0]);
        ChainDelay.CheckSpan(chain.Application, "PQexec", 50_000_000, took[0]);
    }

    [Fact]
    public void A_row_that_another_one_holds_is_a_wait_inside_the_backend()
    {
        _postgres.Query("CREATE TABLE IF NOT EXISTS held (id int PRIMARY KEY, changes int); INSERT INTO held VALUES (1, 0) ON CONFLICT DO NOTHING");
        using ChildProcess holder = HoldRow();
        (ChainDelay chain, long[] took) = Ask("/change/2");
        chain.Check(chain.Backend, "app", 80_000_000, took[0]);
        ChainDelay.CheckSpan(chain.Backend, "lock wait", 80_000_000, took[0]);
    }

    [Fact]
    public void A_backend_that_stands_still_leaves_the_statement_in_its_socket()
    {
        int backend = int.Parse(_client.Ask(HttpText.Get("/backend/3")).Body, CultureInfo.InvariantCulture);
        using StoppedReader stopped = StoppedReader.Stop(backend, _postgres.Port);
        (ChainDelay chain, long[] took) = Ask("/one/4", () => stopped.LetGoAfter(TimeSpan.FromMilliseconds(100)));
        chain.Check(chain.Backend, "sock.wait", stopped.StoodStillNs, took[0]);
    }

    [Fact]
    public void A_reply_that_the_application_reads_late_waited_in_its_socket()
    {
        (ChainDelay chain, long[] took) = Ask("/late/5");
        chain.Check(chain.Statement, "sock.wait", took[1], took[0]);
    }

    [Fact]
    public void What_the_applications_thread_does_is_told_from_what_it_waits_for()
    {
        (ChainDelay chain, long[] took) = Ask("/burn/6");
        chain.Check(chain.Application, "app", 20_000_000, took[0]);
        CpuLine cpu = Assert.IsType<CpuLine>(chain.Application.Cpu);
        Assert.InRange(cpu.OnCpuNs, 20_000_000 - ChainDelay.ErrorNs, took[0] + ChainDelay.ErrorNs);
        Assert.InRange(cpu.BlockedNs, 20_000_000 - ChainDelay.ErrorNs, took[1] + ChainDelay.ErrorNs);
    }

    public void Dispose()
    {
        _client.Dispose();
        _stage.Dispose();
    }

    private (ChainDelay Chain, long[] Took) Ask(string path, Action? during = null)
    {
        using LatmonTrace latmon = LatmonTrace.OfPort(_stage.Port);
        long start = Moment.Now;
        _client.Send(HttpText.Get(path));
        during?.Invoke();
        HttpReply reply = _client.ReadReply();
        long tookNs = Moment.Now - start;
        Assert.Equal(200, reply.Status);
        return (new ChainDelay(latmon.Finish(1).Only, tookNs), [.. reply.Body.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))]);
    }

    /// <summary>A session that lets the row go 80 ms after another one has come to wait for it.</summary>
    private ChildProcess HoldRow()
    {
        const string Hold = """
            DO $$ BEGIN
              UPDATE held SET changes = 0 WHERE id = 1;
              LOOP
                EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
                PERFORM pg_sleep(0.0002);
              END LOOP;
              PERFORM pg_sleep(0.08);
            END $$
            """;
        ChildProcess holder = _postgres.StartLocalSession(Hold);
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (_postgres.Query("SELECT count(*) FROM pg_locks WHERE relation = 'held'::regclass AND mode = 'RowExclusiveLock'")[0] == "0")
        {
            Assert.False(deadline.Passed, "The row was never held.");
        }

        return holder;
    }
}
