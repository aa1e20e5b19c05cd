using Latmon.Pipeline;
using Latmon.Tui.Output;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Latmon.Tui.Drawing;

/// <summary>
/// How each <see cref="Ink"/> looks. Text and severities use the sixteen names that the user's terminal defines, on the
/// terminal's own background, so light and dark schemes both work; bars get finer hues of middle brightness where the
/// terminal has them. Without colour only bold, faint and reverse are left, and the glyphs carry the rest.
/// </summary>
internal sealed class Theme
{
    private readonly Attribute[] _attributes;

    public Theme(ColorMode mode)
    {
        Ink[] inks = Enum.GetValues<Ink>();
        _attributes = new Attribute[inks.Length];
        foreach (Ink ink in inks)
        {
            (Color foreground, TextStyle style) = Look(ink, rich: mode is ColorMode.Indexed256 or ColorMode.TrueColor);
            _attributes[(int)ink] = new Attribute(mode == ColorMode.Mono ? Color.None : foreground, Color.None, style);
        }
    }

    public Attribute this[Ink ink] => _attributes[(int)ink];

    public static Ink Of(Layer layer) => layer switch
    {
        Layer.NetIngress => Ink.Network,
        Layer.TcpRx or Layer.TcpTx => Ink.Kernel,
        Layer.AcceptWait or Layer.SockWait => Ink.Waiting,
        Layer.App => Ink.Application,
        Layer.RequestUpload or Layer.ResponseWrite => Ink.Response,
        Layer.NetEgress => Ink.Tail,
        _ => Ink.Unattributed,
    };

    private static (Color Foreground, TextStyle Style) Look(Ink ink, bool rich) => ink switch
    {
        Ink.Strong or Ink.Title or Ink.Key => (Color.None, TextStyle.Bold),
        Ink.Dim or Ink.Heading or Ink.Unattributed or Ink.Tail => (Color.None, TextStyle.Faint),
        Ink.FocusedTitle or Ink.Paused => (Color.None, TextStyle.Bold | TextStyle.Reverse),
        Ink.Selected => (Color.None, TextStyle.Reverse),
        Ink.Live or Ink.Calm => (ColorName16.Green, TextStyle.None),
        Ink.Raised => (ColorName16.Yellow, TextStyle.None),
        Ink.Severe => (ColorName16.Red, TextStyle.Bold),
        Ink.Alarm => (ColorName16.Red, TextStyle.Bold | TextStyle.Reverse),
        Ink.Network => (rich ? new Color(0x5F, 0x87, 0xD7) : ColorName16.Blue, TextStyle.None),
        Ink.Kernel => (rich ? new Color(0x00, 0xAF, 0xAF) : ColorName16.Cyan, TextStyle.None),
        Ink.Waiting => (rich ? new Color(0xD7, 0x87, 0x00) : ColorName16.Yellow, TextStyle.None),
        Ink.Application => (rich ? new Color(0x5F, 0xAF, 0x5F) : ColorName16.Green, TextStyle.None),
        Ink.Response => (rich ? new Color(0xAF, 0x5F, 0xD7) : ColorName16.Magenta, TextStyle.None),
        Ink.Child => (rich ? new Color(0xD7, 0x5F, 0x87) : ColorName16.Magenta, TextStyle.None),
        _ => (Color.None, TextStyle.None),
    };
}
