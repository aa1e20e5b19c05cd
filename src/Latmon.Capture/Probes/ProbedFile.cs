using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>One file with the probes of one definition on it.</summary>
internal sealed class ProbedFile : IDisposable
{
    private readonly List<IDisposable> _links = [];

    private ProbedFile(ProbeSet set, MappedFile file)
    {
        Set = set;
        File = file;
    }

    public ProbeSet Set { get; }

    public MappedFile File { get; }

    /// <summary>Spans that this file cannot tell, and why.</summary>
    public List<string> Problems { get; } = [];

    public int Attached { get; private set; }

    public static ProbedFile Attach(ProbeSet set, MappedFile file, ProbePrograms programs)
    {
        ProbedFile probed = new(set, file);
        try
        {
            using ElfFile elf = ElfFile.Open(file.Handle);
            if (set == ProbeSet.Tls)
            {
                probed.AttachTls(TlsPlan.Of(elf, file.Handle), programs);
            }

            foreach (SpanProbe span in set.Spans)
            {
                probed.Attach(SpanPlan.Of(span, elf, file.Handle), programs);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            probed.Problems.Add($"{file.Path} cannot be read: {e.Message}");
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

    private void AttachTls(List<(string Program, UserProbe Probe)> plan, ProbePrograms programs)
    {
        try
        {
            plan.ForEach(place => _links.Add(programs.Attach(place.Program, place.Probe)));
        }
        catch (BpfException e)
        {
            Problems.Add(e.Message);
        }
    }

    /// <summary>All of it or nothing: an end without its begin would cost and tell nothing.</summary>
    private void Attach(SpanPlan plan, ProbePrograms programs)
    {
        if (plan.Missing is { } missing)
        {
            Problems.Add($"{plan.Span.Name}: {File.Path} has no {missing}");
            return;
        }

        List<IDisposable> links = [];
        try
        {
            foreach ((string program, UserProbe probe) in plan.Functions)
            {
                links.Add(programs.Attach(program, probe));
            }

            foreach ((string program, UserProbe probe, MarkSite site) in plan.Marks)
            {
                links.Add(programs.Attach(program, probe, site));
            }

            _links.AddRange(links);
            Attached++;
        }
        catch (BpfException e)
        {
            links.ForEach(link => link.Dispose());
            Problems.Add($"{plan.Span.Name}: {e.Message}");
        }
    }
}
