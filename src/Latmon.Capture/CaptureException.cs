namespace Latmon.Capture;

/// <summary>Why nothing can be captured, as one sentence with the next step.</summary>
public sealed class CaptureException(string message, CaptureFailure failure, Exception? cause = null)
    : Exception(message, cause)
{
    public CaptureFailure Failure { get; } = failure;
}

public enum CaptureFailure
{
    /// <summary>More privileges would help.</summary>
    NotPermitted,

    /// <summary>Another kernel, or another configuration of it, would.</summary>
    KernelLacks,

    /// <summary>Something that the user asked for does not exist.</summary>
    Usage,
}
