namespace Latmon.Pipeline.Assembling;

/// <summary>How often answers confirmed what a line says.</summary>
internal struct LineRecord
{
    /// <summary>A contradiction counts half after some ninety answers.</summary>
    private const double Fading = 1 - (1.0 / 128);

    /// <summary>Confirmations since the last contradiction.</summary>
    public int Run { get; private set; }

    /// <summary>Contradictions, the older the less.</summary>
    public double Misses { get; private set; }

    public void Add(bool agrees)
    {
        Run = agrees ? Run + 1 : 0;
        Misses = (Misses * Fading) + (agrees ? 0 : 1);
    }
}
