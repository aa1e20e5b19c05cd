"""An application with a thread for each connection and PostgreSQL behind it, asked by psycopg2: app.py PORT DSN POOL

POOL 0 gives every thread a database connection of its own; else so many are shared, and a thread takes one for each statement.
A path names what a request does and its number, /two/17; the number is in every statement as a name, which stays when literals
are masked. The answer says what it took by this process's own clock: nanoseconds, one for each step.
"""

import ctypes
import os
import select
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
from psycopg2.extras import wait_select
from psycopg2.pool import ThreadedConnectionPool

DSN = sys.argv[2]
POOL = int(sys.argv[3])

_own = threading.local()
_shared = ThreadedConnectionPool(POOL, POOL, DSN) if POOL else None
_free = threading.Semaphore(POOL or 1)


def execute(connection, sql):
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def query(sql):
    if not _shared:
        if not hasattr(_own, "connection"):
            _own.connection = psycopg2.connect(DSN)
        return execute(_own.connection, sql)
    with _free:
        connection = _shared.getconn()
        try:
            return execute(connection, sql)
        finally:
            _shared.putconn(connection)


def timed(action, *arguments):
    start = time.monotonic_ns()
    action(*arguments)
    return time.monotonic_ns() - start


def read_late(sql):
    """Lets the reply lie in the socket for 30 ms."""
    if not hasattr(_own, "slow"):
        _own.slow = psycopg2.connect(DSN, async_=True)
        wait_select(_own.slow)
    with _own.slow.cursor() as cursor:
        cursor.execute(sql)
        select.select([_own.slow], [], [])
        late = timed(time.sleep, 0.03)
        wait_select(_own.slow)
        cursor.fetchone()
    return late


def run(seconds):
    """Whatever it waits for in between: counts the thread's own time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def burn():
    """Runs for 20 ms, the second half of it on another CPU, where there is one, and stays there."""
    run(0.01)
    others = os.sched_getaffinity(0) - {ctypes.CDLL(None).sched_getcpu()}
    if others:
        os.sched_setaffinity(0, others)
    run(0.01)


def answer(kind, number):
    name = f"id_{number}"
    if kind == "two":
        return [timed(query, f"SELECT pg_sleep(0.001) AS {name}"), timed(query, f"SELECT 2 AS {name}")]
    if kind == "sleep":
        return [timed(query, f"SELECT pg_sleep(0.05) AS {name}")]
    if kind == "change":
        return [timed(query, f"UPDATE held SET changes = changes + 1 WHERE id = 1 RETURNING id AS {name}")]
    if kind == "late":
        start = time.monotonic_ns()
        late = read_late(f"SELECT 1 AS {name}")
        return [time.monotonic_ns() - start, late]
    if kind == "burn":
        return [timed(burn), timed(query, f"SELECT pg_sleep(0.02) AS {name}")]
    if kind == "backend":
        return [query(f"SELECT pg_backend_pid() AS {name}")[0]]
    return [timed(query, f"SELECT 1 AS {name}")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write: the second of two would wait for the acknowledgement of the first

    def do_GET(self):
        body = " ".join(map(str, answer(*self.path.lstrip("/").split("/")))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
