namespace Latmon.LiveTests.Servers;

/// <summary>One nginx for the tests of a class; each test has its own connections and its own latmon.</summary>
public sealed class SharedNginx : IDisposable
{
    public NginxServer Server { get; } = NginxServer.Start();

    public void Dispose() => Server.Dispose();
}
