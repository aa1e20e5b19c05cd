using System.Globalization;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;

namespace Latmon.LiveTests.Chain;

/// <summary>nginx, an application and PostgreSQL, each asked by the one before it over loopback.</summary>
public sealed class ChainStage(ChainApplication application, bool keepAlive = true) : IDisposable
{
    private const int Before = 200;
    private const int AtOnce = 1_000_000_000;

    private readonly NginxProxy _nginx = NginxProxy.To(application.Port, keepAlive);

    public int Port => _nginx.Port;

    public ChainApplication Application => application;

    /// <summary>Requests /KIND/0, /KIND/1, … over 16 connections, as fast as they are answered, some of them before latmon comes.</summary>
    public TraceRun Watch(string kind, int requests, Func<int, string[]>? headers = null)
    {
        const int Connections = 16;
        PacedClients clients = new(Port, Connections, AtOnce);
        clients.Run(Before, i => Request(kind, requests + i, headers), _ => 200);
        using LatmonTrace latmon = LatmonTrace.OfPort(Port);
        clients.Run(requests, i => Request(kind, i, headers), _ => 200);
        return latmon.Finish(requests);
    }

    /// <summary>As <see cref="Watch"/>, over more connections, and latmon comes when all of them wait already.</summary>
    public TraceRun Join(string kind, int requests, int connections)
    {
        PacedClients clients = new(Port, connections, AtOnce);
        using ManualResetEventSlim busy = new();
        Thread load = new(() => clients.Run(
            requests,
            i =>
            {
                if (i == connections + Before)
                {
                    busy.Set();
                }

                return Request(kind, i, headers: null);
            },
            _ => 200));
        load.Start();
        busy.Wait();
        using LatmonTrace latmon = LatmonTrace.OfPort(Port);
        load.Join();
        return latmon.Stop();
    }

    public void Dispose()
    {
        _nginx.Dispose();
        application.Dispose();
    }

    private static byte[] Request(string kind, int i, Func<int, string[]>? headers) =>
        HttpText.Get(string.Create(CultureInfo.InvariantCulture, $"/{kind}/{i}"), headers?.Invoke(i) ?? []);
}
