namespace Latmon.Tui.Drawing;

/// <summary>What a cell means. The theme decides how that looks, so that no view ever names a colour.</summary>
internal enum Ink
{
    Text,
    Strong,
    Dim,
    Title,
    FocusedTitle,
    Heading,
    Selected,
    Live,
    Paused,
    Calm,
    Raised,
    Severe,
    Alarm,
    Key,
    Network,
    Kernel,
    Waiting,
    Application,
    Response,
    Unattributed,
    Tail,
    Child,
    Database,
    Lock,
}
