"""Servers and a client whose behaviour is known, in two network namespaces joined by a veth pair, and latmon watching."""

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

PORT = 8080
UPSTREAM_PORT = 8081
SERVER = "10.77.0.1"
CLIENT = "10.77.0.2"
FILE_BYTES = 200_000
LOCAL = "/tmp/local.sock"
LIMIT_S = 60


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


def make_networks():
    for name in ("server", "client"):
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")
    run("ip", "link", "add", "to-client", "netns", "server", "type", "veth", "peer", "name", "to-server", "netns", "client")
    for name, link, address in (("server", "to-client", SERVER), ("client", "to-server", CLIENT)):
        run("ip", "-n", name, "address", "add", address + "/24", "dev", link)
        run("ip", "-n", name, "link", "set", link, "up")


class Netem:
    """What happens to the packets that one end sends, for as long as the block lasts."""

    LINKS = {"server": "to-client", "client": "to-server"}

    def __init__(self, end, *terms):
        self.end, self.terms = end, terms

    def __enter__(self):
        link = self.LINKS[self.end]
        run("tc", "-n", self.end, "qdisc", "add", "dev", link, "root", "netem", *self.terms)

    def __exit__(self, *_):
        run("tc", "-n", self.end, "qdisc", "del", "dev", self.LINKS[self.end], "root")


def socket_in(namespace):
    """setns(2) moves one thread only, so each socket is made by a thread of its own."""
    made = []

    def make():
        with open("/run/netns/" + namespace, "rb") as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        made.append(socket.socket())

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


class Server:
    """
    Answers GET /MS after MS milliseconds, /file by sendfile(), /call/PATH with what it gets for that from the upstream, /local/MS
    with what it gets from a LocalServer, and POST with the number of bytes it got.
    """

    def __init__(self, accept_delay=0.0, namespace="server", address=(SERVER, PORT)):
        self.accept_delay = accept_delay
        self.namespace = namespace
        self.listener = socket_in(namespace)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(address)
        self.listener.listen(64)
        self.file = os.open("/tmp/body", os.O_RDWR | os.O_CREAT)
        os.ftruncate(self.file, FILE_BYTES)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            if self.accept_delay:
                select.select([self.listener], [], [])
                time.sleep(self.accept_delay)
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more:
                    return
                data += more
            head, _, data = data.partition(b"\r\n\r\n")
            data = self.answer(connection, head, data)

    def answer(self, connection, head, data):
        method, path, _ = head.split(b"\r\n")[0].split(b" ")
        if method == b"POST":
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(data) < length:
                data += connection.recv(65536)
            self.reply(connection, b"200 OK", str(length).encode())
            return data[length:]
        if path == b"/file":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % FILE_BYTES)
            sent = 0
            while sent < FILE_BYTES:
                sent += os.sendfile(connection.fileno(), self.file, sent, FILE_BYTES - sent)
            return data
        if path.startswith(b"/call/"):
            upstream = Client(self.namespace, (CLIENT, UPSTREAM_PORT))
            upstream.ask(path[len(b"/call"):].decode())
            upstream.close()
            self.reply(connection, b"200 OK", path)
            return data
        if path.startswith(b"/local/"):
            with socket.socket(socket.AF_UNIX) as call:
                call.connect(LOCAL)
                call.sendall(head.replace(b"/local/", b"/") + b"\r\n\r\n")
                call.recv(65536)
        else:
            time.sleep(int(path[1:]) / 1000)
        self.reply(connection, b"404 Not Found" if path == b"/1" else b"200 OK", path)
        return data

    @staticmethod
    def reply(connection, status, body):
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    def close(self):
        # A thread inside accept() keeps a socket that is only closed.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.close(self.file)


class LocalServer(Server):
    """The same over AF_UNIX."""

    def __init__(self):
        self.accept_delay = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(LOCAL)
        self.listener.listen(64)
        self.file = os.open("/dev/null", os.O_RDONLY)
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        super().close()
        os.unlink(LOCAL)


class Upstream:
    """A Server in the client's namespace, in a process of its own, as upstreams are."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-B", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "listening\n"

    def close(self):
        self.process.stdin.close()
        self.process.wait(LIMIT_S)


class Client:
    """One connection, one request after the other."""

    def __init__(self, namespace="client", address=(SERVER, PORT)):
        self.socket = socket_in(namespace)
        self.socket.settimeout(LIMIT_S)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, path, body=None):
        if body is None:
            self.socket.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        else:
            self.socket.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (path.encode(), len(body)) + body)

    def receive(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, _, rest = data.partition(b"\r\n\r\n")
        length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
        while len(rest) < length:
            rest += self.read()
        return int(head.split(b" ")[1])

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def ask(self, path, body=None):
        self.send(path, body)
        return self.receive()

    def close(self):
        self.socket.close()


class Latmon:
    """A running `latmon trace`."""

    def __init__(self):
        self.lines = []
        self.errors = []
        started = time.monotonic()
        self.process = subprocess.Popen(
            [os.environ["LATMON_BIN"], "trace", "--port", str(PORT), "--format", "ndjson", "--log", "/results/latmon.log"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.readers = [
            threading.Thread(target=self.collect, args=(self.process.stdout, self.lines)),
            threading.Thread(target=self.collect, args=(self.process.stderr, self.errors)),
        ]
        for reader in self.readers:
            reader.start()
        self.wait(lambda: any("watching" in line for line in self.errors), "never said that it is watching")
        self.attach_s = time.monotonic() - started

    @staticmethod
    def collect(stream, lines):
        for line in stream:
            lines.append(line)

    def wait(self, condition, otherwise):
        end = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > end or self.process.poll() is not None and not condition():
                raise AssertionError(f"latmon {otherwise}: {self.errors[-3:]}, {len(self.lines)} lines")
            time.sleep(0.02)

    def finish(self, expected):
        """Waits for so many traces, ends latmon, and returns what came, which must be exactly that."""
        self.wait(lambda: len(self.lines) >= expected, f"reported too few of {expected} requests")
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(LIMIT_S)
        self.detach_s = time.monotonic() - began
        for reader in self.readers:
            reader.join()
        traces = [json.loads(line) for line in self.lines]
        assert len(traces) == expected, f"{len(traces)} traces instead of {expected}"
        assert self.process.returncode == 0, f"exit code {self.process.returncode}: {self.errors}"
        assert ", 0 lost" in self.errors[-1], self.errors[-1]
        return traces

    def kill(self):
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()


if __name__ == "__main__":
    Server(namespace="client", address=(CLIENT, UPSTREAM_PORT))
    print("listening", flush=True)
    sys.stdin.read()
