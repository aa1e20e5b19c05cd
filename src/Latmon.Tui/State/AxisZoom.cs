namespace Latmon.Tui.State;

/// <summary>Which part of a time axis is in sight, as fractions of the whole.</summary>
internal sealed class AxisZoom
{
    private const double LeastPart = 1.0 / 65_536;

    public double From { get; private set; }

    public double Part { get; private set; } = 1;

    public bool IsWhole => Part >= 1;

    public void Fit() => Show(0, 1);

    /// <param name="centre">Stays where it is, as far as the ends allow.</param>
    public void By(double factor, double centre)
    {
        double part = Math.Clamp(Part * factor, LeastPart, 1);
        Show(centre - (part / 2), part);
    }

    public void Pan(double views) => Show(From + (views * Part), Part);

    public void Show(double from, double part)
    {
        Part = Math.Clamp(part, LeastPart, 1);
        From = Math.Clamp(from, 0, 1 - Part);
    }
}
