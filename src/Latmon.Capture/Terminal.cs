using System.Globalization;
using System.Net;

namespace Latmon.Capture;

/// <summary>
/// The connection that carries this terminal, from SSH_CONNECTION (<c>client-address client-port server-address
/// server-port</c>). It is left out, or the screen would watch itself being drawn.
/// </summary>
internal readonly record struct Terminal(IPAddress RemoteAddress, ushort RemotePort, ushort LocalPort)
{
    public static Terminal? FromEnvironment() => Parse(Environment.GetEnvironmentVariable("SSH_CONNECTION"));

    internal static Terminal? Parse(string? connection)
    {
        string[] fields = (connection ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 4
            && IPAddress.TryParse(fields[0], out IPAddress? remote)
            && ushort.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort remotePort)
            && ushort.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out ushort localPort))
        {
            return new Terminal(remote, remotePort, localPort);
        }

        return null;
    }
}
