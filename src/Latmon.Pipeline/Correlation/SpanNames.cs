using System.Collections.Immutable;

namespace Latmon.Pipeline.Correlation;

/// <summary>What the probe numbers of spans mean: fixed when the probes are defined, before the first record comes.</summary>
/// <param name="Name"><c>PQexec</c>, <c>query parse</c>.</param>
/// <param name="Source"><c>uprobe:libpq</c>, <c>usdt:postgresql</c>.</param>
/// <param name="KeyIsRequest">The key of its spans stands for the request that is served.</param>
public readonly record struct SpanName(string Name, string Source, SpanText Text = SpanText.Statement, bool KeyIsRequest = false);

/// <summary>What a span's text is, and so what may be kept of it.</summary>
public enum SpanText
{
    /// <summary>SQL: its literals are masked.</summary>
    Statement,

    /// <summary>A name of something.</summary>
    Plain,
}

public sealed record SpanNames(ImmutableArray<SpanName> All)
{
    public static readonly SpanNames None = new([]);

    public SpanName Of(int probe) => probe < All.Length ? All[probe] : new SpanName("?", "?");
}
