#!/usr/bin/env python3
"""What the live screen sends, costs and how fast it answers, against what it must reach.

    screen.py LATMON PORT PACED [SECONDS]

On PORT nginx answers /small, PACED is the program that asks for it. The screen runs on a pseudo-terminal of 120x40, as over SSH;
what it sends goes through a small model of a terminal, so that a key has been answered when its effect can be read there.
"""
import fcntl
import os
import pty
import random
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 120, 40
WARM_UP = 3
KEYS_AT_WORK, KEYS_AFTER_REST = 150, 12
REST = 2.5  # the loop of the screen slows down after two seconds without a key
TICKS = os.sysconf("SC_CLK_TCK")
CAPTURE_THREADS = ("drain", "probes")


class Terminal:
    """The cells that a terminal would show: cursor moves, erased ends of lines, text."""

    SEQUENCE = re.compile(rb"\x1b\[[?<>=]?([0-9;]*)([@-~])|\x1b[=>]|[^\x1b]+")

    def __init__(self):
        self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.rest = b""

    def feed(self, data):
        data = self.rest + data
        cut = data.rfind(b"\x1b")
        whole = cut < 0 or self.SEQUENCE.fullmatch(data[cut:].split(b" ", 1)[0][:16]) or len(data) - cut > 16
        self.rest = b"" if whole else data[cut:]
        for match in self.SEQUENCE.finditer(data if whole else data[:cut]):
            if match.group(2) is None:
                self.text(match.group().decode(errors="replace"))
            else:
                self.control(match.group(2), [int(n) if n else 0 for n in match.group(1).split(b";")])

    def control(self, final, numbers):
        if final == b"H":
            self.row, self.column = max(1, numbers[0]) - 1, max(1, (numbers + [1])[1]) - 1
        elif final == b"C":
            self.column += max(1, numbers[0])
        elif final == b"K":
            self.rows[self.row][self.column:] = [" "] * (COLUMNS - self.column)
        elif final == b"J":
            self.rows = [[" "] * COLUMNS for _ in range(ROWS)]

    def text(self, text):
        for letter in text:
            if letter >= " " and self.row < ROWS and self.column < COLUMNS:
                self.rows[self.row][self.column] = letter
                self.column += 1

    def shows(self, text):
        return any(text in "".join(row) for row in self.rows)


class Screen:
    """latmon on a pseudo-terminal."""

    def __init__(self, latmon, port):
        home = tempfile.mkdtemp(prefix="latmon-bench-")
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            environment = {"HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
            os.execve(latmon, [latmon, "--port", str(port)], environment)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.terminal = Terminal()
        self.bytes = 0
        self.wait_for(lambda: self.terminal.shows("freeze"), 10)

    def read(self, seconds):
        if select.select([self.master], [], [], max(0, seconds))[0]:
            data = os.read(self.master, 65536)
            self.bytes += len(data)
            self.terminal.feed(data)

    def watch(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())

    def wait_for(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                sys.exit("screen.py: the screen did not answer:\n" + "\n".join("".join(row) for row in self.terminal.rows))
            self.read(end - time.monotonic())

    def cpu(self):
        """Seconds of processor time: of everything, and of what is not capture."""
        whole = screen = 0.0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/stat", encoding="ascii", errors="replace") as stat:
                name, rest = re.match(r"\d+ \((.*)\) (.*)", stat.read()).groups()
            used = sum(map(int, rest.split()[11:13])) / TICKS
            whole += used
            screen += 0 if name in CAPTURE_THREADS else used
        return whole, screen

    def measure(self, seconds):
        """Bytes per second, per cent of a core in all, and of the screen alone."""
        self.watch(WARM_UP)
        bytes_before, cpu_before, began = self.bytes, self.cpu(), time.monotonic()
        self.watch(seconds)
        passed = time.monotonic() - began
        whole, screen = (100 * (now - before) / passed for now, before in zip(self.cpu(), cpu_before))
        return (self.bytes - bytes_before) / passed, whole, screen

    def answer_ms(self):
        """From the key for the help, or for leaving it, to what it shows."""
        help_line, usual_line = "Everywhere", "p99 over time"
        gone, wanted = (help_line, usual_line) if self.terminal.shows(help_line) else (usual_line, help_line)
        began = time.monotonic()
        os.write(self.master, b"?")
        self.wait_for(lambda: self.terminal.shows(wanted) and not self.terminal.shows(gone), 5)
        return 1000 * (time.monotonic() - began)

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        try:
            while os.read(self.master, 65536):
                pass
        except OSError:
            pass
        os.waitpid(self.pid, 0)


class Load:
    """20,000 requests a second, at the pace of a clock."""

    PER_SECOND = 20000

    def __init__(self, paced, port, seconds):
        self.process = subprocess.Popen([paced, str(port), "/small", str(self.PER_SECOND), str(seconds)], stdout=subprocess.PIPE, text=True)

    def rate(self):
        return float(self.process.communicate()[0])


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def row(what, value, unit, target):
    reached = "" if value <= target else "   MISSED"
    print(f"{what:<58}{value:>9,.1f} {unit:<6}  at most {target:>6,.0f}{reached}")


def main():
    latmon, port, paced = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    random.seed(1)

    screen = Screen(latmon, port)
    idle_bytes, idle_cpu, _ = screen.measure(seconds)
    screen.close()

    keys_seconds = KEYS_AT_WORK * 0.4 + KEYS_AFTER_REST * (REST + 0.5)
    load = Load(paced, port, int(WARM_UP + seconds + keys_seconds + 5))
    screen = Screen(latmon, port)
    busy_bytes, busy_cpu, screen_cpu = screen.measure(seconds)
    rested, working = [], []
    for _ in range(KEYS_AFTER_REST):
        screen.watch(REST + random.random() * 0.1)
        rested.append(screen.answer_ms())
    for _ in range(KEYS_AT_WORK):
        screen.watch(random.uniform(0.05, 0.5))
        working.append(screen.answer_ms())
    screen.close()
    rate = load.rate()

    print()
    print(f"the screen on a terminal of {COLUMNS}x{ROWS}; under load: {rate:,.0f} requests/s")
    row("sent while nothing happens", idle_bytes, "B/s", 400)
    row("sent under load", busy_bytes / 1024, "KB/s", 10)
    row("CPU of the process while nothing happens", idle_cpu, "%", 2)
    row("CPU of the screen alone under load", screen_cpu, "%", 5)
    row("CPU of the process under load", busy_cpu, "%", 25)
    row(f"key to screen under load, p99 of {len(working)}", percentile(working, 0.99), "ms", 60)
    row(f"key to screen under load after a rest, longest of {len(rested)}", max(rested), "ms", 60)


main()
