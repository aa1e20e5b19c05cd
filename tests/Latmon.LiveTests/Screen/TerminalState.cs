namespace Latmon.LiveTests.Screen;

/// <param name="Settings">What <c>stty -g</c> says.</param>
/// <param name="AlternateScreen">1 while a full-screen program has the terminal.</param>
public sealed record TerminalState(string Settings, string AlternateScreen, string Cursor, string Mouse, string ApplicationKeys);
