using System.Globalization;
using System.Text;

namespace Latmon.Pipeline.Tests.Correlation;

/// <summary>The words of one line of a scenario: bare ones, and texts in quotes with the escapes of C.</summary>
internal sealed class ScenarioWords
{
    private readonly List<string> _words = [];
    private int _next;

    public ScenarioWords(string line)
    {
        for (int at = 0; at < line.Length;)
        {
            if (line[at] == '#')
            {
                break;
            }

            at = line[at] switch
            {
                ' ' => at + 1,
                '"' => AddText(line, at + 1),
                _ => AddWord(line, at),
            };
        }
    }

    public bool More => _next < _words.Count;

    public string Word() => _words[_next++];

    public long Number() => long.Parse(Word(), CultureInfo.InvariantCulture);

    public uint Number32() => uint.Parse(Word(), CultureInfo.InvariantCulture);

    /// <summary>A text as the bytes that it stands for.</summary>
    public byte[] Bytes() => Encoding.Latin1.GetBytes(Word());

    private int AddWord(string line, int at)
    {
        int end = line.IndexOf(' ', at);
        end = end < 0 ? line.Length : end;
        _words.Add(line[at..end]);
        return end;
    }

    private int AddText(string line, int at)
    {
        StringBuilder text = new();
        for (; line[at] != '"'; at++)
        {
            if (line[at] != '\\')
            {
                _ = text.Append(line[at]);
                continue;
            }

            at++;
            _ = text.Append(line[at] switch { 'r' => '\r', 'n' => '\n', 'x' => Hex(line, ref at), var other => other });
        }

        _words.Add(text.ToString());
        return at + 1;
    }

    private static char Hex(string line, ref int at)
    {
        at += 2;
        return (char)byte.Parse(line.AsSpan(at - 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
