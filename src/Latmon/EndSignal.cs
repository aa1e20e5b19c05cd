using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Latmon;

/// <summary>
/// The end of a command that runs until it is told to stop: SIGINT, SIGTERM, SIGHUP, a time limit, or the command itself.
/// </summary>
internal sealed class EndSignal : IDisposable
{
    private readonly ManualResetEventSlim _ended = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Exception? _failure;

    public EndSignal()
    {
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Any thread, any number of times.</summary>
    public void End() => _ended.Set();

    /// <summary>The work on another thread has failed: <see cref="Wait"/> throws that on the waiting one.</summary>
    public void Fail(Exception failure)
    {
        Volatile.Write(ref _failure, failure);
        End();
    }

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

        if (Volatile.Read(ref _failure) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
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
