using System.Text.Json;
using Latmon.Pipeline.Filtering;
using Latmon.Tui.Drawing;
using Microsoft.Extensions.Configuration;

namespace Latmon;

/// <summary>
/// Settings, the weakest first: built in, <c>appsettings.json</c> beside the binary, <c>/etc/latmon/appsettings.json</c>,
/// <c>~/.config/latmon/appsettings.json</c>, <c>LATMON_*</c> of the environment. Flags come on top, in the commands.
/// </summary>
internal sealed record Settings(TraceFilter Filter, string? Log, ScreenSettings Screen, ProbeSettings Probes)
{
    private const string FileName = "appsettings.json";

    private static readonly string[] Sections = ["Filter", "Log", "Screen", "Probes"];

    /// <summary>Throws <see cref="UsageException"/> naming the file or the key that cannot be used.</summary>
    public static Settings Read()
    {
        IConfigurationRoot configuration = Load(Files());
        IConfigurationSection screen = configuration.GetSection("Screen");
        IConfigurationSection probes = configuration.GetSection("Probes");
        return new Settings(
            ReadFilter(configuration.GetSection("Filter")),
            configuration["Log"],
            new ScreenSettings(
                screen["Color"] ?? "auto", screen["Theme"] ?? "usual", Flag(screen, "Ascii") ?? false, Flag(screen, "Mouse") ?? true)
            {
                Colors = ReadColors(screen.GetSection("Colors")),
            },
            new ProbeSettings([.. Values(probes.GetSection("Use"))], Flag(probes, "Tls") ?? false, Flag(probes, "StandIns")));
    }

    private static IEnumerable<string> Files()
    {
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        yield return Path.Combine("/etc/latmon", FileName);
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".config/latmon", FileName);
        }
    }

    private static IConfigurationRoot Load(IEnumerable<string> files)
    {
        ConfigurationBuilder builder = new();
        foreach (string file in files.Where(File.Exists))
        {
            _ = builder.AddConfiguration(ReadFile(file));
        }

        return builder.AddEnvironmentVariables("LATMON_").Build();
    }

    /// <summary>One file by itself, so that a mistake can be blamed on it.</summary>
    private static IConfigurationRoot ReadFile(string file)
    {
        try
        {
            using MemoryStream content = new(File.ReadAllBytes(file));
            IConfigurationRoot settings = new ConfigurationBuilder().AddJsonStream(content).Build();
            foreach (IConfigurationSection section in settings.GetChildren())
            {
                if (!Sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase))
                {
                    throw new UsageException(
                        $"{file} has a section \"{section.Key}\" that latmon does not know; use {string.Join(", ", Sections)}.");
                }
            }

            return settings;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidDataException or IOException
            or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read ({Reason(e)}); correct or remove it.", e);
        }
    }

    private static string Reason(Exception e) =>
        (e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static bool? Flag(IConfigurationSection section, string key)
    {
        string? text = section[key];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return bool.TryParse(text, out bool value)
            ? value
            : throw new UsageException($"The setting {section.Path}:{key} is \"{text}\"; use true or false.");
    }

    private static IEnumerable<string> Values(IConfigurationSection key) =>
        key.Value is not null ? [key.Value] : key.GetChildren().Select(child => child.Value ?? "");

    private static Dictionary<string, string> ReadColors(IConfigurationSection section)
    {
        Dictionary<string, string> colors = [];
        foreach (IConfigurationSection color in section.GetChildren())
        {
            string value = color.Value ?? "";
            colors[color.Key] = ScreenColors.Check(color.Key, value) is { } problem
                ? throw new UsageException($"The setting {color.Path} cannot be used: {problem}.")
                : value;
        }

        return colors;
    }

    /// <summary>Each key is a filter term; a value may be a list.</summary>
    private static TraceFilter ReadFilter(IConfigurationSection section)
    {
        TraceFilter filter = TraceFilter.None;
        foreach (IConfigurationSection key in section.GetChildren())
        {
            foreach (string value in Values(key))
            {
                string term = key.Key.Equals("MinDuration", StringComparison.OrdinalIgnoreCase)
                    ? $">{value}"
                    : $"{key.Key.ToLowerInvariant()}:{value}";
                if (!FilterText.TryAdd(ref filter, term, out string error))
                {
                    throw new UsageException($"The setting {key.Path} cannot be used: {error}.");
                }
            }
        }

        return filter;
    }
}

/// <param name="Color"><c>auto</c>, <c>never</c>, <c>16</c>, <c>256</c> or <c>true</c>.</param>
/// <param name="Theme"><c>usual</c>, <c>dark</c>, <c>light</c>, <c>contrast</c> or <c>mono</c>.</param>
internal sealed record ScreenSettings(string Color, string Theme, bool Ascii, bool Mouse)
{
    public IReadOnlyDictionary<string, string> Colors { get; init; } = new Dictionary<string, string>();
}

/// <param name="Use">Names of probe definitions; empty for those that are on by themselves.</param>
/// <param name="StandIns">Whether programs on the kernel's hooks have stand-ins; null where the kernel decides that.</param>
internal sealed record ProbeSettings(System.Collections.Immutable.ImmutableArray<string> Use, bool Tls, bool? StandIns);
