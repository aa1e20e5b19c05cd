using System.CommandLine;
using System.Globalization;
using System.Text;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Output;
using Latmon.Pipeline.Assembling;
using Latmon.Pipeline.Correlation;
using Latmon.Pipeline.Filtering;
using Latmon.Pipeline.Protocols;
using Latmon.Pipeline.Traces;

namespace Latmon.Commands;

/// <summary><c>latmon trace</c>: one line per finished trace on stdout, flushed as it goes.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        Option<string?> format = new("--format")
        {
            HelpName = "text|ndjson",
            Description = "text, the default on a terminal, or one JSON object per line",
        };
        Option<string?> count = new("--count") { HelpName = "N", Description = "end after this many" };
        FilterOptions filter = new();
        ProbeOptions probes = new();
        RunOptions run = new();
        Command command = new("trace", "One line per finished request, with the time it spent in each layer.") { format, count };
        filter.AddTo(command);
        probes.AddTo(command);
        run.AddTo(command, ends: true);
        command.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            bool json = IsJson(arguments.GetValue(format));
            long limit = RunOptions.Count(arguments, count) ?? long.MaxValue;
            TimeSpan? duration = run.Duration(arguments);
            TraceFilter terms = filter.Read(arguments, settings.Filter);
            using LogFile log = LogFile.Open(run.Log(arguments, settings));
            return Run(terms, probes.Read(arguments, settings.Probes), json, limit, duration);
        });
        return command;
    }

    private static bool IsJson(string? format) => format switch
    {
        null => Console.IsOutputRedirected,
        "text" => false,
        "ndjson" => true,
        _ => throw new UsageException($"--format: \"{format}\" is not a format; use text or ndjson."),
    };

    private static int Run(TraceFilter filter, ProbeChoice probes, bool json, long limit, TimeSpan? duration)
    {
        using KernelSource source = ProbeOptions.Open(filter, probes);
        using EndSignal end = new();
        using FileStream stdout = StandardOutput.Open();
        using TraceLines lines = new(stdout, new EntryFilter(source.Resolve(filter)), source.Names, json, limit, end);
        using IDisposable subscription = source.Records.Correlate(source.SpanNames).Assemble(new TraceAssembler(filter)).Subscribe(lines.Write, end.Fail);
        source.Start(end.Fail);
        Console.Error.WriteLine(WatchingText.Of(filter));
        end.Wait(duration);
        source.Stop();
        Console.Error.WriteLine(lines.Summary);
        return ExitCode.Success;
    }

    /// <summary>Writes on the drain thread. A closed stdout ends the command: nobody reads any more.</summary>
    private sealed class TraceLines(FileStream stdout, EntryFilter filter, TraceNames names, bool json, long limit, EndSignal end)
        : IDisposable
    {
        private readonly ExchangeJson _json = new();
        private readonly TraceText _text = new();
        private readonly MemoryStream _pending = new();
        private long _written;
        private long _incomplete;
        private long _lost;
        private long _lostParts;

        public string Summary => string.Create(
            CultureInfo.InvariantCulture, $"latmon: {_written} requests, {_lost} lost, {_incomplete} incomplete{LossText.OfParts(_lostParts)}");

        public void Write(ExchangeBatch batch)
        {
            _lost = batch.Counters.Lost;
            _lostParts = batch.Counters.LostParts;
            _pending.SetLength(0);
            for (int at = 0; _written < limit && filter.TryNextTrace(batch, ref at, out int found);)
            {
                Append(batch.Trace(found));
            }

            Flush();
            if (_written >= limit)
            {
                end.End();
            }
        }

        public void Dispose()
        {
            _json.Dispose();
            _pending.Dispose();
        }

        private void Append(in TraceRun run)
        {
            _written++;
            _incomplete += run.Items[0].IsComplete ? 0 : 1;
            if (json)
            {
                _pending.Write(_json.Line(run, names));
            }
            else
            {
                Trace trace = TraceBuilder.Build(run, names);
                _pending.Write(Encoding.UTF8.GetBytes(_text.Line(trace) + '\n'));
            }
        }

        private void Flush()
        {
            try
            {
                stdout.Write(_pending.GetBuffer(), 0, (int)_pending.Length);
                stdout.Flush();
            }
            catch (IOException)
            {
                end.End();
            }
        }
    }
}
