using System.Globalization;

namespace Latmon.Pipeline.Filtering;

/// <summary>One status (<c>404</c>) or a class of them (<c>5xx</c>).</summary>
public readonly record struct StatusPattern(int From, int To)
{
    public bool Matches(int status) => status >= From && status <= To;

    public static bool TryParse(string text, out StatusPattern pattern)
    {
        pattern = default;
        if (text.Length != 3 || text[0] is < '1' or > '9')
        {
            return false;
        }

        if (text.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
        {
            int hundred = (text[0] - '0') * 100;
            pattern = new StatusPattern(hundred, hundred + 99);
            return true;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            return false;
        }

        pattern = new StatusPattern(status, status);
        return true;
    }

    public override string ToString() =>
        From == To ? From.ToString(CultureInfo.InvariantCulture) : $"{From / 100}xx";
}
