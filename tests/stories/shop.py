"""The application of the stories: a small shop, one thread a connection, PostgreSQL behind it when it is given one.

Run as `shop.py PORT [DSN]` it serves by itself; `shop:application` is the same for a WSGI server.
"""

import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

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


def report(number):
    """One of the forty is slow, now and then."""
    time.sleep(0.09 if number == 17 and _random.random() < 0.5 else 0.002)
    return f"report {number}\n"


def answer(path):
    kind, _, rest = path.lstrip("/").partition("/")
    if kind == "checkout":
        return checkout()
    if kind == "basket":
        return basket()
    if kind == "report":
        return report(int(rest))
    if kind == "slow":
        time.sleep(0.05)
    if kind == "work":
        burn(0.005)
    return "ok\n"


def application(environ, start_response):
    body = answer(environ["PATH_INFO"]).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

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
