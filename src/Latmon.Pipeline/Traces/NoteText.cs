using System.Collections.Immutable;
using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Traces;

/// <summary>The notes of a trace as people read them. The texts are part of the JSON schema.</summary>
internal static class NoteText
{
    private static readonly (ExchangeNotes Note, string Text)[] Texts =
    [
        (ExchangeNotes.AcceptInSockWait, "accept wait is inside sock.wait"),
        (ExchangeNotes.Stream, "stream"),
        (ExchangeNotes.Pipelined, "pipelined"),
        (ExchangeNotes.NoResponse, "no response"),
        (ExchangeNotes.RequestHeadMissing, "request head not seen"),
        (ExchangeNotes.ResponseHeadMissing, "response head not seen"),
        (ExchangeNotes.EventsLost, "events lost"),
        (ExchangeNotes.ResponseCut, "response cut short"),
        (ExchangeNotes.EndInferred, "end inferred from silence"),
        (ExchangeNotes.OutsideParent, "not inside its parent"),
        (ExchangeNotes.ParentGone, "came after its request was reported"),
    ];

    public static ImmutableArray<string> Of(ExchangeNotes notes, StatementNotes statement) =>
        notes == ExchangeNotes.None && statement == StatementNotes.None
            ? []
            : [.. Texts.Where(text => (notes & text.Note) != 0).Select(text => text.Text), .. DatabaseAttributes.NoteTexts(statement)];
}
