"""The incident `loss` on the screen: needs netem, so it is staged in a guest."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from traffic import LIMIT_S

STAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "stories", "stage.py")
ROW = re.compile(r"^[▸* ]\s*(?P<duration>[\d.]+[num]?s) +\d{3} +(?:R(?P<count>\d+)(?:\+(?P<cost>[\d.]+[num]?s))? )?GET /ok ", re.M)
UNITS = {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1000}


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)([num]?s)", text).groups()
    return float(number) * UNITS[unit]


class Story:
    """The incident, until the block ends."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-B", STAGE, "loss"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        _, self.port, self.namespace = self.process.stdout.readline().split()
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(LIMIT_S)


class Terminal:
    """latmon in tmux."""

    def __init__(self, *arguments):
        self.folder = tempfile.mkdtemp()
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-c", self.folder, "-e", "HOME=" + self.folder, "/bin/sh")
        self.start(*arguments)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.folder + "/tmux", "kill-server"], check=False)
        shutil.rmtree(self.folder)

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.folder + "/tmux", *arguments], check=True, capture_output=True, text=True).stdout

    def start(self, *arguments):
        self.type("clear; " + " ".join([os.environ["LATMON_BIN"], *arguments]) + "; echo ended''-with-$?", "Enter")

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def wait(self, condition, what):
        end = time.monotonic() + 4 * LIMIT_S
        while True:
            screen = self.tmux("capture-pane", "-p")
            if condition(screen):
                return screen
            assert time.monotonic() < end, f"{what} never came:\n{screen}"
            time.sleep(0.2)


def rows(screen):
    return [
        (milliseconds(row["duration"]), int(row["count"] or 0), milliseconds(row["cost"]) if row["cost"] else 0)
        for row in ROW.finditer(screen)
    ]


def check_rows(shown):
    """Those that were hit are marked, and have their place by what their clients waited for. Others may be slow for other reasons."""
    hit = [row for row in shown if row[1]]
    waited = [duration + cost for duration, _, cost in shown]
    assert len(hit) >= 3 and all(after <= before * 1.01 for before, after in zip(waited, waited[1:])), shown
    # TCP waits 200 ms at least before it sends again what nothing came back for.
    assert all(duration + cost >= 150 for duration, _, cost in hit), shown


def check_file(name):
    with open(name) as file:
        traces = [json.loads(line) for line in file]
    assert traces
    for trace in traces:
        tcp = trace["tcp"]
        assert (tcp["retransmits"] > 0) == ("retransmit_offsets_ns" in tcp), trace


def check_loss():
    with Story() as story, Terminal("--port", story.port, "--netns", story.namespace, "--probes", "none") as terminal:
        terminal.wait(lambda screen: sum(cost > 0 for _, _, cost in rows(screen)) >= 3, "requests with segments sent again")
        terminal.type("Space")
        check_rows(rows(terminal.wait(lambda screen: "go live" in screen, "the frozen screen")))
        terminal.type("W")
        terminal.wait(lambda screen: "saved " in screen, "the saved file")
        terminal.type("q")
        terminal.wait(lambda screen: "ended-with-0" in screen, "the end")
        [saved] = glob.glob(terminal.folder + "/latmon-*.ndjson")
        check_file(saved)
        terminal.start("open", saved)
        check_rows(rows(terminal.wait(lambda screen: len(rows(screen)) > 3, "the saved requests")))
