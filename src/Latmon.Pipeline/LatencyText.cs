using System.Globalization;

namespace Latmon.Pipeline;

/// <summary>Nanoseconds as people read them. The only place where a duration becomes text for the eye.</summary>
public static class LatencyText
{
    /// <summary>Three significant digits and a unit: <c>870ns</c>, <c>1.25ms</c>, <c>53.2ms</c>, <c>2.10s</c>. At most 6 characters below 1000 s.</summary>
    public static string Format(long ns)
    {
        return ns switch
        {
            < 0 => "?",
            < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{ns}ns"),
            < 999_500 => Scaled(ns / 1e3, "us"),
            < 999_500_000 => Scaled(ns / 1e6, "ms"),
            _ => Scaled(ns / 1e9, "s"),
        };
    }

    public static string Format(long? ns) => ns is { } value ? Format(value) : "?";

    private static string Scaled(double value, string unit)
    {
        string format = value switch { < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" };
        return value.ToString(format, CultureInfo.InvariantCulture) + unit;
    }
}
