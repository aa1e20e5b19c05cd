using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Latmon.LiveTests.Clients;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Debian's nginx with one worker, everything it writes in a directory of its own, on a free port of 127.0.0.1 and
/// [::1]. A second port answers <c>stub_status</c> and a socket in the directory takes the uploads, so that
/// neither adds traffic to the port that is watched.
/// </summary>
public sealed partial class NginxServer : IDisposable
{
    public const int BigFileBytes = 50_000_000;

    /// <summary>The body of <c>/files/small.txt</c>.</summary>
    public const string SmallFile = "small\n";

    private readonly NetworkNamespace? _inside;
    private readonly NginxProcess _process;
    private readonly int _statusPort;
    private long _ownRequests;

    private NginxServer(int port, NetworkNamespace? inside, bool alsoOnIPv6 = true, bool ofItsOwn = false)
    {
        Port = port;
        _inside = inside;
        _statusPort = FreePort.Next();
        TempDirectory directory = new();
        WriteFiles(directory);
        string http = NginxConfiguration.Http(Port, _statusPort, directory["sink.sock"], alsoOnIPv6);
        string program = ofItsOwn ? Copy(directory) : NginxProcess.Program;
        _process = NginxProcess.Start(directory, http, () => CountRequests(), inside, program);
        WorkerPid = _process.WorkerPid;
    }

    public int Port { get; }

    /// <summary>Process name and pid of what handles the requests: the one worker, not the master.</summary>
    public int WorkerPid { get; }

    public static NginxServer Start() => new(FreePort.Next(), inside: null);

    public static NginxServer Start(int port) => new(port, inside: null);

    /// <summary>Its program is a file that no other process uses, so what is in its code was put there for it.</summary>
    public static NginxServer StartCopy() => new(FreePort.Next(), inside: null, ofItsOwn: true);

    /// <summary>Leaves the port of [::1] to another server.</summary>
    public static NginxServer StartOnIPv4(int port) => new(port, inside: null, alsoOnIPv6: false);

    public static NginxServer StartInside(NetworkNamespace inside, int port) => new(port, inside);

    /// <summary>All requests that nginx has read on the watched port, by its own count.</summary>
    public long CountRequests()
    {
        using HttpConnection connection = Connect(_statusPort);
        connection.Send(HttpText.Get("/status", "Connection: close"));
        HttpReply reply = connection.ReadReply();
        Match counts = Counts().Match(reply.Body);
        return long.Parse(counts.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - ++_ownRequests;
    }

    public void Dispose() => _process.Dispose();

    private HttpConnection Connect(int port)
    {
        IPEndPoint server = new(IPAddress.Loopback, port);
        return _inside is null ? HttpConnection.Open(server) : _inside.Run(() => HttpConnection.Open(server));
    }

    private static string Copy(TempDirectory directory)
    {
        File.Copy(NginxProcess.Program, directory["nginx"]);
        return directory["nginx"];
    }

    private static void WriteFiles(TempDirectory directory)
    {
        string files = Directory.CreateDirectory(directory["files"]).FullName;
        File.WriteAllText(Path.Combine(files, "small.txt"), SmallFile);
        File.WriteAllLines(Path.Combine(files, "text.txt"), Enumerable.Range(0, 40_000).Select(i => $"line {i * 7919 % 40_009}"));
        using (FileStream big = File.Create(Path.Combine(files, "big.bin")))
        {
            big.SetLength(BigFileBytes);
        }
    }

    [GeneratedRegex(@"requests\s+[0-9]+ [0-9]+ ([0-9]+)")]
    private static partial Regex Counts();
}
