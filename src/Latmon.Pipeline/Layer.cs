namespace Latmon.Pipeline;

/// <summary>
/// A named place where the time of an exchange goes, in the order a request meets them. The layers up to
/// <see cref="Unattributed"/> are contiguous and sum to the duration; <see cref="NetEgress"/> lies after it.
/// The numbers are array indexes and stored in recordings: they only ever grow.
/// </summary>
public enum Layer
{
    NetIngress = 0,
    TcpRx = 1,
    AcceptWait = 2,
    RequestUpload = 3,
    SockWait = 4,
    App = 5,
    ResponseWrite = 6,
    TcpTx = 7,
    Unattributed = 8,
    NetEgress = 9,
}

/// <summary>How a layer's time is known. A layer that is <see cref="Unavailable"/> is never shown as 0.</summary>
public enum Evidence : byte
{
    Unavailable = 0,
    Measured = 1,

    /// <summary>Derived from neighbouring stamps: an upper bound, or a neighbour's time included in it.</summary>
    Inferred = 2,
}

/// <summary>The fixed identifiers (JSON, filters) and titles (screen) of the layers.</summary>
public static class Layers
{
    /// <summary>Layers that sum to the duration of an exchange.</summary>
    public const int SummedCount = 9;

    /// <summary>All layers, with the delivery tail that is outside the sum.</summary>
    public const int Count = 10;

    private static readonly string[] Ids =
    [
        "net.ingress", "tcp.rx", "accept.wait", "request.upload", "sock.wait",
        "app", "response.write", "tcp.tx", "unattributed", "net.egress",
    ];

    private static readonly string[] Titles =
    [
        "Network ingress", "Kernel TCP receive", "Accept queue", "Request upload", "Socket wait",
        "Application", "Response write", "Kernel TCP send", "Unattributed", "Network egress",
    ];

    public static string Id(this Layer layer) => Ids[(int)layer];

    public static string Title(this Layer layer) => Titles[(int)layer];

    public static bool TryParse(ReadOnlySpan<char> id, out Layer layer)
    {
        for (int i = 0; i < Ids.Length; i++)
        {
            if (id.Equals(Ids[i], StringComparison.OrdinalIgnoreCase))
            {
                layer = (Layer)i;
                return true;
            }
        }

        layer = default;
        return false;
    }
}
