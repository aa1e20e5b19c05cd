using System.Globalization;

namespace Latmon.Output;

/// <summary>What a summary says of losses beyond whole requests; nothing where there are none.</summary>
internal static class LossText
{
    public static string OfParts(long lost) => lost == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {lost} parts lost");
}
