"""Clients that ask for one path after another, each over a connection of its own, until their process ends.

    load.py PORT KIND CLIENTS PAUSE_S     KIND: a path, `reports`, or `download` (4 MB at 1 MB/s)
"""

import http.client
import sys
import threading
import time
from random import Random

from shop import SLOW_REPORT

MEGABYTE = 1 << 20


def paths(kind, number):
    random = Random(number)
    others = [f"r{n}" for n in range(40) if f"r{n}" != SLOW_REPORT]
    while True:
        # One report in a hundred is the slow one.
        yield f"/report/{SLOW_REPORT if random.random() < 0.01 else random.choice(others)}" if kind == "reports" else kind


def take(response, slowly):
    while slowly and response.read(MEGABYTE // 20):
        time.sleep(0.05)
    response.read()


def client(port, kind, number, pause):
    slowly = kind == "download"
    wanted = paths("/large" if slowly else kind, number)
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            while True:
                connection.request("GET", next(wanted))
                take(connection.getresponse(), slowly)
                time.sleep(pause)
        except OSError:
            time.sleep(0.05)


def main():
    port, kind, clients, pause = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    threads = [threading.Thread(target=client, args=(port, kind, n, pause), daemon=True) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
