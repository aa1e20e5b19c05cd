using System.Collections.Immutable;

namespace Latmon.Capture.Probes;

/// <summary>One kind of span, ready to be attached: what <see cref="SpanDefinition"/> says, checked.</summary>
/// <param name="Number">What its records carry.</param>
/// <param name="Group">Calls of one group on one thread: only the outermost is reported. 0 = none.</param>
/// <param name="Text">Number of the argument that is a text, from 1; 0 = none.</param>
/// <param name="Key">Number of the argument that tells spans of one thread apart; 0 = none.</param>
internal sealed record SpanProbe(
    ushort Number,
    string Name,
    ProbePoint Begin,
    ImmutableArray<ProbePoint> Ends,
    ProbePairing Pairing,
    byte Group,
    byte Text,
    byte Key)
{
    /// <summary>As <c>span.bpf.h</c> takes it apart.</summary>
    /// <param name="stackWords">By how much the stack has grown between the function's beginning and the probe.</param>
    public ulong Cookie(int stackWords = 0) =>
        Number | ((ulong)Group << 16) | ((ulong)Text << 24) | ((ulong)Key << 32) | ((ulong)Pairing << 40)
        | ((ulong)stackWords << 48);
}

/// <summary>How a begin and an end belong together; numbers as in <c>span.bpf.h</c>.</summary>
internal enum ProbePairing : byte
{
    Call = 0,
    Frame = 1,
    Thread = 2,
    Key = 3,
}

/// <param name="Provider">Of a mark; empty for functions.</param>
internal readonly record struct ProbePoint(PointKind Kind, string Provider, string Symbol)
{
    private const string MarkPrefix = "usdt:";
    private const string ReturnSuffix = ":return";

    /// <summary><c>PQexec</c>, <c>PQgetResult:return</c>, <c>usdt:postgresql:sort__start</c>.</summary>
    public static bool TryParse(string text, out ProbePoint point)
    {
        if (text.StartsWith(MarkPrefix, StringComparison.Ordinal))
        {
            string[] names = text[MarkPrefix.Length..].Split(':');
            point = new ProbePoint(PointKind.Mark, names[0], names[^1]);
            return names is [{ Length: > 0 }, { Length: > 0 }];
        }

        bool atReturn = text.EndsWith(ReturnSuffix, StringComparison.Ordinal);
        string symbol = atReturn ? text[..^ReturnSuffix.Length] : text;
        point = new ProbePoint(atReturn ? PointKind.Return : PointKind.Function, "", symbol);
        return symbol.Length > 0 && !symbol.Contains(':', StringComparison.Ordinal);
    }

    public override string ToString() => Kind == PointKind.Mark ? $"{Provider}:{Symbol}" : Symbol;
}

internal enum PointKind
{
    Function,
    Return,
    Mark,
}
