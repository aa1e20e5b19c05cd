"""client.py PORT N FILE: asks N times as soon as the file says that latmon is watching."""

import http.client
import sys
import time

LIMIT_S = 30

port, count, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
end = time.monotonic() + LIMIT_S
while "watching" not in open(file).read() and time.monotonic() < end:
    time.sleep(0.02)
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
for _ in range(count):
    connection.request("GET", "/")
    connection.getresponse().read()
