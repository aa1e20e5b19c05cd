using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Debian's sshd on a free port of 127.0.0.1, with its own configuration, host key and list of users' keys: it lets in whoever has the
/// key that lies beside them, and nobody else.
/// </summary>
public sealed class SshServer : IDisposable
{
    private const string Sshd = "/usr/sbin/sshd";

    /// <summary>Where sshd locks up its part without privileges; made at boot where it is a service.</summary>
    private const string EmptyDirectory = "/run/sshd";

    private readonly TempDirectory _directory = new();
    private readonly ChildProcess _process;

    private SshServer()
    {
        _ = Directory.CreateDirectory(EmptyDirectory);
        Port = FreePort.Next();
        MakeKey("host");
        MakeKey("user");
        File.Copy(_directory["user.pub"], _directory["authorized"]);
        File.WriteAllText(_directory["config"], $"""
            Port {Port.ToString(CultureInfo.InvariantCulture)}
            ListenAddress 127.0.0.1
            HostKey {_directory["host"]}
            AuthorizedKeysFile {_directory["authorized"]}
            PidFile none
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            StrictModes no
            PrintMotd no
            PrintLastLog no
            """ + "\n");
        _process = ChildProcess.Start(Sshd, ["-D", "-e", "-f", _directory["config"]]);
        WaitUntilItListens();
    }

    public int Port { get; }

    public static SshServer Start() => new();

    /// <summary>What a shell types to log in and run a command on a terminal; ends with the command.</summary>
    public string LogIn(string command) => $"{Client} -t -e none root@127.0.0.1 {command}";

    /// <summary>A connection of somebody else, which does something short.</summary>
    public void Visit() => ChildProcess.Run("/bin/sh", "-c", $"{Client} -n root@127.0.0.1 true");

    public void Dispose()
    {
        _process.End();
        _process.Dispose();
        _directory.Dispose();
    }

    private string Client => string.Create(
        CultureInfo.InvariantCulture,
        $"ssh -F none -p {Port} -i {_directory["user"]} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile={_directory["known"]} -o LogLevel=ERROR");

    private void MakeKey(string name) =>
        ChildProcess.Run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _directory[name]);

    private void WaitUntilItListens()
    {
        Deadline deadline = Deadline.In(Deadline.Usual);
        while (true)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Loopback, Port));
                return;
            }
            catch (SocketException) when (!deadline.Passed && !_process.HasExited)
            {
                _ = Thread.Yield();
            }
        }
    }
}
