using System.Runtime.InteropServices;

namespace Latmon;

/// <summary>
/// The end of a command that runs until it is told to stop: SIGINT, SIGTERM, SIGHUP, a time limit, or the command itself.
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly ManualResetEventSlim _ended = new();
    private readonly PosixSignalRegistration[] _registrations;

    public EndSignal()
    {
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Any thread, any number of times.</summary>
    public void End() => _ended.Set();

    public void Wait(TimeSpan? limit)
    {
        if (limit is { } time)
        {
            _ = _ended.Wait(time);
        }
        else
        {
            _ended.Wait();
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _ended.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        End();
    }
}
