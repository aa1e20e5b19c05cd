using System.Drawing;
using Latmon.Pipeline.Traces;
using Latmon.Pipeline.Windows;
using Latmon.Tui.Keys;
using Latmon.Tui.Tests.Fixtures;

namespace Latmon.Tui.Tests;

/// <summary>Any keys on any traces at any size: nothing crashes, and what is drawn holds nothing that a terminal would obey.</summary>
public sealed class RandomUseTests
{
    private const int Steps = 600;

    private static readonly string[] Keys =
        [.. KeyTable.All.SelectMany(binding => binding.Keys).Where(key => key is not ("q" or "F10" or "Ctrl+C" or "Ctrl+Z")).Distinct()];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20_260_101)]
    public void Random_use_of_hostile_traces_never_crashes(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        using HeadlessScreen screen = new(100, 30);
        TerminalModel terminal = new(240, 80);
        for (int step = 0; step < Steps; step++)
        {
            Act(screen, random);
            foreach (string frame in screen.Frames.Where(frame => !frame.StartsWith("\e]52;", StringComparison.Ordinal)))
            {
                terminal.Apply(frame);
            }

            screen.Frames.Clear();
        }
    }

    private static void Act(HeadlessScreen screen, Random random)
    {
        switch (random.Next(40))
        {
            case 0:
                Trace[] traces = [.. Enumerable.Range(0, random.Next(60)).Select(_ => HostileTraces.Next(random))];
                screen.Show(TraceSnapshot.Of(traces));
                break;
            case 1:
                screen.Resize(random.Next(10, 220), random.Next(3, 70));
                break;
            case 2:
                screen.Click(new Point(random.Next(200), random.Next(60)));
                break;
            case 3:
                screen.Drag(new Point(random.Next(200), random.Next(60)), new Point(random.Next(200), random.Next(60)));
                break;
            default:
                string key = Keys[random.Next(Keys.Length)];
                screen.PressNamed(key, key.Length == 1 ? key : "");
                break;
        }
    }
}
