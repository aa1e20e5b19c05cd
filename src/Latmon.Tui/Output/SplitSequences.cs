using System.Collections.Concurrent;
using System.Diagnostics;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;
using Terminal.Gui.Input;

namespace Latmon.Tui.Output;

/// <summary>
/// Escape sequences that come in pieces, as they do over a bad link. Terminal.Gui gives a sequence 50 ms and takes what comes later
/// for typed letters: an arrow key would step through time, the click of a mouse change panes. So an unfinished one is put back where
/// it came from, until it is whole or nothing was added to it for <see cref="Longest"/>.
/// </summary>
internal sealed class SplitSequences : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>For so long a lone Esc may be the beginning of a sequence; as the key, it is felt as at once.</summary>
    private static readonly TimeSpan LongestEscape = TimeSpan.FromMilliseconds(150);

    private readonly IInputProcessor _input;
    private readonly ConcurrentQueue<char>? _typed;
    private string _unfinished = "";
    private long _grewAt;

    /// <summary>When a lone Esc was put back first.</summary>
    private long _escapeAt;

    public SplitSequences(IApplication app)
    {
        _input = app.Driver!.GetInputProcessor();
        _typed = (_input as InputProcessorImpl<char>)?.InputQueue;
        _input.AnsiSequenceSwallowed += OnSwallowed;
        _input.MouseEventParsed += OnWhole;
    }

    public void Dispose()
    {
        _input.AnsiSequenceSwallowed -= OnSwallowed;
        _input.MouseEventParsed -= OnWhole;
    }

    /// <summary>No final byte yet.</summary>
    internal static bool IsUnfinished(string sequence) =>
        sequence is "\e" or "\eO" || (sequence.StartsWith("\e[", StringComparison.Ordinal) && sequence.AsSpan(2).IndexOfAnyInRange('@', '~') < 0);

    private void OnSwallowed(object? sender, string sequence)
    {
        if (IsUnfinished(sequence))
        {
            PutBack(sequence);
        }
    }

    /// <summary>True when the key was put back, because more may follow.</summary>
    public bool Takes(Key key)
    {
        if (key == Key.Esc)
        {
            _escapeAt = _escapeAt == 0 ? Stopwatch.GetTimestamp() : _escapeAt;
            bool mayBegin = Stopwatch.GetElapsedTime(_escapeAt) < LongestEscape;
            _escapeAt = mayBegin ? _escapeAt : 0;
            Requeue(mayBegin ? "\e" : "");
            return mayBegin;
        }

        if (key == new Key('[').WithAlt || key == new Key('O').WithAlt)
        {
            PutBack(key == new Key('[').WithAlt ? "\e[" : "\eO");
            return true;
        }

        Forget();
        return false;
    }

    private void OnWhole(object? sender, Mouse mouse) => Forget();

    private void Forget()
    {
        _unfinished = "";
        _escapeAt = 0;
    }

    private void PutBack(string sequence)
    {
        if (sequence != _unfinished)
        {
            _unfinished = sequence;
            _grewAt = Stopwatch.GetTimestamp();
        }

        if (Stopwatch.GetElapsedTime(_grewAt) < Longest)
        {
            Requeue(sequence);
        }
        else
        {
            Forget();
        }
    }

    private void Requeue(string sequence)
    {
        foreach (char letter in sequence)
        {
            _typed?.Enqueue(letter);
        }
    }
}
