using Latmon.LiveTests.Screen;
using Xunit;

namespace Latmon.LiveTests.Stories;

/// <summary>A staged incident and latmon open on it in a terminal, as <c>make stories</c> shows it.</summary>
public sealed class StoryScreen : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly TerminalSession _terminal;

    private StoryScreen(StagedStory story, int columns, int rows)
    {
        Story = story;
        _terminal = TerminalSession.Start(columns, rows);
        _terminal.StartLatmon(story.Port);
        _terminal.WaitFor("freeze");
    }

    public StagedStory Story { get; }

    public static StoryScreen Of(
        string story, int columns, int rows, IReadOnlyDictionary<string, string?>? environment = null)
    {
        StagedStory staged = StagedStory.Start(story, environment);
        try
        {
            return new StoryScreen(staged, columns, rows);
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    public string WaitFor(Func<string, bool> condition, string what) => _terminal.WaitForScreen(condition, what, Patience);

    /// <summary>Waits until the list of requests meets a condition.</summary>
    public IReadOnlyList<ScreenRow> WaitForRows(Func<IReadOnlyList<ScreenRow>, bool> condition, string what) =>
        ScreenRow.In(WaitFor(screen => condition(ScreenRow.In(screen)), what));

    public void Type(params string[] keys) => _terminal.Type(keys);

    public void Resize(int columns, int rows) => _terminal.Resize(columns, rows);

    /// <summary>Stops the screen and returns the requests that it goes on showing.</summary>
    public IReadOnlyList<ScreenRow> Freeze()
    {
        Type("Space");
        return ScreenRow.In(WaitFor(screen => screen.Contains("go live", StringComparison.Ordinal), "the screen is frozen"));
    }

    /// <summary>
    /// Saves everything that is shown, ends latmon, and opens the file: what somebody else sees of it, without the servers.
    /// </summary>
    public void SaveAndOpen()
    {
        _terminal.Type("W");
        WaitFor(screen => screen.Contains("saved ", StringComparison.Ordinal), "the requests are saved");
        _terminal.Type("q");
        _terminal.WaitForEnd(exitCode: 0);
        string saved = Assert.Single(Directory.GetFiles(_terminal.File("."), "latmon-*.ndjson"));
        _terminal.StartLatmon($"open {Path.GetFileName(saved)}");
        _terminal.WaitFor("FILE latmon-");
    }

    /// <summary>Ends latmon, then the servers.</summary>
    public void Dispose()
    {
        _terminal.Dispose();
        Story.Dispose();
    }
}
