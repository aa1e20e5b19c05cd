using System.Collections.Immutable;
using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>One of the objects that <c>bpf/Makefile</c> builds from the same source, and what it asks of the kernel.</summary>
/// <param name="Title">What it does differently, in the user's words.</param>
/// <param name="Needs">Functions that the kernel's type information must name.</param>
public sealed record ProgramBuild(string Resource, string Title, ImmutableArray<string> Needs)
{
    /// <summary>The best first. The last asks for nothing but what 5.10 has.</summary>
    public static readonly ImmutableArray<ProgramBuild> All =
    [
        new("latmon.bpf.o", "request bytes from the packet, state in the socket",
            ["bpf_dynptr_from_skb", "bpf_sk_storage_get_tracing"]),
        new("latmon-buffers.bpf.o", "request bytes from the reader's buffer, state in the socket",
            ["bpf_sk_storage_get_tracing"]),
        new("latmon-map.bpf.o", "request bytes from the reader's buffer, state in a map of 16,384 sockets", []),
    ];

    /// <summary>What the kernel does not have of <see cref="Needs"/>, or null.</summary>
    public string? MissingIn(Btf kernel) => Needs.FirstOrDefault(function => !kernel.HasFunction(function));

    internal BpfObject Open()
    {
        using Stream stream = typeof(ProgramBuild).Assembly.GetManifestResourceStream(Resource)!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return BpfObject.Open(image, "latmon");
    }
}
