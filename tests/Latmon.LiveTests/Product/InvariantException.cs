namespace Latmon.LiveTests.Product;

/// <summary>A trace breaks a rule that holds for all; the message holds the whole line.</summary>
public sealed class InvariantException(string message, Exception cause) : Exception(message, cause);
