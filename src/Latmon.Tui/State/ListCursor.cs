namespace Latmon.Tui.State;

/// <summary>Where the cursor stands in a list, and which part of the list is in sight.</summary>
internal sealed class ListCursor
{
    public int Index { get; private set; }

    /// <summary>First row in sight.</summary>
    public int Top { get; private set; }

    public int Count { get; private set; }

    /// <summary>Rows in sight; the view that draws the list sets it.</summary>
    public int Page { get; private set; } = 1;

    public void Resize(int count, int page)
    {
        Count = count;
        Page = Math.Max(1, page);
        MoveTo(Index);
    }

    public void Move(int rows) => MoveTo(Index + rows);

    public void MovePages(int pages) => Move(pages * Math.Max(1, Page - 1));

    public void MoveTo(int index)
    {
        Index = Math.Clamp(index, 0, Math.Max(0, Count - 1));
        Top = Math.Clamp(Top, Math.Max(0, Index - Page + 1), Index);
        Top = Math.Min(Top, Math.Max(0, Count - Page));
    }

    /// <summary>The row under the cursor went elsewhere in the list: follow it, and keep it on its line of the screen.</summary>
    public void Follow(int index, int count)
    {
        int line = Index - Top;
        Count = count;
        Index = Math.Clamp(index, 0, Math.Max(0, count - 1));
        Top = Math.Max(0, Index - line);
        MoveTo(Index);
    }
}
