using System.Globalization;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Xunit;

namespace Latmon.LiveTests.Behaviour;

/// <summary>What a user gets wrong is answered with one sentence and the right exit code, never with a stack trace.</summary>
public sealed class BadInputTests
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int NotPermitted = 3;

    private static readonly string Port = FreePort.Next().ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("--port=99999", "99999")]
    [InlineData("--port=0", "0")]
    [InlineData("--port=http", "http")]
    [InlineData("--status=9xx9", "9xx9")]
    [InlineData("--min-duration=soon", "soon")]
    [InlineData("--format=xml", "xml")]
    [InlineData("--count=-1", "-1")]
    [InlineData("--for=forever", "forever")]
    public void A_wrong_option_is_a_usage_error_that_names_it(string option, string named) =>
        LatmonBinary.Run("trace", "--port", Port, option).IsRefusal(Usage, named);

    [Fact]
    public void An_unknown_command_is_a_usage_error() => LatmonBinary.Run("tracee").IsRefusal(Usage, "tracee");

    [Fact]
    public void A_namespace_that_does_not_exist_is_named()
    {
        FinishedRun run = LatmonBinary.Run("trace", "--port", Port, "--netns", "/run/netns/no-such-namespace");
        run.IsRefusal(run.ExitCode, "no-such-namespace");
        Assert.Contains(run.ExitCode, new[] { Failure, Usage });
    }

    [Fact]
    public void Without_root_it_says_what_is_missing()
    {
        // A copy, because the directories above the build may be closed to others.
        using TempDirectory directory = new();
        File.Copy(LatmonBinary.Path, directory["latmon"]);
        string[] asNobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", directory["latmon"], "trace", "--port", Port];
        LatmonBinary.Run("/usr/bin/setpriv", directory.Path, asNobody).IsRefusal(NotPermitted, "sudo");
    }

    [Theory]
    [InlineData("{ \"port\": ")]
    [InlineData("[]")]
    [InlineData("\u0000\u0001")]
    public void Broken_settings_are_a_usage_error_that_names_the_file(string settings)
    {
        using TempDirectory home = new();
        string directory = Directory.CreateDirectory(Path.Combine(home[".config"], "latmon")).FullName;
        string file = Path.Combine(directory, "appsettings.json");
        File.WriteAllText(file, settings);
        LatmonBinary.Run(home.Path, ["trace", "--port", Port]).IsRefusal(Usage, file);
    }

    [Fact]
    public void A_log_file_in_a_missing_directory_is_named()
    {
        using TempDirectory directory = new();
        FinishedRun run = LatmonBinary.Run("trace", "--port", Port, "--log", directory["missing/latmon.log"]);
        run.IsRefusal(run.ExitCode, "missing/latmon.log");
        Assert.Contains(run.ExitCode, new[] { Failure, Usage });
    }
}
