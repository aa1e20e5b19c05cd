namespace Latmon.LiveTests.Machine;

/// <summary>Reads one stream of a child process on a thread of its own and keeps its lines.</summary>
public sealed class LineCollector
{
    private readonly object _gate = new();
    private readonly List<string> _lines = [];
    private readonly StreamReader _reader;
    private readonly Thread _thread;
    private bool _ended;

    public LineCollector(StreamReader reader, string name)
    {
        _reader = reader;
        _thread = new Thread(Read) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits until the lines meet the condition. False when the stream ended or time ran out before that.</summary>
    public bool WaitUntil(Func<IReadOnlyList<string>, bool> condition, TimeSpan limit)
    {
        Deadline deadline = Deadline.In(limit);
        lock (_gate)
        {
            while (!condition(_lines))
            {
                if (_ended || deadline.Passed)
                {
                    return false;
                }

                Monitor.Wait(_gate, deadline.Left);
            }

            return true;
        }
    }

    /// <summary>Waits for the end of the stream: afterwards <see cref="Lines"/> is complete.</summary>
    public bool WaitForEnd(TimeSpan limit) => _thread.Join(limit);

    private void Read()
    {
        while (_reader.ReadLine() is { } line)
        {
            Add(line);
        }

        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            Monitor.PulseAll(_gate);
        }
    }
}
