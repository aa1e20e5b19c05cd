using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using Latmon.Tui.Output;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Latmon.Tui.Drawing;

/// <summary>
/// How each <see cref="Ink"/> looks. Text and severities use the sixteen names that the user's terminal defines, on the
/// terminal's own background, so light and dark schemes both work; bars get the hues of <see cref="Palette"/> where the
/// terminal has them. Without colour only bold, faint and reverse are left, and the glyphs carry the rest.
/// </summary>
internal sealed class Theme
{
    private readonly Attribute[] _attributes = new Attribute[Enum.GetValues<Ink>().Length];
    private readonly ColorMode _mode;
    private readonly IReadOnlyDictionary<Ink, Color> _chosen;

    public Theme(ColorMode mode, ThemeName name = ThemeName.Usual, IReadOnlyDictionary<Ink, Color>? chosen = null)
    {
        _mode = mode;
        _chosen = chosen ?? new Dictionary<Ink, Color>();
        Name = name;
        Build();
    }

    public ThemeName Name { get; private set; }

    public Attribute this[Ink ink] => _attributes[(int)ink];

    public static Ink Of(Layer layer) => layer.Id() switch
    {
        "net.ingress" => Ink.Network,
        "tcp.rx" or "tcp.tx" => Ink.Kernel,
        "accept.wait" or "sock.wait" => Ink.Waiting,
        "app" => Ink.Application,
        "request.upload" or "response.write" or "request.write" or "response.download" => Ink.Response,
        "remote" => Ink.Child,
        "net.egress" => Ink.Tail,
        _ => Ink.Unattributed,
    };

    public static Ink Of(Trace call) => DatabaseCalls.IsDatabase(call) ? Ink.Database : Ink.Child;

    public static Ink Of(Span span) => span.Name.Contains("lock", StringComparison.OrdinalIgnoreCase) ? Ink.Lock : Ink.Database;

    public void Change(ThemeName name)
    {
        Name = name;
        Build();
    }

    private void Build()
    {
        foreach (Ink ink in Enum.GetValues<Ink>())
        {
            _attributes[(int)ink] = Look(ink);
        }
    }

    private Attribute Look(Ink ink)
    {
        TextStyle style = StyleOf(ink);
        bool mono = _mode == ColorMode.Mono || Name == ThemeName.Mono;
        if (Name == ThemeName.Contrast)
        {
            style &= ~TextStyle.Faint;
        }

        bool rich = _mode is ColorMode.Indexed256 or ColorMode.TrueColor;
        Color color = mono ? Color.None
            : _chosen.TryGetValue(ink, out Color chosen) ? chosen
            : rich && Palette.Rich(ink, Name) is { } hue ? hue
            : Palette.Sixteen(ink, Name) is { } named ? new Color(named)
            : Color.None;
        return new Attribute(color, Color.None, style);
    }

    private static TextStyle StyleOf(Ink ink) => ink switch
    {
        Ink.Strong or Ink.Title or Ink.Key or Ink.Severe or Ink.Lock => TextStyle.Bold,
        Ink.Dim or Ink.Heading or Ink.Unattributed or Ink.Tail => TextStyle.Faint,
        Ink.FocusedTitle or Ink.Paused or Ink.Alarm => TextStyle.Bold | TextStyle.Reverse,
        Ink.Selected => TextStyle.Reverse,
        _ => TextStyle.None,
    };
}
