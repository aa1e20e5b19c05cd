namespace Latmon.Tui.State;

internal enum ListKind
{
    Slowest,
    Latest,
    Routes,
    Services,
    Connections,
    Statements,
}

internal static class ListKinds
{
    public static readonly ListKind[] All = Enum.GetValues<ListKind>();

    public static bool IsRequests(this ListKind kind) => kind is ListKind.Slowest or ListKind.Latest;

    public static string Title(this ListKind kind) => kind switch
    {
        ListKind.Slowest => "Slowest requests",
        ListKind.Latest => "Latest requests",
        ListKind.Routes => "Routes",
        ListKind.Services => "Services",
        ListKind.Connections => "Connections",
        _ => "Statements",
    };

    public static string Word(this ListKind kind) => kind.ToString().ToLowerInvariant();

    public static ListKind Next(this ListKind kind, int step) => All[((int)kind + step + All.Length) % All.Length];
}
