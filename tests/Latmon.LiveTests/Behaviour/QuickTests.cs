using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>Who comes in the middle of an incident does not want to wait, and neither does who leaves.</summary>
public sealed class QuickTests(SharedNginx shared) : IClassFixture<SharedNginx>
{
    private const int Runs = 5;
    private const long SecondNs = 1_000_000_000;

    private readonly NginxServer _nginx = shared.Server;

    [Fact]
    public void It_watches_within_a_second_and_is_gone_within_another() => Check(_nginx.Port, () =>
    {
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Ask(HttpText.Get("/ok/"));
        return _ => true;
    });

    /// <summary>Those of the database's library and of the encryption's in the application, and those of the database.</summary>
    [Fact]
    public void It_is_as_quick_with_every_probe_inside_processes()
    {
        using PostgresServer postgres = PostgresServer.Start();
        using PythonApplication application = PythonApplication.Start($"host=127.0.0.1 port={postgres.Port} user=postgres dbname=postgres");
        application.Ask(1); // loads the library
        Check(application.Port, () =>
        {
            application.Ask(1);
            return request => request.SpanNames.Contains("PQexec") && request.WithCalls().Any(call => call.SpanNames.Contains("query plan"));
        }, "--tls");
    }

    /// <param name="ask">Sends a request and returns what must be seen of it.</param>
    private static void Check(int port, Func<Func<TraceLine, bool>> ask, params string[] options)
    {
        List<long> attachNs = [];
        List<long> detachNs = [];
        for (int i = 0; i < Runs; i++)
        {
            long started = Moment.Now;
            using LatmonTrace latmon = LatmonTrace.OfPort(port, options);
            attachNs.Add(Moment.Now - started);
            Func<TraceLine, bool> isWhole = ask();
            Assert.All(latmon.WaitFor(1), request => Assert.True(isWhole(request), request.Text));
            long told = Moment.Now;
            latmon.Stop();
            detachNs.Add(Moment.Now - told);
        }

        Assert.InRange(Median(attachNs), 0, SecondNs);
        Assert.InRange(Median(detachNs), 0, SecondNs);
    }

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);
}
