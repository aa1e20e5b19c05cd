namespace Latmon.LiveTests.Servers;

/// <summary>One PostgreSQL for the tests of a class.</summary>
public sealed class SharedPostgres : IDisposable
{
    public PostgresServer Server { get; } = PostgresServer.Start();

    public void Dispose() => Server.Dispose();
}
