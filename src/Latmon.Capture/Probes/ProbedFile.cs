using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>One file with the probes of one definition on it: those that it has places for and that the kernel takes.</summary>
internal sealed class ProbedFile : IDisposable
{
    private readonly List<IDisposable> _links = [];

    private ProbedFile()
    {
    }

    /// <summary>Null when nobody runs the file any more. A file that cannot be read has no probes; <see cref="ProbeReport"/> says why.</summary>
    public static ProbedFile? Attach(WantedFile file, ProbePrograms programs)
    {
        ProbedFile probed = new();
        try
        {
            using ElfFile? elf = file.Open();
            if (elf is null)
            {
                return null;
            }

            if (file.Set == ProbeSet.Tls)
            {
                probed.AttachAll(TlsPlan.Of(elf).Select(place => programs.Attach(place.Program, place.Probe)));
            }

            foreach (SpanPlan plan in file.Set.Spans.Select(span => SpanPlan.Of(span, elf)).Where(plan => plan.Missing is null))
            {
                probed.AttachAll(plan.Functions.Select(place => programs.Attach(place.Program, place.Probe))
                    .Concat(plan.Marks.Select(place => programs.Attach(place.Program, place.Probe, place.Site))));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has none.
        }

        return probed;
    }

    /// <summary>
    /// Taking a probe off waits until no processor can be inside it, 60 to 130 ms each, which threads share where the kernel lets them
    /// (links of its own, since 6.6; before, perf events wait under one lock).
    /// </summary>
    public void Dispose()
    {
        List<Thread> threads = [.. _links.Select(link => new Thread(link.Dispose))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    /// <summary>All of it or nothing: an end without its begin would cost and tell nothing.</summary>
    /// <param name="attaching">Done one by one while it is enumerated.</param>
    private void AttachAll(IEnumerable<IDisposable> attaching)
    {
        List<IDisposable> links = [];
        try
        {
            foreach (IDisposable link in attaching)
            {
                links.Add(link);
            }

            _links.AddRange(links);
        }
        catch (BpfException)
        {
            links.ForEach(link => link.Dispose());
        }
    }
}
