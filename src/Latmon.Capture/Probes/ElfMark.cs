namespace Latmon.Capture.Probes;

/// <summary>One place of a statically defined probe (USDT).</summary>
/// <param name="FileOffset">Of an instruction that does nothing.</param>
/// <param name="Counter">Where in the file the program looks whether somebody listens; 0 when it does not look.</param>
/// <param name="Arguments">Where they are at that place, see <see cref="MarkArgument"/>.</param>
internal readonly record struct ElfMark(string Provider, string Name, ulong FileOffset, ulong Counter, string Arguments);
