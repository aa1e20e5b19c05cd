using System.Text.RegularExpressions;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Chain;

/// <summary>
/// Where the statements of a run came to lie. The truth is the number in the path of the request and in the text of the statement,
/// of which latmon knows nothing.
/// </summary>
public sealed partial class ChainTruth
{
    private readonly int _statements;
    private int _right;
    private int _wrong;

    private ChainTruth(int statements) => _statements = statements;

    public double Right => (double)_right / _statements;

    public double Wrong => (double)_wrong / _statements;

    /// <summary>How the statements under the right request came there, most often first.</summary>
    public Dictionary<string, int> Methods { get; } = [];

    public static ChainTruth Of(TraceRun run, int statementsPerRequest)
    {
        ChainTruth truth = new(run.Traces.Count * statementsPerRequest);
        foreach (TraceLine trace in run.Traces)
        {
            truth.Judge(trace);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{truth._statements} statements: {truth.Right:0.0000} right, {truth.Wrong:0.0000} wrong; "
            + string.Join(", ", truth.Methods.Select(method => $"{method.Key} {method.Value}")));
        return truth;
    }

    /// <summary>nginx's request, its call, the application's end of it, a call of the database, the backend's end of that.</summary>
    public static void CheckDepth(TraceLine trace, int statements)
    {
        TraceLine call = Assert.Single(trace.Children);
        Assert.Equal(("client", "http/1.1"), (call.Role, call.Protocol));
        TraceLine application = Assert.Single(call.Children);
        Assert.Equal(("server", trace.UrlPath, "connection certain"), (application.Role, application.UrlPath, application.Attribution));
        TraceLine[] asked = [.. application.Children.Where(child => child.Name != "connect")];
        Assert.Equal(statements, asked.Length);
        foreach (TraceLine statement in asked)
        {
            Assert.Equal(("client", "postgresql"), (statement.Role, statement.Protocol));
            TraceLine backend = Assert.Single(statement.Children);
            Assert.Equal(("server", statement.Attributes["db.query.text"], "connection certain"), (backend.Role, backend.Attributes["db.query.text"], backend.Attribution));
        }
    }

    private void Judge(TraceLine trace)
    {
        foreach (TraceLine exchange in trace.WithCalls().Where(exchange => exchange is { Role: "server", Protocol: "http/1.1" }))
        {
            Assert.Equal(trace.UrlPath, exchange.UrlPath);
            foreach (TraceLine call in exchange.Children.Where(child => child.Protocol == "postgresql" && child.Name != "connect"))
            {
                Judge(exchange.UrlPath!, call);
            }
        }
    }

    private void Judge(string path, TraceLine call)
    {
        string number = Number().Match(call.Attributes["db.query.text"]).Groups[1].Value;
        Assert.NotEmpty(number);
        if (path.EndsWith($"/{number}", StringComparison.Ordinal))
        {
            _right++;
            Methods[call.Attribution] = Methods.GetValueOrDefault(call.Attribution) + 1;
            return;
        }

        _wrong++;
        Assert.False(call.Attribution.EndsWith("certain", StringComparison.Ordinal), $"A wrong parent is called certain: {path} has {call}");
    }

    [GeneratedRegex("id_([0-9]+)")]
    private static partial Regex Number();
}
