using System.Collections.Immutable;

namespace Latmon.Capture;

/// <summary>
/// Every boundary with the programs of <c>latmon.bpf.c</c> that can see it, the best first. A tracepoint is preferred to a
/// function: its arguments are kept stable, it costs less, and hardened kernels allow it. Not where the function is passed by
/// AF_UNIX alone and the tracepoint by every socket: TCP does not pay for what it does not use.
/// </summary>
public static class HookTable
{
    private const string Functions = "a kernel that allows BPF programs on functions (fentry)";

    public static readonly ImmutableArray<Boundary> Boundaries =
    [
        new(BoundaryId.Segment, "a segment enters TCP", ["segment"], Without: null, Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.Readable, "bytes are readable", ["readable", "readable_function"],
            Without: "time in TCP, of an upload and in the socket cannot be told apart", Remedy: $"Linux 6.3, or {Functions}"),
        new(BoundaryId.Accept, "accept() returns", ["accept"],
            Without: "the accept queue stays inside the first request's socket wait, marked inferred", Remedy: Functions),
        new(BoundaryId.Read, "the application reads", ["read"], Without: null, Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.RequestHead, "the bytes that it read", ["read_buffer"],
            Without: "requests have no protocol, method and path", Remedy: $"Linux 6.12, or {Functions}"),
        new(BoundaryId.Write, "the application writes", ["write", "write_function"],
            Without: null, Remedy: $"Linux 6.16, or {Functions}"),
        new(BoundaryId.WritePages, "it sends from a file", ["write_pages"],
            Without: "bodies sent by sendfile() are not seen", Remedy: $"Linux 6.5, or {Functions}",
            ElsewhereCovered: "such bodies are writes here"),
        new(BoundaryId.Transmit, "a packet goes to the device", ["transmit"],
            Without: "the kernel's time to send and the network's cannot be told apart", Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.Retransmit, "a segment is sent again", ["retransmit"],
            Without: "retransmits are not counted", Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.State, "a connection opens or closes", ["state"], Without: null, Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.End, "a socket is freed", ["forget"], Without: null, Remedy: "Linux 5.10 or newer"),
        new(BoundaryId.UnixRead, "an AF_UNIX socket is read", ["unix_read_function", "unix_read"],
            Without: "of AF_UNIX connections nothing is told of reading", Remedy: $"Linux 6.3, or {Functions}"),
        new(BoundaryId.UnixAccept, "accept() on AF_UNIX returns", ["unix_accept"],
            Without: "the accept queue stays inside the first request's socket wait, marked inferred", Remedy: Functions),
        new(BoundaryId.UnixEnd, "an AF_UNIX socket is closed", ["unix_release"],
            Without: "that is noticed up to a second later", Remedy: Functions),
    ];
}
