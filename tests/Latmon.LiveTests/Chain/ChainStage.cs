using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Chain;

/// <summary>nginx, an application and PostgreSQL, each asked by the one before it over loopback.</summary>
public sealed class ChainStage(ChainApplication application, bool keepAlive = true) : IDisposable
{
    private readonly NginxProxy _nginx = NginxProxy.To(application.Port, keepAlive);

    public int Port => _nginx.Port;

    public ChainApplication Application => application;

    /// <summary>Requests /KIND/0, /KIND/1, … over 16 connections, as fast as they are answered, some of them before latmon comes.</summary>
    public TraceRun Watch(string kind, int requests, Func<int, string[]>? headers = null)
    {
        const int Connections = 16, Before = 200, AtOnce = 1_000_000_000;
        PacedClients clients = new(Port, Connections, AtOnce);
        clients.Run(Before, i => Request(kind, requests + i, headers), _ => 200);
        using LatmonTrace latmon = LatmonTrace.OfPort(Port);
        clients.Run(requests, i => Request(kind, i, headers), _ => 200);
        return latmon.Finish(requests);
    }

    public void Dispose()
    {
        _nginx.Dispose();
        application.Dispose();
    }

    private static byte[] Request(string kind, int i, Func<int, string[]>? headers) =>
        HttpText.Get(string.Create(CultureInfo.InvariantCulture, $"/{kind}/{i}"), headers?.Invoke(i) ?? []);
}
