using System.Drawing;
using Latmon.Pipeline;
using Latmon.Tui.State;

namespace Latmon.Tui.Views;

/// <summary>
/// Who gets which part of the screen. From 120x30 on:
/// <code>
/// ┌──────────────────────────────────────────────┐
/// │ header                                       │
/// │ layers, one line each                        │
/// ├──────────────────┬───────────────────────────┤
/// │ requests         │ waterfall and details     │
/// ├──────────────────┴───────────────────────────┤
/// │ status                                       │
/// │ keys, or the filter line                     │
/// └──────────────────────────────────────────────┘
/// </code>
/// Smaller, the waterfall takes the place of layers and requests while it has the focus; below 18 lines only the pane
/// with the focus is left; an empty rectangle is a view that is not shown.
/// </summary>
internal sealed record ScreenLayout
{
    public static readonly Size Least = new(20, 5);

    /// <summary>A rule, the whole request, and every layer.</summary>
    private const int LayersHeight = Layers.Count + 2;

    public Rectangle Header { get; private init; }

    public Rectangle LayersPane { get; private init; }

    public Rectangle List { get; private init; }

    public Rectangle Waterfall { get; private init; }

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

        bool isLarge = size is { Width: >= 120, Height: >= 30 };
        if (state.IsZoomed || size.Height < 18 || (state.Focus == Pane.Waterfall && !isLarge))
        {
            return state.Focus switch
            {
                Pane.Layers => this with { LayersPane = body },
                Pane.Requests => this with { List = body },
                _ => this with { Waterfall = body },
            };
        }

        int layers = Math.Min(LayersHeight, body.Height - 6);
        Rectangle rest = body with { Y = body.Y + layers, Height = body.Height - layers };
        ScreenLayout split = this with { LayersPane = body with { Height = layers } };
        if (!isLarge)
        {
            return split with { List = rest };
        }

        int list = Math.Clamp(size.Width * 46 / 100, 55, 110);
        return split with
        {
            List = rest with { Width = list },
            Waterfall = rest with { X = list + 1, Width = rest.Width - list - 1 },
        };
    }
}
