using System.Globalization;
using System.Text;
using Latmon.Capture;
using Latmon.Capture.Probes;
using Latmon.Pipeline;

namespace Latmon.Output;

/// <summary>The report of <c>latmon doctor</c> for people.</summary>
internal static class DoctorText
{
    private const int NameWidth = 30;
    private const int HookWidth = 32;

    public static string Of(KernelReport report)
    {
        StringBuilder text = new();
        AppendMachine(text, report);
        if (!report.Hooks.IsEmpty)
        {
            AppendHooks(text, report);
            AppendLayers(text, report);
        }

        AppendProbes(text, report);
        AppendFindings(text, report);
        return text.ToString();
    }

    private static void AppendMachine(StringBuilder text, KernelReport report)
    {
        Fact(text, "kernel", report.Release);
        Fact(text, "lockdown", report.Lockdown.Length > 0 ? report.Lockdown : "not there");
        Fact(text, "preemption", Preemption(report));
        Fact(text, "capabilities", report.Capabilities.Held.IsEmpty ? "none of those that help" : string.Join(' ', report.Capabilities.Held));
        Fact(text, "type information", report.HasTypeInformation ? "yes" : "no");
        Fact(text, "programs", report.Build.Length > 0 ? report.Build : "none loaded");
        foreach (string refused in report.RefusedBuilds)
        {
            Fact(text, "", $"not {refused}");
        }

        if (report.RingBytes > 0)
        {
            Fact(text, "ring buffer", string.Create(CultureInfo.InvariantCulture, $"{report.RingBytes >> 20} MB"));
        }

        Fact(text, "receive stamps", $"{(report.HasReceiveStamps ? "yes" : "no")} (clock source {report.ClockSource})");
    }

    private static string Preemption(KernelReport report) =>
        (report.Preemption.Length > 0 ? report.Preemption : "not known") +
        (report.Hooks.Any(hook => !hook.StandIns.IsEmpty) ? " (programs have stand-ins)" : "");

    private static void AppendHooks(StringBuilder text, KernelReport report)
    {
        _ = text.AppendLine().AppendLine("seen when");
        foreach (HookChoice choice in report.Hooks)
        {
            string hook = choice.Hook?.ToString() ?? (choice.IsMissed ? "NOT SEEN" : "-");
            Row(text, choice.Boundary.Title, hook, choice.Reason);
        }
    }

    private static void AppendLayers(StringBuilder text, KernelReport report)
    {
        _ = text.AppendLine().AppendLine("layers");
        foreach (LayerAvailability layer in report.Layers)
        {
            Row(text, layer.Layer.Title(), layer.Evidence == Evidence.Measured ? "measured" : "unavailable", layer.Reason);
        }
    }

    private static void AppendProbes(StringBuilder text, KernelReport report)
    {
        _ = text.AppendLine().AppendLine("probes inside processes");
        foreach (ProbeReport probe in report.Probes)
        {
            string found = probe.File.Length == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture, $"{probe.Found} of {probe.Spans} spans");
            Row(text, $"{probe.Name} ({(probe.IsEnabled ? "on" : "off")})", found, probe.File);
            foreach (string remark in probe.Remarks)
            {
                Row(text, "", "", remark);
            }
        }

        foreach (string problem in report.ProbeProblems)
        {
            _ = text.AppendLine($"  {problem}");
        }
    }

    private static void AppendFindings(StringBuilder text, KernelReport report)
    {
        _ = text.AppendLine();
        foreach (DoctorFinding finding in DoctorFinding.In(report))
        {
            _ = text.AppendLine(finding.Problem).AppendLine($"    next: {finding.NextStep}");
        }

        _ = text.AppendLine(report.Failure is null ? "latmon works here." : "latmon does not work here.");
    }

    private static void Fact(StringBuilder text, string name, string value) =>
        text.Append(name.PadRight(18)).AppendLine(value);

    private static void Row(StringBuilder text, string name, string value, string remark) => text.AppendLine(
        $"  {name.PadRight(NameWidth)}{value.PadRight(HookWidth)}{remark}".TrimEnd());
}
