using System.Globalization;
using System.Text.Json;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;

namespace Latmon.LiveTests.Stories;

/// <summary>
/// One incident with real servers, staged by the script that <c>make stories</c> runs too, and what the script says is true of
/// it. Its servers end with it.
/// </summary>
public sealed class StagedStory : IDisposable
{
    private readonly ChildProcess _script;
    private readonly JsonElement _facts;

    private StagedStory(ChildProcess script)
    {
        _script = script;
        if (!script.Output.WaitUntil(lines => lines.Count >= 2, TimeSpan.FromSeconds(60)))
        {
            string errors = string.Join('\n', script.Errors.Lines);
            Dispose();
            throw new InvalidOperationException($"The story could not be staged: {errors}");
        }

        Port = int.Parse(script.Output.Lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        _facts = JsonDocument.Parse(script.Output.Lines[1]).RootElement;
    }

    public int Port { get; }

    /// <param name="name">As in <c>make stories STORY=name</c>.</param>
    public static StagedStory Start(string name, IReadOnlyDictionary<string, string?>? environment = null)
    {
        string stage = Path.Combine(LatmonBinary.RepositoryRoot(), "tests", "stories", "stage.py");
        return new StagedStory(ChildProcess.Start("/usr/bin/python3", ["-B", stage, name], environment, hasInput: true));
    }

    public double Number(string fact) => _facts.GetProperty(fact).GetDouble();

    public string Text(string fact) => _facts.GetProperty(fact).GetString()!;

    public void Dispose()
    {
        _script.EndInput();
        _script.ExitsWithin(TimeSpan.FromSeconds(20));
        _script.Dispose();
    }
}
