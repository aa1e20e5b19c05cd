using System.Net.Sockets;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Debian's php-fpm on a socket in a directory of its own: four processes, and one script that sleeps for as many milliseconds as the
/// last part of the path says.
/// </summary>
public sealed class PhpServer : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;

    private PhpServer()
    {
        File.WriteAllText(Script, """<?php usleep(1000 * (int)basename($_SERVER["REQUEST_URI"])); echo "slept\n";""");
        File.WriteAllText(_directory["fpm.conf"], $"""
            [global]
            error_log = {_directory["error.log"]}
            daemonize = no
            [www]
            listen = {SocketPath}
            listen.mode = 0666
            user = nobody
            group = nogroup
            pm = static
            pm.max_children = 4
            """);
        _process = ChildProcess.Start(Program, ["-y", _directory["fpm.conf"], "-n"]);
    }

    public string SocketPath => _directory["php.sock"];

    public string Script => _directory["sleep.php"];

    private static string Program => Directory.GetFiles("/usr/sbin", "php-fpm?.*").Order(StringComparer.Ordinal).Last();

    public static PhpServer Start()
    {
        PhpServer started = new();
        started._process.WaitUntil(started.Listens, "php-fpm");
        return started;
    }

    public void Dispose()
    {
        _process.End();
        _process.Dispose();
        _directory.Dispose();
    }

    private bool Listens()
    {
        try
        {
            HttpConnection.Open(new UnixDomainSocketEndPoint(SocketPath)).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
