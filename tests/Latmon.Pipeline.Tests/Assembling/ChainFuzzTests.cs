using Latmon.Pipeline.Correlation;

namespace Latmon.Pipeline.Tests.Assembling;

/// <summary>
/// Random chains of processes that ask each other on this host, many at once, with records that are lost, late and in any order:
/// what holds for every trace holds, nothing is doubled or swallowed, and no two ends are joined that are not of one connection.
/// </summary>
public sealed class ChainFuzzTests
{
    private const int Seed = 20_261;
    private const int Worlds = 60;
    private const int Requests = 150;
    private const int Levels = 4;

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.05, 0.0)]
    [InlineData(0.0, 0.1)]
    [InlineData(0.1, 0.1)]
    public void Every_trace_adds_up_whatever_is_lost_or_late(double lost, double late)
    {
        Random random = Seeds.Random(Seed);
        for (int i = 0; i < Worlds; i++)
        {
            Play(random, lost, late);
        }
    }

    private static void Play(Random random, double lost, double late)
    {
        TraceWorld world = new() { Check = TraceRules.Check };
        Dictionary<uint, uint> clients = [];
        bool loops = random.Next(2) == 0;
        for (int i = 0; i < Requests; i++)
        {
            double fromUs = random.NextDouble() * 400_000;
            Serve(world, random, clients, level: 0, fromUs, fromUs + 200 + (random.NextDouble() * 60_000), client: null, loops);
        }

        foreach (Happening happening in world.Happenings)
        {
            happening.RecordNs += random.NextDouble() < late ? random.NextInt64(3_000_000_000) : random.NextInt64(40_000_000);
        }

        _ = world.Happenings.RemoveAll(_ => random.NextDouble() < lost);
        HashSet<uint> seen = [.. world.Happenings.Select(happening => happening.Id)];
        _ = world.Play();
        Assert.Equal(seen.Count, world.Places.Count);
        Placed[] joined = [.. world.Places.Values.Where(place => place.Method == ParentMethod.Connection)];
        Assert.All(joined, place => Assert.Equal(clients[place.Id], place.Parent));
        if (late == 0)
        {
            Assert.Equal(clients.Count(ends => seen.Contains(ends.Key) && seen.Contains(ends.Value)), joined.Length);
        }
    }

    /// <summary>Calls one after the other or at once, each served by the next process; sometimes one that the answer does not wait for.</summary>
    private static void Serve(
        TraceWorld world, Random random, Dictionary<uint, uint> clients, int level, double fromUs, double toUs, Happening? client, bool loops)
    {
        int pid = 100 * (level + 1);
        int tid = pid + (loops ? 0 : random.Next(90));
        double writeUs = random.NextDouble() < 0.9 ? toUs : fromUs + ((toUs - fromUs) * random.NextDouble());
        Happening request = world.Request(pid, tid, fromUs, writeUs);
        request.Value.LocalPort = (ushort)(8000 + level);
        if (client is not null)
        {
            TraceWorld.Link(client, request);
            clients.Add(request.Id, client.Id);
        }

        double at = fromUs + 5;
        for (int calls = level + 1 < Levels ? random.Next(4) : 0; calls > 0 && at < toUs - 60; calls--)
        {
            double endUs = at + 20 + (random.NextDouble() * (toUs - at - 20));
            Happening call = world.Call(pid, tid, at, endUs, request.Id, conn: (ulong)(1000 + random.Next(8)));
            Serve(world, random, clients, level + 1, at + 12, endUs - 5, call, loops);
            at = random.NextDouble() < 0.5 ? at + 3 : endUs + 3;
        }
    }
}
