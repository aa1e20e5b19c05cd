using System.Globalization;
using Latmon.LiveTests.Machine;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>A server's process that stands still; what is sent to it lies in its socket.</summary>
public sealed class StoppedReader : IDisposable
{
    private readonly int _pid;
    private readonly int _port;

    private StoppedReader(int pid, int port)
    {
        _pid = pid;
        _port = port;
        Signal.Send(pid, Signal.Stop);
        WaitUntil(() => File.ReadAllText($"/proc/{_pid}/stat").Split(") ")[1][0] == 'T');
    }

    /// <summary>With bytes in its socket: at least.</summary>
    public long StoodStillNs { get; private set; }

    /// <param name="port">At which it serves; nothing else lies unread there.</param>
    public static StoppedReader Stop(int pid, int port) => new(pid, port);

    /// <summary>Waits for the bytes, then so long.</summary>
    public void LetGoAfter(TimeSpan time)
    {
        WaitUntil(HasUnread);
        long seen = Moment.Now;
        Thread.Sleep(time);
        StoodStillNs = Moment.Now - seen;
        Signal.Send(_pid, Signal.Continue);
    }

    public void Dispose() => Signal.Send(_pid, Signal.Continue);

    /// <summary>Local address, remote address, state and <c>tx_queue:rx_queue</c> follow the number of the line, in hexadecimal digits.</summary>
    private bool HasUnread()
    {
        string port = $":{_port:X4}";
        return File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(fields =>
            fields[1].EndsWith(port, StringComparison.Ordinal) && fields[3] == "01"
            && long.Parse(fields[4].AsSpan(fields[4].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) > 0);
    }

    private static void WaitUntil(Func<bool> condition)
    {
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (!condition())
        {
            Assert.False(deadline.Passed, "Waited in vain.");
        }
    }
}
