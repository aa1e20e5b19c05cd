namespace Latmon;

/// <summary>Something could not be done; the message is one sentence with the next step. Exit code 1.</summary>
internal sealed class FailureException(string message) : Exception(message);
