using System.Text.Json;
using Latmon.Pipeline.Correlation;

namespace Latmon.Capture.Probes;

/// <summary>Checks definitions and gives their spans numbers, one file after the other.</summary>
internal sealed class ProbeSetReader
{
    private const int MostArguments = 5;
    private const int MostSpans = ushort.MaxValue;
    private const int MostGroups = byte.MaxValue;

    private readonly List<string> _groups = [];

    public List<ProbeSet> Sets { get; } = [];

    public List<SpanName> Names { get; } = [];

    public List<string> Problems { get; } = [];

    public void Add(string origin, Func<byte[]> content)
    {
        int names = Names.Count;
        try
        {
            ProbeFile file = JsonSerializer.Deserialize(content(), ProbeJson.Default.ProbeFile)
                ?? throw new FormatException("it is empty");
            Require(Sets.All(set => set.Name != file.Name), $"the name \"{file.Name}\" is taken by another file");
            Require(file.Name is { Length: > 0 }, "\"name\" is empty");
            Require(file.Files is { Length: > 0 } && file.Files.All(pattern => pattern.Length > 0), "\"files\" names no file");
            SpanProbe[] spans = [.. file.Spans.Where(span => span.Enabled ?? true).Select(span => Read(span, file.Name))];
            Sets.Add(new ProbeSet(file.Name, [.. file.Files], file.Enabled ?? true, [.. spans]));
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            Names.RemoveRange(names, Names.Count - names);
            Problems.Add($"{origin} cannot be used ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); correct or remove it.");
        }
    }

    private SpanProbe Read(SpanDefinition span, string set)
    {
        Require(span.Name is { Length: > 0 }, "a span has no name");
        Require(ProbePoint.TryParse(span.Begin, out ProbePoint begin) && begin.Kind != PointKind.Return,
            $"{span.Name}: \"{span.Begin}\" is neither a function nor usdt:PROVIDER:NAME");
        ProbePoint[] ends = [.. (span.End ?? []).Select(end => ReadEnd(span.Name, end))];
        Require(ends.Length > 0 || begin.Kind == PointKind.Function, $"{span.Name}: a usdt needs an \"end\"");
        Require(span.TextIs is null or "sql" or "plain", $"{span.Name}: \"text_is\" is sql or plain");
        Require(span.KeyIs is null || (span.KeyIs is "request" && span.Key is not null), $"{span.Name}: \"key_is\" is request, with a \"key\"");
        Require(Names.Count < MostSpans, "there are too many spans");
        string source = $"{(begin.Kind == PointKind.Mark ? "usdt" : "uprobe")}:{set}";
        SpanText text = span.TextIs is null or "sql" ? SpanText.Statement : SpanText.Plain;
        Names.Add(new SpanName(span.Name, source, text, KeyIsRequest: span.KeyIs is not null));
        return new SpanProbe(
            (ushort)(Names.Count - 1), span.Name, begin, [.. ends], Pairing(span, ends.Length), Group(set, span.Group),
            Argument(span, span.Text), Argument(span, span.Key));
    }

    private static ProbePoint ReadEnd(string name, string end)
    {
        Require(ProbePoint.TryParse(end, out ProbePoint point), $"{name}: \"{end}\" is no function, FUNCTION:return or usdt:PROVIDER:NAME");
        return point;
    }

    private static ProbePairing Pairing(SpanDefinition span, int ends)
    {
        if (ends == 0)
        {
            Require(span.Pairing is null, $"{span.Name}: \"pairing\" is for spans with an \"end\"");
            return ProbePairing.Call;
        }

        return span.Pairing switch
        {
            null => span.Key is null ? ProbePairing.Thread : ProbePairing.Key,
            "frame" => ProbePairing.Frame,
            "thread" => ProbePairing.Thread,
            "key" when span.Key is not null => ProbePairing.Key,
            _ => throw new FormatException($"{span.Name}: \"pairing\" is frame, thread, or, with a \"key\", key"),
        };
    }

    private byte Group(string set, string? group)
    {
        if (group is null)
        {
            return 0;
        }

        string name = $"{set}/{group}";
        int at = _groups.IndexOf(name);
        if (at < 0)
        {
            Require(_groups.Count < MostGroups, "there are too many groups");
            at = _groups.Count;
            _groups.Add(name);
        }

        return (byte)(at + 1);
    }

    private static byte Argument(SpanDefinition span, int? number)
    {
        Require(number is null or (>= 1 and <= MostArguments), $"{span.Name}: arguments are numbered from 1 to {MostArguments}");
        return (byte)(number ?? 0);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FormatException(otherwise);
        }
    }
}
