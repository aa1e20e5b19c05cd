using System.Globalization;
using Latmon.LiveTests.Machine;
using Latmon.LiveTests.Product;
using Latmon.LiveTests.Servers;
using Xunit;

namespace Latmon.LiveTests.Screen;

/// <summary>
/// A real terminal: tmux on a socket of its own with a plain shell in it. Keys go in by <c>send-keys</c>; what the
/// terminal shows is read back until it meets a condition.
/// </summary>
public sealed class TerminalSession : IDisposable
{
    private const string Tmux = "/usr/bin/tmux";
    private const string Ended = "ended-with-";

    /// <summary>A machine where none is set draws in ASCII.</summary>
    private const string Language = "C.UTF-8";

    private readonly TempDirectory _directory = new();
    private int _sshClient;

    private TerminalSession(string latmon, int columns, int rows, string type)
    {
        Run(
            "-f", "/dev/null", "new-session", "-d", "-x", Text(columns), "-y", Text(rows),
            "-e", $"HOME={_directory.Path}", "-e", $"LATMON={latmon}", "-e", $"TERM={type}", "-e", $"LANG={Language}", "/bin/sh");
    }

    /// <param name="type">What latmon is told of the terminal in TERM.</param>
    public static TerminalSession Start(int columns, int rows, string type = "xterm-256color")
    {
        TerminalSession started = new(LatmonBinary.Path, columns, rows, type);
        started.Type("echo sh''ell", "Enter");
        started.WaitFor("shell");
        return started;
    }

    public string Screen => Run("capture-pane", "-p");

    /// <summary>How the terminal is set: equal before and after is what restored means.</summary>
    public TerminalState State
    {
        get
        {
            System.IO.File.Delete(_directory["stty"]);
            Type("clear; stty -g > \"$HOME/stty\"; echo sett''ings", "Enter");
            WaitFor("settings");
            string[] flags = Run(
                "display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_cursor_flag}").Split(' ');
            return new TerminalState(System.IO.File.ReadAllText(_directory["stty"]).Trim(), flags[0], flags[1], flags[2], flags[3]);
        }
    }

    /// <summary>Runs latmon in the foreground of the shell and returns its pid.</summary>
    public int StartLatmon(int port) => StartLatmon($"--port {port}");

    /// <summary>A file in the home directory of the shell.</summary>
    public string File(string name) => _directory[name];

    public int StartLatmon(string arguments)
    {
        string run = $"clear; cd; sh -c 'echo $$ > \"$HOME/pid\"; exec \"$LATMON\" {arguments}'; echo {Ended.Insert(3, "''")}$?";
        Type(run, "Enter");
        WaitUntil(() => System.IO.File.Exists(_directory["pid"]) && System.IO.File.ReadAllText(_directory["pid"]).EndsWith('\n'), "latmon starts");
        return int.Parse(System.IO.File.ReadAllText(_directory["pid"]).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>From here on the shell is one at the other end of an SSH connection. Returns the pid of the client.</summary>
    public int LogIn(SshServer server)
    {
        string shell = "\"HOME=$HOME LATMON=$LATMON LANG=$LANG exec /bin/sh\"";
        Type($"clear; sh -c 'echo $$ > \"$HOME/client\"; exec {server.LogIn(shell)}'", "Enter");
        Type("echo logged''in", "Enter");
        WaitFor("loggedin");
        return _sshClient = int.Parse(System.IO.File.ReadAllText(_directory["client"]).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>From here on the shell is one inside GNU screen.</summary>
    public void EnterScreen()
    {
        Type("mkdir -m 700 \"$HOME/screens\"; SCREENDIR=\"$HOME/screens\" screen -c /dev/null /bin/sh", "Enter");
        Type("echo in''side $TERM", "Enter");
        WaitFor("inside screen");
    }

    /// <summary>Keeps everything that is written to the terminal from here on; returns the file.</summary>
    public string Record()
    {
        Run("pipe-pane", $"cat > {_directory["output"]}");
        return _directory["output"];
    }

    /// <summary>What the shell makes of an expression.</summary>
    public string Ask(string expression)
    {
        Type($"clear; echo \"{expression}\" > \"$HOME/answer\"; echo ans''wered", "Enter");
        WaitFor("answered");
        return System.IO.File.ReadAllText(_directory["answer"]).Trim();
    }

    /// <summary>Byte by byte, with a pause between them.</summary>
    public void TypeSlowly(string bytes, TimeSpan pause)
    {
        foreach (char each in bytes)
        {
            Run("send-keys", "-H", ((int)each).ToString("x2", CultureInfo.InvariantCulture));
            Thread.Sleep(pause);
        }
    }

    /// <summary>Keys by tmux's names (<c>Enter</c>, <c>Escape</c>, <c>Space</c>), anything else letter by letter.</summary>
    public void Type(params string[] keys) => Run(["send-keys", .. keys]);

    public void Resize(int columns, int rows) => Run("resize-window", "-x", Text(columns), "-y", Text(rows));

    public void WaitFor(string text) => WaitUntil(() => Screen.Contains(text, StringComparison.Ordinal), $"\"{text}\" appears");

    /// <summary>The first screen that meets a condition that is more than a word.</summary>
    public string WaitForScreen(Func<string, bool> condition, string what, TimeSpan limit)
    {
        string screen = "";
        WaitUntil(() => condition(screen = Screen), what, limit);
        return screen;
    }

    public void WaitUntilGone(string text) => WaitUntil(() => !Screen.Contains(text, StringComparison.Ordinal), $"\"{text}\" goes");

    public void WaitUntil(Func<string, bool> condition, string what) => WaitUntil(() => condition(Screen), what);

    public void WaitForEnd(int exitCode) => WaitFor($"{Ended}{exitCode}");

    /// <summary>Closes the terminal under whatever runs in it.</summary>
    public void HangUp() => Run("kill-session");

    public void Dispose()
    {
        EndSshClient();
        try
        {
            Run("kill-server");
        }
        catch (InvalidOperationException)
        {
            // The server ends with its last session.
        }

        _directory.Dispose();
    }

    /// <summary>
    /// That of OpenSSH 9.2 can miss that its terminal hangs up, about once in 150 times: it has read the end of its input then and waits
    /// for the other end, which waits for it.
    /// </summary>
    private void EndSshClient()
    {
        try
        {
            if (System.IO.File.ReadAllText($"/proc/{Text(_sshClient)}/comm") == "ssh\n")
            {
                Signal.Send(_sshClient, Signal.Kill);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // There was none, or it has ended.
        }
    }

    private void WaitUntil(Func<bool> condition, string what) => WaitUntil(condition, what, Deadline.Usual);

    /// <summary>Each look starts tmux, which takes milliseconds; that is pause enough between two looks.</summary>
    private void WaitUntil(Func<bool> condition, string what, TimeSpan limit)
    {
        Deadline deadline = Deadline.In(limit);
        while (!condition())
        {
            Assert.False(deadline.Passed, $"Waited in vain until {what}; the screen is\n{Screen}");
        }
    }

    private string Run(params string[] arguments) => ChildProcess.Run(Tmux, ["-u", "-S", _directory["tmux"], .. arguments]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
