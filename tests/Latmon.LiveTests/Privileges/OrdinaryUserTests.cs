using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Delays;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Privileges;

/// <summary>User nobody with CAP_BPF and CAP_PERFMON sees what root sees; with less it is told so.</summary>
public sealed class OrdinaryUserTests(SharedNginx shared) : IClassFixture<SharedNginx>, IDisposable
{
    private const int NotPermitted = 3;

    private static readonly string[] Enough = ["bpf", "perfmon"];

    private readonly NginxServer _nginx = shared.Server;
    private readonly TempDirectory _directory = new();

    private string Copy
    {
        get
        {
            if (!File.Exists(_directory["latmon"]))
            {
                File.Copy(LatmonBinary.Path, _directory["latmon"]);
            }

            return _directory["latmon"];
        }
    }

    [Fact]
    public void Requests_are_counted_each_with_path_and_status()
    {
        const int Requests = 97;
        using LatmonTrace latmon = Start(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        for (int i = 0; i < Requests; i++)
        {
            connection.Ask(HttpText.Get($"/{(i % 3 == 2 ? "missing" : "ok")}/{i}"));
        }

        Assert.Equal(
            Enumerable.Range(0, Requests).Select(i => i % 3 == 2 ? $"GET /missing/{i} 404" : $"GET /ok/{i} 200"),
            latmon.Finish(Requests).Summaries);
    }

    [Fact]
    public void Pipelined_requests_and_uploads_are_counted_each()
    {
        using LatmonTrace latmon = Start(_nginx.Port);
        using HttpConnection connection = HttpConnection.Open(_nginx.Port);
        connection.Send([.. HttpText.Get("/ok/1"), .. HttpText.Post("/upload", 3000), .. HttpText.Get("/missing/3")]);
        for (int i = 0; i < 3; i++)
        {
            connection.ReadReply();
        }

        Assert.Equal(["GET /ok/1 200", "POST /upload 200", "GET /missing/3 404"], latmon.Finish(3).Summaries);
    }

    [Fact]
    public void A_connection_older_than_latmon_is_seen_inside_another_users_namespace_too()
    {
        using NetworkNamespace inside = NetworkNamespace.Create();
        using NginxServer inner = NginxServer.StartInside(inside, _nginx.Port);
        using HttpConnection there = inside.Run(() => HttpConnection.Open(_nginx.Port));
        using HttpConnection here = HttpConnection.Open(_nginx.Port);
        there.Ask(HttpText.Get("/ok/before"));
        using LatmonTrace latmon = Start(_nginx.Port, "--netns", inner.WorkerPid.ToString(CultureInfo.InvariantCulture));
        here.Ask(HttpText.Get("/ok/outside"));
        there.Ask(HttpText.Get("/ok/inside"));
        TraceLine trace = latmon.Finish(1).Only;
        Assert.Equal("GET /ok/inside 200", trace.Summary);
        Assert.Equal(inner.WorkerPid, trace.Pid);
    }

    [Fact]
    public void Time_in_the_application_is_as_right_as_roots()
    {
        using DelayServer server = DelayServer.Start(new DelayPlan { BeforeAnswer = TimeSpan.FromMilliseconds(50) });
        using LatmonTrace latmon = Start(server.Port);
        using HttpConnection connection = HttpConnection.Open(server.Port);
        connection.Ask(HttpText.Get("/delayed"));
        TraceLine trace = latmon.Finish(1).Only;
        LayerTolerance.Check(trace, "app", TimeBracket.Application(connection.Moments, server.Next()), connection.Moments);
    }

    [Theory]
    [InlineData("bpf")]
    [InlineData("perfmon")]
    [InlineData("net_admin")]
    public void One_of_the_two_is_not_enough(string capability)
    {
        string port = _nginx.Port.ToString(CultureInfo.InvariantCulture);
        (string file, string[] all) = Capabilities.OrdinaryUserWith([capability], Copy, ["trace", "--port", port]);
        LatmonBinary.Run(file, _directory.Path, all).IsRefusal(NotPermitted, "sudo");
    }

    public void Dispose() => _directory.Dispose();

    private LatmonTrace Start(int port, params string[] options) => LatmonTrace.AsOrdinaryUser(
        Copy, Enough, ["--port", port.ToString(CultureInfo.InvariantCulture), .. options]);
}
