using System.CommandLine;
using System.Globalization;
using Latmon.Pipeline.Filtering;

namespace Latmon.Commands;

/// <summary>How long a command runs and where its log goes.</summary>
internal sealed class RunOptions
{
    private readonly Option<string?> _for = new("--for") { HelpName = "10s", Description = "end after this long" };
    private readonly Option<string?> _log = new("--log") { HelpName = "FILE", Description = "keep messages of the kernel interface in this file" };

    public void AddTo(Command command, bool ends)
    {
        if (ends)
        {
            command.Options.Add(_for);
        }

        command.Options.Add(_log);
    }

    public TimeSpan? Duration(ParseResult arguments)
    {
        if (arguments.GetValue(_for) is not { } text)
        {
            return null;
        }

        return DurationText.TryParse(text, out long ns)
            ? TimeSpan.FromTicks(Math.Max(1, ns / TimeSpan.NanosecondsPerTick))
            : throw new UsageException($"--for: \"{text}\" is not a duration; use 10s or 500ms.");
    }

    public string? Log(ParseResult arguments, Settings settings) => arguments.GetValue(_log) ?? settings.Log;

    /// <summary>A count of at least 1, or null when it was not given.</summary>
    public static long? Count(ParseResult arguments, Option<string?> option)
    {
        if (arguments.GetValue(option) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0
            ? count
            : throw new UsageException($"{option.Name}: \"{text}\" is not a count; use a number from 1.");
    }
}
