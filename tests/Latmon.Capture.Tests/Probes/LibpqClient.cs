using System.Diagnostics;
using System.Globalization;
using Latmon.Testing;

namespace Latmon.Capture.Tests.Probes;

/// <summary>A Python process with two connections through libpq; it executes a line of Python for each line it is given.</summary>
internal sealed class LibpqClient : IDisposable
{
    private const string Program = """
        import psycopg2, sys, threading, time
        now = time.monotonic_ns
        a = psycopg2.connect(sys.argv[1])
        b = psycopg2.connect(sys.argv[1])
        a.autocommit = b.autocommit = True
        ca, cb = a.cursor(), b.cursor()
        pids = lambda: f"{a.info.backend_pid} {b.info.backend_pid}"
        def timed(cursor, text):
            start = now()
            cursor.execute(text)
            return f"{start} {now()}"
        def hold(seconds):
            cb.execute("update t set v = 0") # so that the next one takes no time to be understood
            a.autocommit = False
            ca.execute("update t set v = 1")
            starts = []
            def wait():
                starts.append(now())
                cb.execute("update t set v = 2")
            waiter = threading.Thread(target=wait)
            waiter.start()
            time.sleep(seconds)
            asked = now()
            a.commit()
            given = now()
            a.autocommit = True
            waiter.join()
            return f"{starts[0]} {asked} {given}"
        for line in sys.stdin:
            print(eval(line), flush=True)
        """;

    private readonly Process _process;

    public LibpqClient(PostgresCluster postgres)
    {
        string target = $"host=127.0.0.1 port={postgres.Port} user=postgres dbname=postgres";
        _process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Program, target])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string[] pids = Do("pids()").Split(' ');
        Backends = [.. pids.Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    public int Pid => _process.Id;

    public int[] Backends { get; }

    public string Do(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The client has died.");
    }

    /// <summary>What Python says of when it began and ended, CLOCK_MONOTONIC.</summary>
    public (long StartNs, long EndNs) Time(string line)
    {
        string[] times = Do(line).Split(' ');
        return (long.Parse(times[0], CultureInfo.InvariantCulture), long.Parse(times[1], CultureInfo.InvariantCulture));
    }

    /// <summary>When the second connection asks for what the first has locked, when the first asks to commit, and when it has.</summary>
    public (long StartNs, long AskedNs, long GivenNs) Hold(double seconds)
    {
        string[] times = Do(string.Create(CultureInfo.InvariantCulture, $"hold({seconds})")).Split(' ');
        long[] ns = [.. times.Select(time => long.Parse(time, CultureInfo.InvariantCulture))];
        return (ns[0], ns[1], ns[2]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
