using System.Collections.Immutable;
using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>What one definition finds on this machine now.</summary>
/// <param name="File">As the processes know it that run it; empty when none does.</param>
/// <param name="Found">Spans that the file can tell.</param>
/// <param name="Remarks">What it cannot tell, and what costs more than usual; one sentence each.</param>
public sealed record ProbeReport(
    string Name, bool IsEnabled, string File, int Spans, int Found, ImmutableArray<string> Remarks)
{
    /// <summary>Nothing is attached: the files are read.</summary>
    public static ImmutableArray<ProbeReport> Of(ProbeCatalog catalog)
    {
        ImmutableArray<ProbeSet> sets = [.. catalog.Sets, ProbeSet.Tls];
        ILookup<string, WantedFile> files = new ProcessWatch(sets).Look(Environment.TickCount64).Values.ToLookup(file => file.Set.Name);
        return [.. sets.SelectMany(set => Of(set, files[set.Name]))];
    }

    /// <summary>Why the kernel takes no probes, or null.</summary>
    internal static string? Refusal(BpfObject main)
    {
        try
        {
            ProbePrograms.Load(main).Dispose();
            return null;
        }
        catch (BpfException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<ProbeReport> Of(ProbeSet set, IEnumerable<WantedFile> files) => files
        .Select(file => Of(set, file))
        .DefaultIfEmpty(NotUsed(set));

    private static ProbeReport NotUsed(ProbeSet set) =>
        new(set.Name, set.IsEnabled, "", set.Spans.Length, 0, [$"no process uses {string.Join(" or ", set.Patterns)}"]);

    private static ProbeReport Of(ProbeSet set, WantedFile file)
    {
        try
        {
            using ElfFile? elf = file.Open();
            if (elf is null)
            {
                return NotUsed(set);
            }

            if (set == ProbeSet.Tls)
            {
                return OfLibrary(elf, file);
            }

            SpanPlan[] plans = [.. set.Spans.Select(span => SpanPlan.Of(span, elf))];
            IEnumerable<string> missing = plans.Where(plan => plan.Missing is not null)
                .Select(plan => $"{plan.Span.Name}: it has no {plan.Missing}");
            IEnumerable<string> dear = plans.Where(plan => plan is { Missing: null, IsDear: true })
                .Select(plan => $"{plan.Span.Name}: the kernel single-steps its place, which costs several microseconds");
            int found = plans.Count(plan => plan.Missing is null);
            return new ProbeReport(set.Name, set.IsEnabled, file.Path, plans.Length, found, [.. missing, .. dear]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProbeReport(set.Name, set.IsEnabled, file.Path, set.Spans.Length, 0, [e.Message]);
        }
    }

    private static ProbeReport OfLibrary(ElfFile elf, WantedFile file)
    {
        string[] missing = [.. TlsPlan.Functions.Where(function => !elf.TryFind(function, out _, out _))];
        return new ProbeReport(
            ProbeSet.Tls.Name, ProbeSet.Tls.IsEnabled, file.Path, TlsPlan.Functions.Length, TlsPlan.Functions.Length - missing.Length,
            [.. missing.Select(function => $"it has no {function}")]);
    }
}
