using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;

namespace Latmon.LiveTests.Chain;

/// <summary>node's client for PostgreSQL, see <c>node-pg.sh</c>.</summary>
public static class NodeModules
{
    private static readonly Lazy<string> Unpacked =
        new(() => ChildProcess.Run(Path.Combine(LatmonBinary.RepositoryRoot(), "tests", "node-pg.sh")).Trim());

    /// <summary>For <c>NODE_PATH</c>. Downloaded once.</summary>
    public static string Directory => Unpacked.Value;
}
