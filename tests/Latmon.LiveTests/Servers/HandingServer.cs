using System.Globalization;
using Latmon.LiveTests.Machine;

namespace Latmon.LiveTests.Servers;

/// <summary>
/// Two processes: the one in front accepts and hands every connection over (SCM_RIGHTS, on an AF_UNIX socket between them) to the
/// one that answers, called <c>worker</c>. A first request for <c>/read-in-front</c> is read before its connection is handed over.
/// </summary>
public sealed class HandingServer : IDisposable
{
    private const string Program = """
        import os, socket, sys, threading
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        front, back = socket.socketpair()
        def serve(connection, unanswered):
            while unanswered or connection.recv(4096):
                connection.sendall(answer)
                unanswered = False
        def work():
            with open("/proc/self/comm", "w") as name:
                name.write("worker")
            while True:
                how, handed, _, _ = socket.recv_fds(back, 1, 1)
                if not how:
                    os._exit(0)
                connection = socket.socket(fileno=handed[0])
                threading.Thread(target=serve, args=(connection, how == b"r"), daemon=True).start()
        listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        worker = os.fork()
        if worker == 0:
            front.close()
            work()
        back.close()
        print(worker, flush=True)
        while True:
            connection, _ = listener.accept()
            how = b"n"
            if connection.recv(4096, socket.MSG_PEEK).startswith(b"GET /read-in-front"):
                connection.recv(4096)
                how = b"r"
            socket.send_fds(front, [how], [connection.fileno()])
            connection.close()
        """;

    private readonly ChildProcess _process;

    private HandingServer()
    {
        _process = ChildProcess.Start("/usr/bin/python3", ["-c", Program, Port.ToString(CultureInfo.InvariantCulture)]);
        WorkerPid = int.Parse(_process.FirstLine("Python"), CultureInfo.InvariantCulture);
    }

    public int Port { get; } = FreePort.Next();

    public int Pid => _process.Pid;

    /// <summary>Ends by itself when the one in front does.</summary>
    public int WorkerPid { get; }

    public static HandingServer Start() => new();

    public void Dispose() => _process.Dispose();
}
