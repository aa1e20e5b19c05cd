using System.Text;
using Latmon.Tui.Output;

namespace Latmon.Tui.Tests;

public sealed class ClipboardTests
{
    [Fact]
    public void A_terminal_is_sent_one_sequence() =>
        Assert.Equal("\e]52;c;d2F0ZXJmYWxs\a", Clipboard.Sequence("waterfall", inScreen: false));

    [Fact]
    public void Gnu_screen_is_sent_pieces_that_it_hands_on()
    {
        string text = new('x', 1000);
        string[] pieces = Clipboard.Sequence(text, inScreen: true)!.Split("\e\\", StringSplitOptions.RemoveEmptyEntries);

        Assert.True(pieces.Length > 1);
        Assert.All(pieces, piece => Assert.StartsWith("\eP", piece, StringComparison.Ordinal));
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 3, 250));
        Assert.Equal(
            $"\e]52;c;{Convert.ToBase64String(Encoding.ASCII.GetBytes(text))}\a", string.Concat(pieces.Select(piece => piece[2..])));
    }

    [Fact]
    public void What_no_terminal_takes_is_not_sent() => Assert.Null(Clipboard.Sequence(new string('x', 50_001), inScreen: false));
}
