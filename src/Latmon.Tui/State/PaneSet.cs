namespace Latmon.Tui.State;

internal enum Pane
{
    Layers,
    Requests,
    Detail,
}

/// <summary>Which panes are there and how large they are. What the user chooses here is remembered from run to run.</summary>
internal sealed class PaneSet
{
    public const int UsualListPercent = 46;

    private const int MostCut = 20;

    private readonly HashSet<Pane> _hidden = [];

    public Pane Focus { get; private set; } = Pane.Requests;

    public bool IsZoomed { get; set; }

    /// <summary>Width of the list beside the detail pane.</summary>
    public int ListPercent { get; private set; } = UsualListPercent;

    /// <summary>Lines that the layers give to the panes below; negative when they take some.</summary>
    public int LayersCut { get; private set; }

    public bool IsHidden(Pane pane) => _hidden.Contains(pane);

    /// <summary>A hidden pane that gets the focus is shown again: what has the keys must be seen.</summary>
    public void FocusOn(Pane pane)
    {
        Focus = pane;
        _hidden.Remove(pane);
    }

    public void FocusNext(int step)
    {
        Pane next = Focus;
        do
        {
            next = (Pane)(((int)next + step + 3) % 3);
        }
        while (IsHidden(next));
        Focus = next;
    }

    /// <summary>The list is never hidden: from it everything else can be reached.</summary>
    public bool Hide(Pane pane)
    {
        if (pane == Pane.Requests)
        {
            return false;
        }

        _hidden.Add(pane);
        IsZoomed = false;
        Focus = Pane.Requests;
        return true;
    }

    public void ShowAll()
    {
        _hidden.Clear();
        IsZoomed = false;
        ListPercent = UsualListPercent;
        LayersCut = 0;
    }

    public void Restore(ScreenMemory memory)
    {
        ListPercent = Math.Clamp(memory.ListPercent, 20, 80);
        LayersCut = Math.Clamp(memory.LayersCut, -MostCut, MostCut);
        IsZoomed = memory.Zoomed;
        _hidden.UnionWith(memory.Hidden.Where(pane => pane != Pane.Requests));
    }

    public ScreenMemory Keep() => new()
    {
        ListPercent = ListPercent,
        LayersCut = LayersCut,
        Hidden = [.. _hidden.Order()],
        Zoomed = IsZoomed,
    };

    public void Widen(int percent) => ListPercent = Math.Clamp(ListPercent + percent, 20, 80);

    public void CutLayers(int lines) => LayersCut = Math.Clamp(LayersCut + lines, -MostCut, MostCut);
}
