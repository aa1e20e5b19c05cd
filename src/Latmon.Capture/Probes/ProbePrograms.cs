using Latmon.Bpf;

namespace Latmon.Capture.Probes;

/// <summary>The programs of <c>probes.bpf.c</c>, loaded beside the main ones, whose ring and filter they use.</summary>
internal sealed class ProbePrograms : IDisposable
{
    private static readonly string[] Shared =
        ["records", "followed_pids", "filter_pids", "filter_comms", "tls_calls", .. TlsPlan.Maps];

    private readonly BpfObject _object;
    private readonly BpfGlobal<long> _lost;
    private readonly BpfGlobal<long> _lostTurns;
    private readonly BpfGlobal<uint> _all;
    private readonly BpfGlobal<uint> _byProcess;
    private readonly MarkSites _sites;

    private ProbePrograms(BpfObject loaded)
    {
        _object = loaded;
        _lost = loaded.Global<long>("lost_spans");
        _lostTurns = loaded.Global<long>("lost_turns");
        _all = loaded.Global<uint>("select_all");
        _byProcess = loaded.Global<uint>("select_by_process");
        _sites = new MarkSites(loaded.Map("mark_sites"));
    }

    /// <summary>Spans that found no room, since the start.</summary>
    public long Lost => _lost.Value;

    public ProgramRuns Runs => _object.Runs();

    /// <summary>Turns that waited for what a TLS library decrypted and then found no room.</summary>
    public long LostTurns => _lostTurns.Value;

    /// <param name="main">Loaded, and open for as long as this is.</param>
    /// <exception cref="BpfException">The kernel takes no such programs; before 5.15 it has no attach cookies.</exception>
    public static ProbePrograms Load(BpfObject main)
    {
        using Stream stream = typeof(ProbePrograms).Assembly.GetManifestResourceStream("probes.bpf.o")!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        BpfObject programs = BpfObject.Open(image, "probes");
        try
        {
            foreach (string map in Shared.Where(main.HasMap))
            {
                programs.ShareMap(map, main.Map(map));
            }

            if (TrialProgram.TakesProbeLinks())
            {
                programs.UseProbeLinks();
            }

            programs.Load();
            return new ProbePrograms(programs);
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    /// <summary>Whose spans are reported: everybody's, or those of processes that read from a followed socket.</summary>
    /// <param name="byProcess">The filter's processes are reported as well, whatever they read from.</param>
    public void Select(bool all, bool byProcess)
    {
        _byProcess.Value = byProcess ? 1u : 0u;
        _all.Value = all ? 1u : 0u;
    }

    public IDisposable Attach(string program, in UserProbe probe) => _object.Attach(program, probe);

    /// <summary>To a place of a statically defined probe, whose cookie is the number that the site gets.</summary>
    public IDisposable Attach(string program, in UserProbe probe, in MarkSite site)
    {
        uint number = _sites.Add(site);
        try
        {
            return new MarkLink(_object.Attach(program, probe with { Cookie = number }), _sites, number);
        }
        catch
        {
            _sites.Free(number);
            throw;
        }
    }

    public void Dispose() => _object.Dispose();

    private sealed class MarkLink(IDisposable link, MarkSites sites, uint number) : IDisposable
    {
        public void Dispose()
        {
            link.Dispose();
            sites.Free(number);
        }
    }
}
