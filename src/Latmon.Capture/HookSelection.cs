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

    /// <summary>
    /// How a function of the kernel calls a program (<c>CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS</c>). Without it, as on arm64 before
    /// 6.4, such programs are loaded and cannot be attached. Type information does not name it everywhere where it is (5.10).
    /// </summary>
    private const string DirectCall = "register_ftrace_direct";

    private readonly Dictionary<Hook, int> _trials = [];
    private bool _mayNotAttach = !kernel.HasFunction(DirectCall);

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
            string? refusal = Refusal(hook);
            if (refusal is null)
            {
                return new HookChoice(boundary, hook, string.Join("; ", refusals), IsMissed: false)
                {
                    StandIns = withStandIns ? [.. StandIns.Select(standIn => hooks.GetValueOrDefault(program + standIn)).OfType<Hook>()] : [],
                };
            }

            refusals.Add($"{hook} refused: {refusal}");
        }

        return !exists && boundary.ElsewhereCovered is { } covered
            ? new HookChoice(boundary, null, covered, IsMissed: false)
            : new HookChoice(boundary, null, string.Join("; ", refusals), IsMissed: true);
    }

    private bool Exists(Hook hook) =>
        hook.Kind == HookKind.Tracepoint ? kernel.HasTracepoint(hook.Target) : kernel.HasFunction(hook.Target);

    /// <summary>Null when it may be used. Tracepoints need no trial: where those are not allowed nothing is, and the load says so.</summary>
    private string? Refusal(Hook hook)
    {
        if (hook.Kind == HookKind.Tracepoint)
        {
            return null;
        }

        if (!_trials.TryGetValue(hook, out int errno))
        {
            errno = TrialProgram.OnFunction(kernel, hook.Target, hook.Kind == HookKind.FunctionExit, _mayNotAttach);
            _mayNotAttach &= errno != 0;
            _trials.Add(hook, errno);
        }

        return errno switch
        {
            0 => null,
            BpfException.NotSupported => "this kernel's functions call no programs",
            _ => BpfException.Reason(errno),
        };
    }
}
