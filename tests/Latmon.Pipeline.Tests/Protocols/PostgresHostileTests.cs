using System.Text;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Protocols;

namespace Latmon.Pipeline.Tests.Protocols;

/// <summary>No bytes crash the decoder, none of it grows, and no value gets through it.</summary>
public sealed class PostgresHostileTests
{
    private const int Seed = 5432;
    private const int Cases = 1_000_000;
    private const int WholeCases = 300_000;

    /// <summary>Bytes a case for places of names that were never seen before; the smallest object for each case would be 24.</summary>
    private const long NewNames = 12;

    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(PostgresHostile.Secret);

    /// <summary>More than half of the secret is a leak too.</summary>
    private static readonly byte[] Part = Secret[..5];

    [Fact]
    public void Real_messages_in_any_order_cut_anywhere_leak_nothing()
    {
        Random random = Seeds.Random(Seed);
        PostgresHostile hostile = new(random);
        PostgresSession session = new(new StatementBudget());
        for (int i = 0; i < WholeCases; i++)
        {
            Take(session, random, hostile.OfClient(), i);
            Answer(session, random, hostile.OfServer());
            LeaksNothing(session, i);
        }
    }

    [Fact]
    public void Broken_frames_leak_nothing()
    {
        Random random = Seeds.Random(Seed + 1);
        PostgresHostile hostile = new(random);
        PostgresSession session = new(new StatementBudget());
        for (int i = 0; i < WholeCases; i++)
        {
            Take(session, random, hostile.WithFramesMutated(), i);
            Answer(session, random, hostile.OfServer());
            LeaksNothing(session, i);
        }
    }

    [Fact]
    public void Anything_at_all_is_taken_and_stays_small()
    {
        Random random = Seeds.Random(Seed + 2);
        PostgresHostile hostile = new(random);
        PostgresSession session = new(new StatementBudget());
        Span<byte> name = stackalloc byte[PathBuffer.Capacity];
        long recognized = 0;
        long before = 0;
        for (int i = -10_000; i < Cases; i++)
        {
            before = i == 0 ? GC.GetAllocatedBytesForCurrentThread() : before;
            recognized += PostgresRecognition.Recognizes(hostile.Mutated(fromClient: true), default) ? 1 : 0;
            Take(session, random, hostile.Mutated(fromClient: true), i + 10_000);
            Answer(session, random, hostile.Mutated(fromClient: false));
            DatabaseFacts facts = session.Facts();
            if (session.Text.Length > PathBuffer.Capacity || facts.RowsPlusOne < 0 || StatementName.Write(session.Text, name) > name.Length)
            {
                Assert.Fail($"case {i}");
            }
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, Cases * NewNames);
        Assert.InRange(recognized, 1, Cases - 1);
    }

    private static void Take(PostgresSession session, Random random, ReadOnlySpan<byte> request, int number)
    {
        if (number % 1000 == 0)
        {
            session.Reset();
        }

        if (session.Continues(request) && random.Next(8) > 0)
        {
            session.Continue();
        }
        else
        {
            session.Begin();
        }

        int kept = Math.Min(request.Length, 512);
        session.TakeRequest((uint)number + 1, request[..kept], isWhole: kept == request.Length && random.Next(8) > 0);
    }

    private static void Answer(PostgresSession session, Random random, ReadOnlySpan<byte> response)
    {
        int kept = Math.Min(response.Length, 512);
        session.TakeResponse(response[..kept], response[^Math.Min(response.Length, 32)..], kept == response.Length && random.Next(4) > 0);
    }

    private static void LeaksNothing(PostgresSession session, int number)
    {
        ReadOnlySpan<byte> text = session.Text;
        if (text.IndexOf(Part) >= 0 || text.IndexOf("7777"u8) >= 0)
        {
            Assert.Fail($"case {number}: {Encoding.UTF8.GetString(text)}");
        }
    }
}
