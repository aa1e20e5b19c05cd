using Latmon.Tui.State;

namespace Latmon.Tui.Keys;

/// <summary>
/// Every key of the screen. Dispatch, the hint line and the help overlay read this table and nothing else, so none of
/// them can say what the others do not. Hints come in this order and are cut from the right on a narrow screen.
/// </summary>
internal static class KeyTable
{
    public static readonly KeyBinding[] All = [.. LineKeys.All, .. PaneKeys.Leading, .. DetailKeys.All, .. PaneKeys.Following];

    public static KeyScope ScopeOf(ScreenState state) => state switch
    {
        { FilterLine.IsOpen: true } => KeyScope.FilterLine,
        { Search.IsOpen: true } => KeyScope.SearchLine,
        { IsHelpOpen: true } => KeyScope.Help,
        { Panes.Focus: Pane.Layers } => KeyScope.Layers,
        { Panes.Focus: Pane.Requests } => KeyScope.Requests,
        { Detail: DetailKind.Tail } => KeyScope.Tail,
        { Detail: DetailKind.HeatMap } => KeyScope.HeatMap,
        _ => KeyScope.Waterfall,
    };

    public static KeyBinding? Find(string key, KeyScope scope) =>
        Array.Find(All, binding => binding.Scope.HasFlag(scope) && binding.Keys.Contains(key));

    /// <summary>What the keys of this moment are, most wanted first.</summary>
    public static IEnumerable<(string Keys, string Hint)> Hints(ScreenState state)
    {
        KeyScope scope = ScopeOf(state);
        return All.Where(binding => binding.Scope.HasFlag(scope) && binding.Hint is not null)
            .Select(binding => (binding.Shown, Hint: binding.Hint!(state)))
            .Where(hint => hint.Hint.Length > 0);
    }
}
