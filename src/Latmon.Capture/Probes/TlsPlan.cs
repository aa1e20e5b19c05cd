using System.Buffers.Binary;
using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>
/// Where OpenSSL hands over plaintext. SSL_read and SSL_read_ex do nothing but call one function of the library's own, whose
/// beginning is cheap to probe (theirs are not, in the builds seen), so that is followed where SSL_read_ex calls it.
/// </summary>
internal static class TlsPlan
{
    public const string Files = "libssl.so*";

    /// <summary>Each with its <c>_ex</c>, where there is one.</summary>
    public static readonly string[] Functions = ["SSL_read", "SSL_write", "SSL_do_handshake"];

    /// <summary>What the programs keep of its sessions; before 5.11 they have none of it.</summary>
    public static readonly string[] Maps = ["tls_sessions", "tls_inbound", "tls_turns"];

    private const string ReadBegins = "tls_read_begins";
    private const string ReadReturns = "tls_read_returns";
    private const string WriteBegins = "tls_write_begins";
    private const string HandshakeBegins = "tls_handshake_begins";
    private const string HandshakeReturns = "tls_handshake_returns";
    private const ulong CountBehind = 1; // TLS_COUNT_BEHIND
    private const byte Call = 0xe8;

    /// <summary>Empty when the file is not OpenSSL's.</summary>
    public static List<(string Program, UserProbe Probe)> Of(ElfFile elf)
    {
        List<(string, UserProbe)> probes = [];
        Add(probes, elf, Functions[0], (ReadBegins, ReadReturns), CountBehind);
        Add(probes, elf, Functions[1], (WriteBegins, null), cookie: 0);
        if (elf.TryFind(Functions[2], out ulong handshake, out _))
        {
            AddPair(probes, elf, handshake, (HandshakeBegins, HandshakeReturns), cookie: 0);
        }

        return probes;
    }

    private static void Add(
        List<(string, UserProbe)> probes, ElfFile elf, string function, (string Begins, string? Returns) programs, ulong cookie)
    {
        bool hasBoth = elf.TryFind($"{function}_ex", out ulong extended, out _);
        if (hasBoth && Inner(elf, extended) is { } inner)
        {
            AddPair(probes, elf, inner, programs, cookie);
            return;
        }

        if (hasBoth)
        {
            AddPair(probes, elf, extended, programs, cookie);
        }

        if (elf.TryFind(function, out ulong plain, out _))
        {
            AddPair(probes, elf, plain, programs, cookie: 0);
        }
    }

    /// <summary>The function that is called first, when nothing that matters happens before.</summary>
    private static ulong? Inner(ElfFile elf, ulong function)
    {
        byte[] code = elf.Code(function, Prologue.Bytes);
        AttachPoint point = Prologue.Choose(code, needsReturn: false, 1, 2, 3, 4);
        if (point.IsCheap != true || point.Offset + 5 > code.Length || code[point.Offset] != Call)
        {
            return null;
        }

        long distance = BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(point.Offset + 1));
        ulong inner = (ulong)((long)function + point.Offset + 5 + distance);
        return Prologue.IsCarriedOut(elf.Code(inner, Prologue.Bytes)) ? inner : null;
    }

    private static void AddPair(
        List<(string, UserProbe)> probes, ElfFile elf, ulong function, (string Begins, string? Returns) programs, ulong cookie)
    {
        ulong at = function + (ulong)Prologue.Choose(elf.Code(function, Prologue.Bytes), needsReturn: true, 1, 2, 3, 4).Offset;
        probes.Add((programs.Begins, new UserProbe(elf.Path, at, AtReturn: false, cookie)));
        if (programs.Returns is { } returns)
        {
            probes.Add((returns, new UserProbe(elf.Path, at, AtReturn: true, cookie)));
        }
    }
}
