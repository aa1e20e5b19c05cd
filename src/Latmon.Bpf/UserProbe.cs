namespace Latmon.Bpf;

/// <summary>A place in a file that processes run, for a program to hang on.</summary>
/// <param name="Path">Opened while attaching; the probe stays with the file, whatever happens to the path.</param>
/// <param name="FileOffset">Of the instruction, in the file.</param>
/// <param name="AtReturn">When the function that begins at the offset returns, instead of when it is reached.</param>
/// <param name="Cookie">What the program gets to know about this attachment.</param>
/// <param name="Counter">Where in the file a counter lies that the kernel counts up while the probe is there; 0 for none.</param>
public readonly record struct UserProbe(string Path, ulong FileOffset, bool AtReturn, ulong Cookie, ulong Counter = 0);
