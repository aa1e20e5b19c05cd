using Latmon.Bpf;

namespace Latmon.Capture;

/// <summary>The embedded object: loaded and attached, or one sentence that says why not.</summary>
internal static class KernelPrograms
{
    private const string ResourceName = "latmon.bpf.o";
    private const string KernelTypes = "/sys/kernel/btf/vmlinux";

    public static BpfObject Load()
    {
        RequireTypeInformation();
        BpfObject? programs = null;
        try
        {
            programs = BpfObject.Open(Image(), "latmon");
            programs.Load();
            return programs;
        }
        catch (BpfException e)
        {
            programs?.Dispose();
            throw Explain(e);
        }
    }

    public static void Attach(BpfObject programs)
    {
        try
        {
            foreach ((string name, string section) in programs.Programs())
            {
                if (!section.StartsWith("iter", StringComparison.Ordinal))
                {
                    programs.Attach(name);
                }
            }
        }
        catch (BpfException e)
        {
            throw Explain(e);
        }
    }

    private static byte[] Image()
    {
        using Stream stream = typeof(KernelPrograms).Assembly.GetManifestResourceStream(ResourceName)!;
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    private static void RequireTypeInformation()
    {
        if (!File.Exists(KernelTypes))
        {
            throw new CaptureException(
                $"This kernel has no type information ({KernelTypes}); latmon needs one built with CONFIG_DEBUG_INFO_BTF.",
                CaptureFailure.KernelLacks);
        }
    }

    private static CaptureException Explain(BpfException e) => e.IsPermission
        ? new CaptureException(
            $"The kernel does not let this user load probes ({e.Message}); run latmon with sudo.", CaptureFailure.NotPermitted, e)
        : new CaptureException(
            $"The kernel refused the probes ({e.Message}); --log FILE keeps its reasons.", CaptureFailure.KernelLacks, e);
}
