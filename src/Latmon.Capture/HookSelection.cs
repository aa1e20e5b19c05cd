using System.Collections.Immutable;
using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>
/// Chooses, boundary by boundary, the first candidate that this kernel has and lets be loaded. What exists is asked of the
/// kernel's type information, never of its version or of an error code; what is allowed, by a trial.
/// </summary>
/// <param name="kernel">Its type information.</param>
/// <param name="withStandIns">More programs are to hang on every hook whose program may be left out.</param>
internal sealed class HookSelection(Btf kernel, bool withStandIns)
{
    private static readonly ImmutableArray<string> StandIns = ["_second", "_third"];

    private readonly Dictionary<Hook, int> _trials = [];

    /// <param name="hooks">The programs that the build has, by name.</param>
    public ImmutableArray<HookChoice> Choose(IReadOnlyDictionary<string, Hook> hooks) =>
    [
        .. HookTable.Boundaries
            .Where(boundary => boundary.Candidates.Any(hooks.ContainsKey))
            .Select(boundary => Choose(boundary, hooks)),
    ];

    private HookChoice Choose(Boundary boundary, IReadOnlyDictionary<string, Hook> hooks)
    {
        List<string> refusals = [];
        bool exists = false;
        foreach (string program in boundary.Candidates)
        {
            if (!hooks.TryGetValue(program, out Hook? hook))
            {
                continue;
            }

            if (!Exists(hook))
            {
                refusals.Add($"no {hook} here");
                continue;
            }

            exists = true;
            int errno = Trial(hook);
            if (errno == 0)
            {
                return new HookChoice(boundary, hook, string.Join("; ", refusals), IsMissed: false)
                {
                    StandIns = withStandIns ? [.. StandIns.Select(standIn => hooks.GetValueOrDefault(program + standIn)).OfType<Hook>()] : [],
                };
            }

            refusals.Add($"{hook} refused: {BpfException.Reason(errno)}");
        }

        return !exists && boundary.ElsewhereCovered is { } covered
            ? new HookChoice(boundary, null, covered, IsMissed: false)
            : new HookChoice(boundary, null, string.Join("; ", refusals), IsMissed: true);
    }

    private bool Exists(Hook hook) =>
        hook.Kind == HookKind.Tracepoint ? kernel.HasTracepoint(hook.Target) : kernel.HasFunction(hook.Target);

    /// <summary>Tracepoints need none: where those are not allowed nothing is, and the load says so.</summary>
    private int Trial(Hook hook)
    {
        if (hook.Kind == HookKind.Tracepoint)
        {
            return 0;
        }

        if (!_trials.TryGetValue(hook, out int errno))
        {
            errno = TrialProgram.OnFunction(kernel, hook.Target, hook.Kind == HookKind.FunctionExit);
            _trials.Add(hook, errno);
        }

        return errno;
    }
}
