using System.Runtime.InteropServices;

namespace Latmon.Capture.Probes;

/// <summary><c>struct mark_site</c> of <c>latmon.h</c>: the arguments of a statically defined probe that a span needs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MarkSite
{
    public ulong Cookie;
    public MarkArgument Key;
    public MarkArgument Text;
}
