using System.CommandLine;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Pipeline.Filtering;

namespace Latmon.Commands;

/// <summary>Which probes inside processes a command uses.</summary>
internal sealed class ProbeOptions
{
    private readonly Option<string[]> _probes = new("--probes")
    {
        HelpName = "NAME,…",
        Description = "spans from inside: libpq, postgresql, nginx or your own definitions, instead of those that are on; none for none",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool?> _tls = new("--tls")
    {
        Description = "method, path and statement of what OpenSSL encrypts",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_probes);
        command.Options.Add(_tls);
    }

    /// <summary>Flags replace the settings.</summary>
    public ProbeChoice Read(ParseResult arguments, ProbeSettings settings)
    {
        string[] names = arguments.GetValue(_probes) ?? [];
        return new ProbeChoice(
            names.Length == 0 ? settings.Use : [.. names.SelectMany(name => name.Split(','))],
            arguments.GetValue(_tls) ?? settings.Tls,
            settings.StandIns);
    }

    /// <summary>Attaches, and says on stderr which definitions cannot be used.</summary>
    /// <param name="filter">What is captured.</param>
    /// <param name="choice">Which probes.</param>
    /// <param name="measuringCost">What the observed processes pay, now and then; costs something itself.</param>
    public static KernelSource Open(TraceFilter filter, ProbeChoice choice, bool measuringCost = false)
    {
        ProbeCatalog catalog = ProbeCatalog.Read();
        KernelSource source = Attach(filter, catalog, choice, measuringCost);
        // Not before: the runtime's console starts a thread, which would keep the privileges that have been given up now.
        foreach (string problem in catalog.Problems)
        {
            Console.Error.WriteLine($"latmon: {problem}");
        }

        return source;
    }

    private static KernelSource Attach(TraceFilter filter, ProbeCatalog catalog, ProbeChoice choice, bool measuringCost)
    {
        using AttachNote note = AttachNote.Show();
        KernelSource source = KernelSource.Open(filter, catalog, choice);
        return (measuringCost ? source.MeasuringCost() : source).WithoutPrivileges();
    }
}
