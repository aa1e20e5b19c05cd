using System.Globalization;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>
/// As much of a terminal as the frames need: cursor movement, erase, SGR and text. Anything else is a failure, so a
/// sequence that came out of traffic cannot hide.
/// </summary>
internal sealed class TerminalModel(int width, int height)
{
    private readonly (char Glyph, string Sgr)[,] _cells = new (char, string)[height, width];
    private int _row;
    private int _column;
    private string _sgr = "0";

    public void Apply(string frame)
    {
        for (int at = 0; at < frame.Length; at++)
        {
            if (frame[at] == '\e')
            {
                at = Sequence(frame, at);
            }
            else
            {
                Assert.False(char.IsControl(frame[at]), $"control character U+{(int)frame[at]:X4} in the output");
                _cells[_row, _column++] = (frame[at], _sgr);
            }
        }
    }

    /// <summary>Blanks without a visible attribute are alike, as they are for the eye.</summary>
    public string Picture()
    {
        List<string> lines = [];
        for (int row = 0; row < height; row++)
        {
            lines.Add(string.Concat(Enumerable.Range(0, width).Select(column => Cell(_cells[row, column]))));
        }

        return string.Join('\n', lines);
    }

    public string Text()
    {
        IEnumerable<string> lines = Enumerable.Range(0, height).Select(row =>
            string.Concat(Enumerable.Range(0, width).Select(column => _cells[row, column].Glyph))
                .Replace('\0', ' ').TrimEnd() + '\n');
        return string.Concat(lines);
    }

    private static string Cell((char Glyph, string Sgr) cell)
    {
        bool blank = cell.Glyph is ' ' or '\0';
        bool reversed = cell.Sgr is not null && cell.Sgr.Split(';').Contains("7");
        return blank && !reversed ? " " : $"{cell.Glyph}<{cell.Sgr}>";
    }

    private int Sequence(string frame, int start)
    {
        Assert.Equal('[', frame[start + 1]);
        int end = start + 2;
        while (!char.IsAsciiLetter(frame[end]))
        {
            end++;
        }

        string parameters = frame[(start + 2)..end];
        switch (frame[end])
        {
            case 'H':
                int[] to = [.. parameters.Split(';').Select(number => int.Parse(number, CultureInfo.InvariantCulture) - 1)];
                (_row, _column) = (to[0], to[1]);
                break;
            case 'C':
                _column += int.Parse(parameters, CultureInfo.InvariantCulture);
                break;
            case 'K':
                Erase(_row, _column);
                break;
            case 'J':
                Assert.Equal("2", parameters);
                Array.Clear(_cells);
                break;
            case 'm':
                _sgr = parameters;
                break;
            default:
                bool known = $"{parameters}{frame[end]}" is "?2026h" or "?2026l" or "?25l";
                Assert.True(known, $"unexpected sequence ESC[{parameters}{frame[end]}");
                break;
        }

        return end;
    }

    private void Erase(int row, int from)
    {
        for (int column = from; column < width; column++)
        {
            _cells[row, column] = default;
        }
    }
}
