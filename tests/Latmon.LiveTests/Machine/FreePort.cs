using System.Net;
using System.Net.Sockets;

namespace Latmon.LiveTests.Machine;

/// <summary>
/// Ports that are free on 127.0.0.1 and [::1]. Taken below the range from which the kernel gives ports to clients
/// (32768 and up), so that no connection of anybody takes one between the look and the use.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private static int _next = Environment.ProcessId * 37 % Count;

    public static int Next()
    {
        for (int i = 0; i < Count; i++)
        {
            int port = First + (Interlocked.Increment(ref _next) % Count);
            if (IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.IPv6Loopback, port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("No free port.");
    }

    /// <summary>One of the range from which the kernel gives ports to clients: nothing in the number tells that a server has it.</summary>
    public static int OfClientRange()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
