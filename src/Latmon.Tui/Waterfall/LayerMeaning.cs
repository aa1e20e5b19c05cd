using Latmon.Pipeline;

namespace Latmon.Tui.Waterfall;

/// <summary>What a layer is and what a large one points at, for somebody who reads the word for the first time.</summary>
internal static class LayerMeaning
{
    public static string Of(Layer layer) => layer.Id() switch
    {
        "net.ingress" => "from the first byte at this host's network stack to TCP",
        "tcp.rx" => "TCP processing until the bytes could be read",
        "accept.wait" => "the connection waited for accept(): workers too few or too busy",
        "request.upload" => "the rest of the request was still coming in: the client or the network",
        "sock.wait" => "it could be read and was not: its workers are too few or too busy, or the process stood still",
        "app" => "from reading the request to the first byte of the response: the application and what it waited for",
        "response.write" => "the application wrote the response bit by bit",
        "tcp.tx" => "until the last byte was handed to the device: send buffer, the peer's window, an acknowledgement awaited, the queue",
        "net.egress" => "after the response: until the peer acknowledged it; not part of the duration, may hold a delayed ACK",
        "request.write" => "from the first to the last write of the request",
        "remote" => "from the last request byte out to the first response byte in: the other end and the way there",
        "response.download" => "from the first to the last byte of the response",
        _ => "could not be told apart, because a moment in it was not seen",
    };

    public static string Of(Evidence evidence) => evidence switch
    {
        Evidence.Measured => "measured",
        Evidence.Inferred => "~ inferred: a bound, or it holds a neighbour's time",
        _ => "? not measurable here; latmon doctor says why",
    };
}
