"""Stages one incident with real servers until its standard input ends:

    stage.py lock | pool | quota | queries | client | loss | route | pause

Prints `ready PORT` when the load is on, and behind it what is true of the incident, as JSON. Everything listens on 127.0.0.1
(`loss`: in a network namespace of its own, printed behind the port) and ends with this process.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from database import Database, free_port
from shop import SLOW_REPORT, SLOW_REPORT_S, WORK_S

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = [sys.executable, "-B"]


class Stage:
    def __init__(self):
        self.port = free_port()
        self.namespace = []
        self.facts = {}
        self._processes = []
        self._undo = []
        self._ended = threading.Event()

    def run(self, *command, **options):
        process = subprocess.Popen(self.namespace + list(command), stdin=subprocess.DEVNULL, cwd=HERE, **options)
        self._processes.append(process)
        return process

    def shop(self, *command, database=None, pinned=False):
        """The application, waited for until it listens."""
        pin = ["taskset", "-c", "0"] if pinned else []
        arguments = list(command) or [*PYTHON, f"{HERE}/shop.py", str(self.port)]
        if database:
            arguments.append(database.dsn)
        process = self.run(*pin, *arguments)
        self.wait_for_port()
        return process

    def load(self, kind, clients, pause=0.0):
        return self.run(*PYTHON, f"{HERE}/load.py", str(self.port), kind, str(clients), str(pause))

    def database(self, sql):
        database = Database()
        self._undo.append(database.stop)
        database.script(sql)
        return database

    def nginx(self, size):
        folder = tempfile.mkdtemp(prefix="latmon-story-")
        os.chmod(folder, 0o755)
        with open(f"{folder}/large", "wb") as file:
            file.truncate(size)
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(
                f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit; events {{}}\n"
                f"http {{ access_log off; server {{ listen 127.0.0.1:{self.port}; root {folder}; }} }}\n")
        self.run("/usr/sbin/nginx", "-e", "stderr", "-p", folder, "-c", f"{folder}/nginx.conf")
        self.wait_for_port()
        self._undo.append(lambda: subprocess.run(["rm", "-rf", folder], check=False))

    def every(self, seconds, action):
        def repeat():
            while not self._ended.wait(seconds):
                try:
                    action()
                except subprocess.CalledProcessError:
                    return  # its servers are being stopped
        threading.Thread(target=repeat, daemon=True).start()

    def wait_for_port(self):
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)

    def undo(self, *command):
        self._undo.append(lambda: subprocess.run(command, check=False, stderr=subprocess.DEVNULL))

    def end(self):
        self._ended.set()
        for process in reversed(self._processes):
            process.send_signal(signal.SIGCONT)
            # Not killed at once: a master takes its workers with it.
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for action in reversed(self._undo):
            action()


def lock(stage):
    """1: a transaction holds a row for 300 ms now and then, and checkout needs that row."""
    database = stage.database(
        "CREATE TABLE stock (id int PRIMARY KEY, left_over int); INSERT INTO stock SELECT i, 1000000 FROM generate_series(1, 9) i")
    stage.shop(database=database)
    held_s = 0.3
    hold = f"BEGIN; SELECT left_over FROM stock WHERE id = 1 FOR UPDATE; SELECT pg_sleep({held_s}); COMMIT"
    stage.every(1.0, lambda: database.script(hold))
    stage.load("/checkout", clients=4, pause=0.02)
    stage.facts = {"held_ms": held_s * 1000}


def pool(stage):
    """2: two workers, twenty clients, handlers that take 50 ms."""
    workers, clients = 2, 20
    stage.shop("gunicorn", "-w", str(workers), "-b", f"127.0.0.1:{stage.port}", "--log-level", "error", "shop:application")
    stage.load("/slow", clients=clients)
    stage.facts = {"waiting": clients - workers, "handler_ms": 50}


def quota(stage):
    """3: the application shares its only CPU with others that are always busy."""
    for _ in range(3):
        stage.run("taskset", "-c", "0", *PYTHON, "-c", "while True: pass")
    stage.shop(pinned=True)
    # One at a time: two threads of one interpreter would wait for each other's lock as well.
    stage.load("/work", clients=1, pause=0.01)
    stage.facts = {"work_ms": WORK_S * 1000}


def queries(stage):
    """4: a page that runs sixty small statements one after another."""
    database = stage.database(
        "CREATE TABLE stock (id int PRIMARY KEY); INSERT INTO stock SELECT generate_series(1, 60); "
        "CREATE TABLE article (id int PRIMARY KEY, name text); INSERT INTO article SELECT i, 'a' || i FROM generate_series(1, 60) i")
    stage.shop(database=database)
    stage.load("/basket", clients=2, pause=0.05)
    stage.facts = {"statements": 60}


def client(stage):
    """5: 4 MB for a client that reads 1 MB/s."""
    stage.nginx(4 << 20)
    stage.load("download", clients=2)
    stage.facts = {"at_least_ms": 3500}


def loss(stage):
    """6: one packet in fifty is lost on the way. Needs the kernel's netem."""
    name = f"story{os.getpid()}"
    for command in (
            f"ip netns add {name}", f"ip -n {name} link set lo up",
            f"tc -n {name} qdisc add dev lo root netem loss 2%"):
        subprocess.run(command.split(), check=True)
    stage.undo("ip", "netns", "del", name)
    stage.namespace = ["ip", "netns", "exec", name]
    stage.run(*PYTHON, f"{HERE}/shop.py", str(stage.port))
    clients = stage.load("/ok", clients=4, pause=0.005)
    stage.facts = {"clients_pid": clients.pid}
    return f"/run/netns/{name}"


def route(stage):
    """7: one of forty routes is thirty times slower, at one request in a hundred."""
    stage.shop()
    stage.load("reports", clients=4, pause=0.01)
    stage.facts = {"route": f"GET /report/{SLOW_REPORT}", "slow_ms": SLOW_REPORT_S * 1000}


def pause(stage):
    """8: the application stands still for 400 ms every ten seconds (PAUSE_EVERY_S: another interval)."""
    every_s, paused_s, clients = float(os.environ.get("PAUSE_EVERY_S", "10")), 0.4, 8
    shop = stage.shop()

    def stop():
        shop.send_signal(signal.SIGSTOP)
        time.sleep(paused_s)
        shop.send_signal(signal.SIGCONT)
    stage.every(every_s - paused_s, stop)
    stage.load("/ok", clients=clients, pause=0.01)
    stage.facts = {"every_s": every_s, "paused_ms": paused_s * 1000, "clients": clients}


STORIES = {story.__name__: story for story in (lock, pool, quota, queries, client, loss, route, pause)}


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in STORIES:
        sys.exit(f"One of {', '.join(STORIES)}.")
    stage = Stage()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        namespace = STORIES[sys.argv[1]](stage)
        print("ready", stage.port, namespace or "")
        print(json.dumps(stage.facts), flush=True)
        sys.stdin.read()
    finally:
        stage.end()


main()
