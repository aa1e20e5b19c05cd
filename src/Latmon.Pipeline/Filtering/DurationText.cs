using System.Buffers;
using System.Globalization;

namespace Latmon.Pipeline.Filtering;

/// <summary>Durations as people type them: <c>10ms</c>, <c>250us</c>, <c>1.5s</c>, <c>2m</c>; a unit is required.</summary>
public static class DurationText
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ns)[] Units = [("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)];

    public static bool TryParse(string text, out long ns)
    {
        ns = 0;
        int digits = text.AsSpan().IndexOfAnyExcept(Digits);
        if (digits <= 0 || !double.TryParse(
                text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
        {
            return false;
        }

        foreach ((string unit, double unitNs) in Units)
        {
            if (text.AsSpan(digits).SequenceEqual(unit))
            {
                double scaled = value * unitNs;
                ns = scaled <= 1e18 ? (long)scaled : 0;
                return ns > 0;
            }
        }

        return false;
    }
}
