namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>
/// A thread per request: each reads one, calls and waits, and answers. Some requests let others do their calls (a pool of workers), and
/// threads in the background call on their own.
/// </summary>
internal sealed class ThreadSimulation(TraceWorld world, Random random, int pid)
{
    private int _nextTid = pid + 100;

    /// <summary>As Python's ThreadingHTTPServer does; else a pool keeps them.</summary>
    public bool NewThreadEach { get; init; }

    /// <summary>Part of the requests that give two of their calls to workers, at the same time.</summary>
    public double HandsOver { get; init; }

    /// <summary>Threads that call without a request.</summary>
    public int Background { get; init; }

    public void Run(int requests, int threads)
    {
        double endUs = 0;
        for (int thread = 0; thread < threads; thread++)
        {
            double us = random.NextDouble() * 5000;
            int tid = _nextTid++;
            for (int i = 0; i < requests / threads; i++)
            {
                tid = NewThreadEach ? _nextTid++ : tid;
                us = Serve(tid, us) + 30 + (random.NextDouble() * 3000);
            }

            endUs = Math.Max(endUs, us);
        }

        for (int i = 0; i < Background; i++)
        {
            int tid = _nextTid++;
            for (double us = 1000; us < endUs; us += 2000 + (random.NextDouble() * 20_000))
            {
                _ = world.Call(pid, tid, us, us + 200 + (random.NextDouble() * 1500), cause: 0);
            }
        }
    }

    private double Serve(int tid, double us)
    {
        Happening request = world.Request(pid, tid, us, us + 1);
        double at = us + 20 + (random.NextDouble() * 500);
        if (random.NextDouble() < HandsOver)
        {
            for (int i = 0; i < 2; i++)
            {
                _ = world.Call(pid, pid + 10 + random.Next(8), at + (i * 10), at + 300 + (random.NextDouble() * 1000), request.Id);
            }

            at += 1400;
        }

        for (int calls = random.Next(0, 5); calls > 0; calls--)
        {
            double replyUs = at + 100 + (random.NextDouble() * 4000);
            _ = world.Call(pid, tid, at, replyUs, request.Id, conn: (ulong)(1_000_000 + tid));
            at = replyUs + 10 + (random.NextDouble() * 300);
        }

        world.Rewrite(request, us, at);
        return at;
    }
}
