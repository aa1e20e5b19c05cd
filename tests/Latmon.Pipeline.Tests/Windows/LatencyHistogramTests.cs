using Latmon.Pipeline.Windows;

namespace Latmon.Pipeline.Tests.Windows;

public sealed class LatencyHistogramTests
{
    private const int Seed = 2718;
    private const double MostError = 0.032;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(23)]
    [InlineData(10_007)]
    public void Percentiles_are_those_of_a_sorted_list(int count)
    {
        Random random = Seeds.Random(Seed);
        for (int round = 0; round < 200_000 / count / 10 + 1; round++)
        {
            LatencyHistogram histogram = new();
            List<long> values = [.. Enumerable.Range(0, count).Select(_ => (long)Math.Pow(2, random.NextDouble() * 40))];
            values.ForEach(histogram.Add);
            values.Sort();
            foreach (double part in new[] { 0.0, 0.5, 0.9, 0.99, 0.999, 1.0 })
            {
                long exact = values[Math.Max(1, (int)Math.Ceiling(count * part)) - 1];
                Assert.InRange(histogram.Percentile(part), exact * (1 - MostError), exact * (1 + MostError));
            }

            Assert.Equal((count, values.Sum(), values[^1]), (histogram.Count, histogram.TotalNs, histogram.MaxNs));
        }
    }

    [Fact]
    public void Every_bucket_holds_values_near_its_middle()
    {
        for (long ns = 0; ns < 1L << 40; ns += 1 + (ns / 1000))
        {
            LatencyHistogram histogram = new();
            histogram.Add(ns);
            histogram.Add(long.MaxValue); // the maximum does not cap the answer
            Assert.InRange(histogram.Percentile(0.5), Math.Floor(ns * (1 - MostError)), Math.Ceiling(ns * (1 + MostError)));
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 41)]
    public void Beyond_the_last_bucket_the_maximum_is_still_exact(long ns)
    {
        LatencyHistogram histogram = new();
        histogram.Add(ns);
        Assert.Equal(ns, histogram.MaxNs);
        Assert.InRange(histogram.Percentile(0.5), 1L << 40, ns);
    }

    [Fact]
    public void Nothing_has_no_percentile_and_a_negative_duration_is_none()
    {
        LatencyHistogram histogram = new();
        Assert.Equal((0, 0), (histogram.Percentile(0.99), histogram.MaxNs));
        histogram.Add(-5);
        Assert.Equal((1, 0, 0), (histogram.Count, histogram.Percentile(0.5), histogram.TotalNs));
    }

    [Fact]
    public void A_sum_of_histograms_is_the_histogram_of_all_and_clearing_empties_it()
    {
        Random random = Seeds.Random(Seed + 1);
        LatencyHistogram all = new(), sum = new();
        for (int part = 0; part < 5; part++)
        {
            LatencyHistogram one = new();
            for (int i = 0; i < 1000; i++)
            {
                long ns = random.NextInt64(1L << 30);
                one.Add(ns);
                all.Add(ns);
            }

            sum.Add(one);
        }

        Assert.Equal(all.Summarize(1), sum.Summarize(1));
        sum.Clear();
        Assert.Equal(new LatencyHistogram().Summarize(1), sum.Summarize(1));
    }
}
