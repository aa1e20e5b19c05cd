using System.Collections.Immutable;
using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Traces;

/// <summary>
/// The attributes of a database's exchange, in the order in which they are printed: once for a <see cref="Trace"/>, once straight
/// into a line.
/// </summary>
internal static class DatabaseAttributes
{
    private static readonly (StatementNotes Note, string Text)[] Notes =
    [
        (StatementNotes.PreparedBefore, "statement prepared before latmon attached"),
        (StatementNotes.Cut, "statement cut"),
        (StatementNotes.NotExecuted, "prepared, not executed"),
        (StatementNotes.InTransaction, "in transaction"),
        (StatementNotes.Copy, "copy"),
        (StatementNotes.Cancelled, "cancelled"),
    ];

    private static readonly byte[][] Utf8Notes = [.. Notes.Select(note => Encoding.UTF8.GetBytes(note.Text))];

    public static IEnumerable<string> NoteTexts(StatementNotes notes) =>
        Notes.Where(note => (notes & note.Note) != 0).Select(note => note.Text);

    public static ImmutableArray<KeyValuePair<string, object>> Of(in Exchange exchange, ReadOnlySpan<byte> text)
    {
        ImmutableArray<KeyValuePair<string, object>>.Builder attributes =
            ImmutableArray.CreateBuilder<KeyValuePair<string, object>>(6);
        attributes.Add(new("db.system.name", exchange.Protocol.Text()));
        Span<byte> operation = stackalloc byte[SqlCommands.LongestWord];
        operation = Operation(exchange, text, operation);
        if (!operation.IsEmpty)
        {
            attributes.Add(new("db.operation.name", Encoding.UTF8.GetString(operation)));
        }

        if (!text.IsEmpty)
        {
            attributes.Add(new("db.query.text", Encoding.UTF8.GetString(text)));
        }

        if (exchange.Database.Statements > 1)
        {
            attributes.Add(new("db.operation.batch.size", (long)exchange.Database.Statements));
        }

        if (exchange.Database.SqlState.IsSet)
        {
            attributes.Add(new("db.response.status_code", Encoding.UTF8.GetString(exchange.Database.SqlState)));
        }

        if (exchange.Database.RowsPlusOne > 0)
        {
            attributes.Add(new(AreAffected(exchange) ? "db.response.affected_rows" : "db.response.returned_rows",
                exchange.Database.RowsPlusOne - 1));
        }

        return attributes.DrainToImmutable();
    }

    public static void Write(in Exchange exchange, ReadOnlySpan<byte> text, JsonLine line)
    {
        _ = line.Raw("\"db.system.name\":\""u8).Raw(exchange.Protocol.Utf8Text()).Raw("\""u8);
        Span<byte> operation = stackalloc byte[SqlCommands.LongestWord];
        operation = Operation(exchange, text, operation);
        if (!operation.IsEmpty)
        {
            _ = line.Raw(",\"db.operation.name\":\""u8).Raw(operation).Raw("\""u8);
        }

        if (!text.IsEmpty)
        {
            _ = line.Raw(",\"db.query.text\":\""u8).Text(text).Raw("\""u8);
        }

        if (exchange.Database.Statements > 1)
        {
            _ = line.Raw(",\"db.operation.batch.size\":"u8).Number(exchange.Database.Statements);
        }

        if (exchange.Database.SqlState.IsSet)
        {
            _ = line.Raw(",\"db.response.status_code\":\""u8).Raw(exchange.Database.SqlState).Raw("\""u8);
        }

        if (exchange.Database.RowsPlusOne > 0)
        {
            _ = line.Raw(AreAffected(exchange) ? ",\"db.response.affected_rows\":"u8 : ",\"db.response.returned_rows\":"u8)
                .Number(exchange.Database.RowsPlusOne - 1);
        }
    }

    public static void WriteNotes(StatementNotes notes, JsonLine line)
    {
        bool first = true;
        for (int i = 0; i < Notes.Length; i++)
        {
            if ((notes & Notes[i].Note) != 0)
            {
                _ = line.Raw(first ? "\""u8 : ",\""u8).Raw(Utf8Notes[i]).Raw("\""u8);
                first = false;
            }
        }
    }

    private static bool AreAffected(in Exchange exchange) => (exchange.Database.Notes & StatementNotes.RowsAffected) != 0;

    private static Span<byte> Operation(in Exchange exchange, ReadOnlySpan<byte> text, Span<byte> operation)
    {
        if ((exchange.Database.Notes & StatementNotes.NotExecuted) != 0)
        {
            "PREPARE"u8.CopyTo(operation);
            return operation[.."PREPARE"u8.Length];
        }

        return operation[..StatementName.WriteOperation(text, operation)];
    }
}
