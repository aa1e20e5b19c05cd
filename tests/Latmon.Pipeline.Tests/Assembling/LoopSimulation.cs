namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>
/// An event loop: one thread reads and writes everything, a callback at a time. Requests make calls one after the other or several at
/// once, over connections of a pool that may run out; then whoever gives one back writes the next call of somebody else.
/// </summary>
internal sealed class LoopSimulation(TraceWorld world, Random random, int pid, int pool = int.MaxValue)
{
    private readonly PriorityQueue<Action, double> _ready = new();
    private readonly Queue<Action<ulong>> _waiting = new();
    private readonly Stack<ulong> _idle = new();
    private double _nowUs;
    private int _connections;

    public int Calls { get; init; } = 2;

    /// <summary>Calls of a request that go out at once, each step.</summary>
    public int FanOut { get; init; } = 1;

    /// <summary>Part of the requests that answer after a timer and make no call.</summary>
    public double Timers { get; init; }

    /// <summary>The answer is written by a timer that begins when the last reply has come.</summary>
    public bool Pauses { get; init; }

    /// <summary>A request keeps its connection until it is answered, and gives it back right before that.</summary>
    public bool Keeps { get; init; }

    /// <summary>A connection is given back before its reply leads to anything; otherwise by chance before or after.</summary>
    public bool GivesBackFirst { get; init; }

    /// <summary>Requests come from a proxy on this host, so that they are held until that is over as well.</summary>
    public bool Proxied { get; init; }

    /// <summary>Part of the callbacks before which nothing happens for up to 100 ms.</summary>
    public double Stalls { get; init; }

    /// <summary>From the writing of a call to its reply.</summary>
    public (double LeastUs, double MostUs) Replies { get; init; } = (100, 4100);

    public void Run(int requests, int concurrency)
    {
        int left = requests;
        for (int i = 0; i < concurrency; i++)
        {
            Arrive(random.NextDouble() * 1000);
        }

        RunAll();

        void Arrive(double us) => _ready.Enqueue(() => Serve(() =>
        {
            if (--left > concurrency)
            {
                Arrive(_nowUs + 20 + (random.NextDouble() * 200));
            }
        }), us);
    }

    /// <summary>The next requests come together, when all have been answered.</summary>
    public void RunInWaves(int requests, int concurrency)
    {
        int left = requests;
        int open = 0;
        Wave();
        RunAll();

        void Wave()
        {
            for (; open < Math.Min(concurrency, left); open++)
            {
                _ready.Enqueue(() => Serve(Done), _nowUs + 100 + (3 * open));
            }

            left -= open;
        }

        void Done()
        {
            if (--open == 0)
            {
                Wave();
            }
        }
    }

    private void RunAll()
    {
        while (_ready.TryDequeue(out Action? callback, out double us))
        {
            _nowUs = Math.Max(_nowUs, us) + 2;
            _nowUs += Stalls > 0 && random.NextDouble() < Stalls ? random.NextDouble() * 100_000 : 0;
            callback();
        }
    }

    private void Serve(Action done)
    {
        Happening request = world.Request(pid, pid, _nowUs, _nowUs + 1);
        double readUs = _nowUs;
        Work();
        if (random.NextDouble() < Timers)
        {
            _ready.Enqueue(() => Answer(request, readUs, done), _nowUs + 500 + (random.NextDouble() * 20_000));
            return;
        }

        if (Keeps)
        {
            WithConnection(conn => StepOn(conn, request, Calls, () => AnswerLater(request, readUs, done)));
        }
        else
        {
            Step(request, Calls, () => AnswerLater(request, readUs, done));
        }
    }

    private void StepOn(ulong conn, Happening request, int left, Action answer) => CallOn(conn, request.Id, () =>
    {
        Work();
        if (left > 1)
        {
            StepOn(conn, request, left - 1, answer);
        }
        else
        {
            GiveBack(conn);
            answer();
        }
    });

    private void Step(Happening request, int left, Action answer)
    {
        int open = FanOut;
        for (int i = 0; i < FanOut; i++)
        {
            Call(request.Id, () =>
            {
                if (--open > 0)
                {
                    return;
                }

                Work();
                if (left > 1)
                {
                    Step(request, left - 1, answer);
                }
                else
                {
                    answer();
                }
            });
        }
    }

    private void Call(uint cause, Action then) => WithConnection(conn => CallOn(conn, cause, () =>
    {
        bool releaseFirst = random.Next(2) == 0 || GivesBackFirst;
        if (releaseFirst)
        {
            GiveBack(conn);
        }

        then();
        if (!releaseFirst)
        {
            GiveBack(conn);
        }
    }));

    private void CallOn(ulong conn, uint cause, Action then)
    {
        double wroteUs = _nowUs;
        _nowUs += 3;
        _ready.Enqueue(() =>
        {
            _ = world.Call(pid, pid, wroteUs, _nowUs, cause, conn);
            _nowUs += 1;
            then();
        }, wroteUs + Replies.LeastUs + (random.NextDouble() * (Replies.MostUs - Replies.LeastUs)));
    }

    private void WithConnection(Action<ulong> use)
    {
        if (_idle.TryPop(out ulong conn))
        {
            use(conn);
        }
        else if (_connections < pool)
        {
            ulong made = 1_000_000 + (ulong)++_connections;
            _ready.Enqueue(() => use(made), _nowUs + 200 + (random.NextDouble() * 3000));
        }
        else
        {
            _waiting.Enqueue(use);
        }
    }

    private void GiveBack(ulong conn)
    {
        if (_waiting.TryDequeue(out Action<ulong>? use))
        {
            use(conn);
        }
        else
        {
            _idle.Push(conn);
        }
    }

    private void AnswerLater(Happening request, double readUs, Action done)
    {
        if (Pauses)
        {
            _ready.Enqueue(() => Answer(request, readUs, done), _nowUs + (random.NextDouble() * 4000));
        }
        else
        {
            Answer(request, readUs, done);
        }
    }

    private void Answer(Happening request, double readUs, Action done)
    {
        world.Rewrite(request, readUs, _nowUs);
        if (Proxied)
        {
            Happening asked = world.Request(pid + 1, pid + 1, readUs - 50, _nowUs + 60);
            TraceWorld.Link(world.Call(pid + 1, pid + 1, readUs - 30, _nowUs + 40, asked.Id), request);
        }

        _nowUs += 4;
        done();
    }

    private void Work() => _nowUs += 5 + (random.NextDouble() * 60);
}
