namespace Latmon.Tui.Drawing;

/// <summary>A sentence on as many lines as it takes, broken at blanks where there are any.</summary>
internal static class TextWrap
{
    public static IEnumerable<string> Lines(string text, int width)
    {
        string left = text;
        while (left.Length > width)
        {
            int space = left.LastIndexOf(' ', width);
            int cut = space > width / 2 ? space : width;
            yield return left[..cut];
            left = left[cut..].TrimStart();
        }

        yield return left;
    }
}
