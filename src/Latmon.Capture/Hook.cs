namespace Latmon.Capture;

/// <summary>Where a program attaches: the section of the program says it, as in <c>fentry/tcp_sendmsg_locked</c>.</summary>
public sealed record Hook(string Program, HookKind Kind, string Target)
{
    public static Hook Of(string program, string section)
    {
        int slash = section.IndexOf('/', StringComparison.Ordinal);
        HookKind kind = section[..slash] switch
        {
            "tp_btf" => HookKind.Tracepoint,
            "fentry" => HookKind.FunctionEntry,
            "fexit" => HookKind.FunctionExit,
            _ => throw new ArgumentException($"{section} is no kind of hook that latmon uses", nameof(section)),
        };
        return new Hook(program, kind, section[(slash + 1)..]);
    }

    /// <summary>As libbpf and bpftool name it.</summary>
    public override string ToString() => $"{KindText} {Target}";

    public string KindText => Kind switch
    {
        HookKind.Tracepoint => "tp_btf",
        HookKind.FunctionEntry => "fentry",
        _ => "fexit",
    };
}

public enum HookKind
{
    Tracepoint,
    FunctionEntry,
    FunctionExit,
}
