using System.Text.Json;
using System.Text.Json.Serialization;

namespace Latmon.Capture.Probes;

/// <summary>A definition as it stands in a file of <c>config/probes</c>, where <c>README.md</c> explains each property.</summary>
internal sealed record ProbeFile
{
    public required string Name { get; init; }

    public string? About { get; init; }

    public required string[] Files { get; init; }

    public bool? Enabled { get; init; }

    public required SpanDefinition[] Spans { get; init; }
}

internal sealed record SpanDefinition
{
    public required string Name { get; init; }

    public string? About { get; init; }

    public required string Begin { get; init; }

    public string[]? End { get; init; }

    public int? Text { get; init; }

    public string? TextIs { get; init; }

    public int? Key { get; init; }

    public string? KeyIs { get; init; }

    public string? Pairing { get; init; }

    public string? Group { get; init; }

    public bool? Enabled { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ProbeFile))]
internal sealed partial class ProbeJson : JsonSerializerContext;
