namespace Latmon.Pipeline.Correlation;

/// <summary>By which evidence an exchange came to its place in a trace, strongest first. As <c>attribution.method</c> in JSON.</summary>
public enum ParentMethod : byte
{
    /// <summary>A request that came from outside: it has no parent and needs none.</summary>
    Root = 0,

    /// <summary>The other end of the same connection, on this host.</summary>
    Connection,

    /// <summary>The same trace id or request id in the heads of both.</summary>
    Header,

    /// <summary>The thread that read the request wrote the call, and nothing else was on its mind.</summary>
    Thread,

    /// <summary>A call that fits no request: a root of its own.</summary>
    None,
}

public enum Confidence : byte
{
    Certain = 0,
    Likely,
    Weak,
}

/// <summary>As in JSON.</summary>
public static class ParentageTexts
{
    private static readonly string[] Methods = ["root", "connection", "header", "thread", "none"];
    private static readonly string[] Confidences = ["certain", "likely", "weak"];

    public static string Text(this ParentMethod method) => Methods[(int)method];

    public static string Text(this Confidence confidence) => Confidences[(int)confidence];
}
