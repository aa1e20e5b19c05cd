namespace Latmon;

/// <summary>What the user gave cannot be used; the message is one sentence that says what would.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
