"""The application of the stories: a small shop, one thread a connection, PostgreSQL behind it when it is given one.

Run as `shop.py PORT [DSN]` it serves by itself; `shop:application` is the same for a WSGI server.
"""

import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

SLOW_REPORT = "r17"
SLOW_REPORT_S = 0.09
WORK_S = 0.005

_local = threading.local()
_random = Random(17)


def query(sql, *values):
    import psycopg2

    if not hasattr(_local, "connection"):
        _local.connection = psycopg2.connect(os.environ["SHOP_DSN"])
        _local.connection.autocommit = True
    with _local.connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def burn(seconds):
    """Runs, whatever it waits for in between: counts the thread's own time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def checkout():
    query("UPDATE stock SET left_over = left_over - 1 WHERE id = %s", 1)
    return "sold\n"


def basket():
    """The list, then every article by itself."""
    ids = query("SELECT id FROM stock ORDER BY id LIMIT 60")
    return "".join(f"{query('SELECT name FROM article WHERE id = %s', one)[0][0]}\n" for (one,) in ids)


def report(name):
    """One of the forty is slow, now and then."""
    time.sleep(SLOW_REPORT_S if name == SLOW_REPORT and _random.random() < 0.25 else 0.003)
    return f"report {name}\n"


def answer(path):
    kind, _, rest = path.lstrip("/").partition("/")
    if kind == "checkout":
        return checkout()
    if kind == "basket":
        return basket()
    if kind == "report":
        return report(rest)
    if kind == "slow":
        time.sleep(0.05)
    if kind == "work":
        burn(WORK_S)
    return "ok\n"


def application(environ, start_response):
    body = answer(environ["PATH_INFO"]).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: in two segments the second would wait for the client's delayed acknowledgement

    def do_GET(self):
        body = answer(self.path).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    if len(sys.argv) > 2:
        os.environ["SHOP_DSN"] = sys.argv[2]
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
