using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>Where in one file a span begins and ends, or what of it the file does not have.</summary>
/// <param name="Missing">Null when everything is there.</param>
/// <param name="IsDear">A place that the kernel single-steps.</param>
internal sealed record SpanPlan(
    SpanProbe Span,
    IReadOnlyList<(string Program, UserProbe Probe)> Functions,
    IReadOnlyList<(string Program, UserProbe Probe, MarkSite Site)> Marks,
    string? Missing,
    bool IsDear)
{
    public static SpanPlan Of(SpanProbe span, ElfFile elf)
    {
        Draft draft = new(span, elf);
        draft.AddBegin();
        foreach (ProbePoint end in span.Ends)
        {
            draft.AddEnd(end);
        }

        return new SpanPlan(span, draft.Functions, draft.Marks, draft.Missing, draft.IsDear);
    }

    private sealed class Draft(SpanProbe span, ElfFile elf)
    {
        public List<(string, UserProbe)> Functions { get; } = [];

        public List<(string, UserProbe, MarkSite)> Marks { get; } = [];

        public string? Missing { get; private set; }

        public bool IsDear { get; private set; }

        public void AddBegin()
        {
            bool returns = span.Ends.IsEmpty;
            if (span.Begin.Kind == PointKind.Mark)
            {
                AddMark("mark_begins", span.Begin);
            }
            else if (AddFunction("function_begins", span.Begin, returns, span.Text, span.Key) is { } at && returns)
            {
                Functions.Add(("function_returns", new UserProbe(elf.Path, at, AtReturn: true, span.Cookie())));
            }
        }

        public void AddEnd(ProbePoint end)
        {
            if (end.Kind == PointKind.Mark)
            {
                AddMark("mark_ends", end);
            }
            else if (end.Kind == PointKind.Function)
            {
                _ = AddFunction("function_ends", end, needsReturn: false, span.Key);
            }
            else if (AddFunction("ending_begins", end, needsReturn: true, span.Key) is { } at)
            {
                Functions.Add(("ending_returns", new UserProbe(elf.Path, at, AtReturn: true, span.Cookie())));
            }
        }

        private void AddMark(string program, ProbePoint point)
        {
            ElfMark[] places = [.. elf.Marks(point.Provider, point.Symbol)];
            if (places.Length == 0)
            {
                Missing ??= point.ToString();
            }

            foreach (ElfMark place in places)
            {
                MarkSite site = new() { Cookie = span.Cookie() };
                if (IsThere(point, place, span.Key, out site.Key) && IsThere(point, place, span.Text, out site.Text))
                {
                    Marks.Add((program, new UserProbe(elf.Path, place.FileOffset, AtReturn: false, Cookie: 0, place.Counter), site));
                }
            }
        }

        private bool IsThere(ProbePoint point, in ElfMark place, int number, out MarkArgument argument)
        {
            argument = default;
            bool isThere = number == 0 || MarkArgument.TryRead(place.Arguments, number, out argument);
            Missing ??= isThere ? null : $"argument {number} of {point} where it can be read";
            return isThere;
        }

        private ulong? AddFunction(string program, ProbePoint function, bool needsReturn, params ReadOnlySpan<byte> arguments)
        {
            if (!elf.TryFind(function.Symbol, out ulong offset, out int length))
            {
                Missing ??= function.ToString();
                return null;
            }

            AttachPoint point = Prologue.Choose(elf.Code(offset, Math.Min(length, Prologue.Bytes)), needsReturn, arguments);
            IsDear |= point.IsCheap == false;
            ulong at = offset + (ulong)point.Offset;
            Functions.Add((program, new UserProbe(elf.Path, at, AtReturn: false, span.Cookie(point.StackWords))));
            return at;
        }
    }
}
