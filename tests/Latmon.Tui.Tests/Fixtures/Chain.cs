using System.Collections.Immutable;
using Latmon.Pipeline;
using Latmon.Pipeline.Traces;
using static Latmon.Tui.Tests.Fixtures.RequestBuilder;

namespace Latmon.Tui.Tests.Fixtures;

/// <summary>nginx, an application behind it and its database, all on this host: the update waited for a row that another one had locked.</summary>
internal static class Chain
{
    public static Trace Request()
    {
        Trace root = new RequestBuilder("n1", "/pay")
            .Layer(Layer.NetIngress, 9 * Us).Layer(Layer.TcpRx, 12 * Us).Layer(Layer.SockWait, 35 * Us)
            .Layer(Layer.App, 54 * Ms, selfNs: 900 * Us).Layer(Layer.TcpTx, 15 * Us)
            .Delivered(120 * Us).Cpu(500 * Us, 100 * Us, 53_400 * Us).Build();
        return root with { Children = [Upstream(root.StartUnixNs + (300 * Us))] };
    }

    /// <summary>A download to a client that stopped reading for a while, over a link that lost some of it.</summary>
    public static Trace Troubled() => new RequestBuilder("d1", "/download")
        .Layer(Layer.NetIngress, 11 * Us).Layer(Layer.TcpRx, 14 * Us).Layer(Layer.SockWait, 60 * Us).Layer(Layer.App, 2 * Ms)
        .Layer(Layer.ResponseWrite, 18 * Ms).Layer(Layer.TcpTx, 480 * Ms)
        .Tcp(4, 81_000, 200 * Ms).Resent(60 * Ms, 96 * Ms).Shut(180 * Ms, 380 * Ms).Delivered(80 * Ms).Build();

    private static Trace Upstream(long startUnixNs) => Part("POST /pay", startUnixNs, "nginx", 411, Role.Client, "127.0.0.1:40100", "127.0.0.1:8000",
        [(Layer.TcpTx, 20 * Us), (Layer.Remote, 53 * Ms), (Layer.SockWait, 30 * Us)]) with
    {
        Attribution = new Attribution("thread", "likely"),
        Children =
        [
            Part("POST /pay", startUnixNs + (25 * Us), "gunicorn", 5120, Role.Server, "127.0.0.1:8000", "127.0.0.1:40100",
                [(Layer.SockWait, 2 * Ms), (Layer.App, 50 * Ms), (Layer.TcpTx, 12 * Us)]) with
            {
                Attribution = new Attribution("connection", "certain"),
                Cpu = new CpuTime(2 * Ms, Ms, 47 * Ms),
                Children = [Update(startUnixNs + (4 * Ms))],
            },
        ],
    };

    private static Trace Update(long startUnixNs) => Part("UPDATE stock", startUnixNs, "gunicorn", 5120, Role.Client, "127.0.0.1:40200", "127.0.0.1:5432",
        [(Layer.TcpTx, 15 * Us), (Layer.Remote, 45 * Ms), (Layer.SockWait, 25 * Us)]) with
    {
        Protocol = "postgresql",
        Attribution = new Attribution("thread", "likely"),
        Attributes = [new("db.system.name", "postgresql"), new("db.query.text", "UPDATE stock SET n = n - ? WHERE id = ?")],
        Children =
        [
            Part("UPDATE stock", startUnixNs + (20 * Us), "postgres", 900, Role.Server, "127.0.0.1:5432", "127.0.0.1:40200",
                [(Layer.SockWait, 90 * Us), (Layer.App, 44 * Ms), (Layer.TcpTx, 10 * Us)]) with
            {
                Protocol = "postgresql",
                Attribution = new Attribution("connection", "certain"),
                Attributes = [new("db.system.name", "postgresql"), new("db.query.text", "UPDATE stock SET n = n - ? WHERE id = ?")],
                Spans = [new Span("parse", "usdt:postgresql", 95 * Us, 60 * Us, null), new Span("lock wait", "usdt:postgresql", 300 * Us, 43 * Ms, null)],
            },
        ],
    };

    private static Trace Part(
        string name, long startUnixNs, string comm, int pid, Role role, string local, string remote, ImmutableArray<(Layer Layer, long Ns)> layers)
    {
        RequestBuilder builder = new($"{comm}-{role}-{name}", "");
        foreach ((Layer layer, long ns) in layers)
        {
            _ = builder.Layer(layer, ns);
        }

        return builder.Process(comm, pid).Build() with
        {
            Name = name,
            Role = role,
            StartUnixNs = startUnixNs,
            Attributes = [],
            Connection = new TraceConnection("ipv4", local, remote),
        };
    }
}
