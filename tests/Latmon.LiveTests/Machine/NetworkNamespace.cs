using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Latmon.LiveTests.Machine;

/// <summary>A network namespace of the test's own, with nothing but its loopback device.</summary>
public sealed partial class NetworkNamespace : IDisposable
{
    private const string Ip = "/usr/sbin/ip";
    private const int CloneNewNet = 0x40000000;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public string Path => $"/run/netns/{Name}";

    public static NetworkNamespace Create()
    {
        NetworkNamespace created = new($"latmon-{Environment.ProcessId}-{Guid.NewGuid():N}"[..24]);
        ChildProcess.Run(Ip, "netns", "add", created.Name);
        ChildProcess.Run(Ip, "-n", created.Name, "link", "set", "lo", "up");
        return created;
    }

    /// <summary>The command line that runs a program inside; <c>ip netns exec</c> becomes that program, so the pid is its pid.</summary>
    public (string File, string[] Arguments) Inside(string file, IEnumerable<string> arguments) =>
        (Ip, ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs on a thread that has moved inside: sockets made there belong to the namespace, wherever they are used later.</summary>
    public T Run<T>(Func<T> inside)
    {
        T result = default!;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                result = inside();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return result;
    }

    public void Dispose() => ChildProcess.Run(Ip, "netns", "delete", Name);

    private void Enter()
    {
        using SafeFileHandle handle = File.OpenHandle(Path);
        if (setns(handle, CloneNewNet) != 0)
        {
            throw new InvalidOperationException($"setns {Path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle handle, int kind);
}
