using System.Drawing;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>
/// Who gets which part of the screen. From 120x30 on:
/// <code>
/// ┌──────────────────────────────────────────────┐
/// │ header                                       │
/// │ layers, one line each                        │
/// ├──────────────────┬───────────────────────────┤
/// │ list             │ detail                    │
/// ├──────────────────┴───────────────────────────┤
/// │ status                                       │
/// │ keys, or the line that is typed              │
/// └──────────────────────────────────────────────┘
/// </code>
/// Smaller, the detail takes the place of layers and list while it has the focus; below 18 lines only the pane with the
/// focus is left; an empty rectangle is a view that is not shown.
/// </summary>
internal sealed record ScreenLayout
{
    public static readonly Size Least = new(20, 5);

    /// <summary>A rule, the whole request, and every layer.</summary>
    private const int LayersHeight = LayersView.LayerCount + 2;
    private const int LeastLayers = 3;
    private const int LeastRest = 6;

    public Rectangle Header { get; private init; }

    public Rectangle LayersPane { get; private init; }

    public Rectangle List { get; private init; }

    public Rectangle Detail { get; private init; }

    public Rectangle Help { get; private init; }

    public Rectangle Status { get; private init; }

    public Rectangle Hints { get; private init; }

    public bool IsTooSmall { get; private init; }

    public static ScreenLayout For(Size size, ScreenState state)
    {
        if (size.Width < Least.Width || size.Height < Least.Height)
        {
            return new ScreenLayout { IsTooSmall = true };
        }

        bool hasStatus = size.Height >= 8 || state.FilterLine.Error.Length > 0;
        int bottom = hasStatus ? 2 : 1;
        ScreenLayout frame = new()
        {
            Header = new Rectangle(0, 0, size.Width, 1),
            Status = hasStatus ? new Rectangle(0, size.Height - 2, size.Width, 1) : default,
            Hints = new Rectangle(0, size.Height - 1, size.Width, 1),
        };
        return frame.WithBody(new Rectangle(0, 1, size.Width, size.Height - 1 - bottom), size, state);
    }

    private ScreenLayout WithBody(Rectangle body, Size size, ScreenState state)
    {
        if (state.IsHelpOpen)
        {
            return this with { Help = body };
        }

        PaneSet panes = state.Panes;
        bool isLarge = size is { Width: >= 120, Height: >= 30 };
        if (panes.IsZoomed || size.Height < 18 || (panes.Focus == Pane.Detail && !isLarge))
        {
            return panes.Focus switch
            {
                Pane.Layers => this with { LayersPane = body },
                Pane.Requests => this with { List = body },
                _ => this with { Detail = body },
            };
        }

        int layers = panes.IsHidden(Pane.Layers)
            ? 0
            : Math.Clamp(LayersHeight - panes.LayersCut, LeastLayers, Math.Min(LayersHeight, body.Height - LeastRest));
        Rectangle rest = body with { Y = body.Y + layers, Height = body.Height - layers };
        ScreenLayout split = layers == 0 ? this : this with { LayersPane = body with { Height = layers } };
        return isLarge && !panes.IsHidden(Pane.Detail) ? split.WithDetail(rest, panes.ListPercent) : split with { List = rest };
    }

    private ScreenLayout WithDetail(Rectangle rest, int listPercent)
    {
        int usual = listPercent == PaneSet.UsualListPercent ? 110 : rest.Width - 40;
        int list = Math.Clamp(rest.Width * listPercent / 100, listPercent == PaneSet.UsualListPercent ? 55 : 24, usual);
        return this with
        {
            List = rest with { Width = list },
            Detail = rest with { X = list + 1, Width = rest.Width - list - 1 },
        };
    }
}
