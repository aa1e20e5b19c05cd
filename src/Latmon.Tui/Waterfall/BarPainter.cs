using Latmon.Tui.Drawing;

namespace Latmon.Tui.Waterfall;

/// <summary>Draws the bar of one line on the axis.</summary>
internal readonly ref struct BarPainter(Canvas canvas, TimeAxis axis, int x, int y)
{
    private const int LeastRemark = 10;

    public void Draw(WaterfallRow row)
    {
        int end = row.Style switch
        {
            BarStyle.Shaded => DrawCover(row),
            BarStyle.Stacked => DrawStack(row),
            _ => DrawPieces(row),
        };
        DrawMarks(row);
        DrawEnds(row);
        DrawRemark(row, end);
    }

    /// <summary>Many short pieces: each cell is shaded by how much of it they cover, so that a full second looks full.</summary>
    private int DrawCover(WaterfallRow row)
    {
        double[] cover = axis.Cover(row.Pieces);
        for (int cell = 0; cell < cover.Length; cell++)
        {
            canvas.Put(x + cell, y, canvas.Glyphs.Shade(cover[cell]), row.Ink);
        }

        return Array.FindLastIndex(cover, part => part > 0) + 1;
    }

    /// <summary>Each cell shows the kind that has most of it; calls lie over the application that waited for them.</summary>
    private int DrawStack(WaterfallRow row)
    {
        int end = 0;
        double[] most = new double[axis.Width];
        foreach (IGrouping<Ink, Piece> kind in row.Pieces.GroupBy(piece => piece.Ink ?? row.Ink))
        {
            double[] cover = axis.Cover([.. kind]);
            for (int cell = 0; cell < cover.Length; cell++)
            {
                bool isCall = kind.Key is Ink.Child or Ink.Database or Ink.Lock && cover[cell] >= 0.5;
                if (cover[cell] > most[cell] || isCall)
                {
                    canvas.Put(x + cell, y, canvas.Glyphs.Bar(kind.Key), kind.Key);
                    most[cell] = cover[cell];
                    end = Math.Max(end, cell + 1);
                }
            }
        }

        return end;
    }

    private int DrawPieces(WaterfallRow row)
    {
        int end = 0;
        for (int i = 0; i < row.Pieces.Length; i++)
        {
            Piece piece = row.Pieces[i];
            if (row.Style == BarStyle.Cpu && piece.DurationNs == 0)
            {
                continue;
            }

            (int from, int to, bool isThin) = axis.Cells(piece);
            char glyph = row.Style == BarStyle.Cpu
                ? (i switch { 0 => canvas.Glyphs.Full, 1 => canvas.Glyphs.Runnable, _ => canvas.Glyphs.Blocked })
                : isThin && row.Style == BarStyle.Solid ? canvas.Glyphs.Thin : canvas.Glyphs.Bar(row.Ink);
            Ink ink = row.Style == BarStyle.Cpu && i == 1 ? Ink.Severe : row.Ink;
            canvas.Fill(x + from, y, to - from, glyph, ink);
            end = Math.Max(end, to);
        }

        return end;
    }

    private void DrawMarks(WaterfallRow row)
    {
        foreach (TimeMark mark in row.Marks)
        {
            (int from, int to, _) = axis.Cells(new Piece(mark.FromNs, mark.ToNs - mark.FromNs));
            canvas.Fill(x + from, y, to - from, mark.Sign, Ink.Severe);
        }
    }

    private void DrawEnds(WaterfallRow row)
    {
        if (row.Pieces.Length == 0)
        {
            return;
        }

        if (row.Pieces[0].StartNs < axis.FromNs - 0.5)
        {
            canvas.Put(x, y, canvas.Glyphs.Less, Ink.Strong);
        }

        if (row.Pieces.Max(piece => piece.EndNs) > axis.ToNs + 0.5)
        {
            canvas.Put(x + axis.Width - 1, y, canvas.Glyphs.More, Ink.Strong);
        }
    }

    /// <summary>Behind the bar if it fits there, else before it; a remark never covers a bar.</summary>
    private void DrawRemark(WaterfallRow row, int barEnd)
    {
        int start = row.Pieces.Length == 0 ? 0 : axis.Cells(row.Pieces[0]).From;
        int after = axis.Width - barEnd - 1;
        if (row.Remark.Length == 0 || Math.Max(after, start - 1) < LeastRemark)
        {
            return;
        }

        Ink ink = row.IsTrouble ? Ink.Severe : Ink.Dim;
        if (row.Remark.Length <= after || after >= start)
        {
            canvas.Text(x + barEnd + (barEnd == 0 ? 0 : 1), y, row.Remark, ink, after);
        }
        else
        {
            int width = Math.Min(row.Remark.Length, start - 1);
            canvas.Text(x + start - 1 - width, y, row.Remark, ink, width);
        }
    }
}
