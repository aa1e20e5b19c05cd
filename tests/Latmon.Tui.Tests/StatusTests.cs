using Latmon.Pipeline.Windows;
using Latmon.Tui.Tests.Fixtures;

namespace Latmon.Tui.Tests;

/// <summary>The last lines: what was lost, what latmon costs, what it does not see.</summary>
public sealed class StatusTests
{
    [Fact]
    public void What_the_observed_processes_pay_stands_beside_what_latmon_uses_itself()
    {
        using HeadlessScreen screen = new(160, 40);
        screen.Show(Snapshots.Busy());
        Assert.Contains("cost 1.90us/req, 0.6% of a core", screen.Line(38));
        Assert.Contains("latmon itself: cpu 1.4% mem 27MB", screen.Line(38));
    }

    [Fact]
    public void A_cost_of_which_a_part_is_not_measured_is_marked()
    {
        using HeadlessScreen screen = new(160, 40) { Cost = new ProbeCost(2_400, 1.24, true) };
        screen.Show(Snapshots.Busy());
        Assert.Contains("cost >2.40us/req, 1.2% of a core", screen.Line(38));
    }

    [Fact]
    public void A_cost_that_is_not_known_is_never_a_number()
    {
        using HeadlessScreen screen = new(160, 40) { Cost = ProbeCost.Unknown("") };
        screen.Show(Snapshots.Busy());
        Assert.Contains("cost ?  ", screen.Line(38));

        screen.Cost = ProbeCost.Unknown("needs root");
        screen.Show(Snapshots.Busy(1));
        Assert.Contains("cost needs root", screen.Line(38));
    }

    [Fact]
    public void What_this_machine_does_not_show_is_counted_and_one_key_away()
    {
        using HeadlessScreen screen = new(200, 60);
        screen.Show(Snapshots.Busy());
        Assert.Contains("not seen here: 1 (?)", screen.Line(58));
        Assert.Contains("the accept queue stays inside the first", screen.Type("?").Text());
    }

    [Fact]
    public void Losses_stay_in_sight_however_narrow_the_screen()
    {
        using HeadlessScreen screen = new(40, 20);
        screen.Show(Snapshots.Busy()).Show(Snapshots.Losing(1_234));
        Assert.Contains("lost 1234", screen.Line(18));
    }

    [Fact]
    public void The_first_line_says_since_when_the_host_runs()
    {
        using HeadlessScreen screen = new(120, 40);
        Assert.Contains("up 12d", screen.Show(Snapshots.Busy()).Line(0));
    }
}
