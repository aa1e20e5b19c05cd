namespace Latmon;

/// <summary>What the shell sees. A contract with scripts.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NotPermitted = 3;
    public const int KernelLacks = 4;
}
