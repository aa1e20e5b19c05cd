namespace Latmon.Pipeline.Assembling;

/// <summary>How often answers confirmed what a line says.</summary>
internal struct LineRecord
{
    /// <summary>A contradiction counts half after some ninety answers.</summary>
    private const double Fading = 1 - (1.0 / 128);

    /// <summary>One in ten for a while is no accident: somebody is missing in the line, or too many stand in it.</summary>
    private const int Lost = 12;

    /// <summary>Those who stood in the line when it was renewed are gone after as many.</summary>
    private const int Settling = 64;

    private int _answers;

    /// <summary>Confirmations since the last contradiction.</summary>
    public int Run { get; private set; }

    /// <summary>Contradictions, the older the less.</summary>
    public double Misses { get; private set; }

    public readonly bool IsLost => Misses >= Lost && _answers >= Settling;

    public void Add(bool agrees)
    {
        _answers++;
        Run = agrees ? Run + 1 : 0;
        Misses = (Misses * Fading) + (agrees ? 0 : 1);
    }

    public void Renewed() => _answers = 0;
}
