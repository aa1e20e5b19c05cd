using System.CommandLine;
using System.Text;
using Latmon.Capture;
using Latmon.Output;

namespace Latmon.Commands;

/// <summary><c>latmon doctor</c>: which hooks there are, which layers that gives, what is missing, why, and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "one JSON object" };
        RunOptions run = new();
        Command command = new("doctor", "What this kernel lets latmon see, what not, why, and how to get it.") { json };
        run.AddTo(command, ends: false);
        command.SetAction(arguments =>
        {
            Settings settings = Settings.Read();
            using LogFile log = LogFile.Open(run.Log(arguments, settings));
            return Run(arguments.GetValue(json), settings.Probes.StandIns);
        });
        return command;
    }

    private static int Run(bool json, bool? standIns)
    {
        KernelReport report = KernelReport.Take(standIns);
        using Stream stdout = Console.OpenStandardOutput();
        stdout.Write(json ? DoctorJson.Of(report) : Encoding.UTF8.GetBytes(DoctorText.Of(report)));
        return report.Failure?.Failure switch
        {
            null => ExitCode.Success,
            CaptureFailure.NotPermitted => ExitCode.NotPermitted,
            _ => ExitCode.KernelLacks,
        };
    }
}
