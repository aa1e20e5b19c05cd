"""What one request costs while a server is saturated, in nanoseconds, by the kernel's own accounts: each BPF program's run time
(kernel.bpf_stats_enabled) and the processor time of latmon's threads. Usage: per_request.py PID STATUS_URL [CLOCK_NS]

The account of the programs takes time itself: about CLOCK_NS a run, which is subtracted. Prints for CLOCK_NS of 0 what a run of
programs takes on average, which for empty ones is that figure.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request

SWITCH = "/proc/sys/kernel/bpf_stats_enabled"
WINDOWS, WINDOW_S = 12, 0.25


def requests(url):
    text = urllib.request.urlopen(url).read().decode()
    return int(re.search(r"requests\s+\d+ \d+ (\d+)", text)[1])


def own_programs(pid):
    fds = f"/proc/{pid}/fdinfo"
    texts = (open(f"{fds}/{fd}").read() for fd in os.listdir(fds))
    return {int(found[1]) for found in (re.search(r"prog_id:\s*(\d+)", text) for text in texts) if found}


def run_times(ids):
    shown = json.loads(subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, check=True).stdout)
    return {p["name"]: (p.get("run_time_ns", 0), p.get("run_cnt", 0)) for p in shown if p["id"] in ids and "name" in p}


def thread_times(pid):
    tasks = f"/proc/{pid}/task"
    times = {}
    for task in os.listdir(tasks):
        name = open(f"{tasks}/{task}/comm").read().strip()
        times[name] = times.get(name, 0) + int(open(f"{tasks}/{task}/schedstat").read().split()[0])
    return times


def programs(pid, url, clock_ns):
    """The lower quartile of short windows: whatever else the machine does only adds. (ns a request, ns a run, {program: ns})"""
    ids = own_programs(pid)
    windows = []
    for _ in range(WINDOWS):
        before, count = run_times(ids), requests(url)
        time.sleep(WINDOW_S)
        count = requests(url) - count
        spent = {name: (ns - before[name][0], runs - before[name][1]) for name, (ns, runs) in run_times(ids).items()}
        each = {name: (ns - clock_ns * runs) / count for name, (ns, runs) in spent.items() if runs}
        runs = sum(runs for _, runs in spent.values())
        windows.append((sum(each.values()), sum(ns for ns, _ in spent.values()) / max(1, runs), each))
    windows.sort(key=lambda window: window[0])
    return windows[len(windows) // 4]


def threads(pid, url):
    before, count = thread_times(pid), requests(url)
    time.sleep(WINDOWS * WINDOW_S)
    count = requests(url) - count
    return {name: (ns - before.get(name, ns)) / count for name, ns in thread_times(pid).items()}


def main():
    pid, url = int(sys.argv[1]), sys.argv[2]
    clock_ns = float(sys.argv[3]) if len(sys.argv) > 3 else 0
    shares = threads(pid, url) if clock_ns else {}
    was = open(SWITCH).read()
    open(SWITCH, "w").write("1")
    try:
        total, per_run, each = programs(pid, url, clock_ns)
    finally:
        open(SWITCH, "w").write(was)
    if not clock_ns:
        print(f"{per_run:.1f}")
        return
    parts = ", ".join(f"{name} {ns:.0f}" for name, ns in sorted(each.items(), key=lambda item: -item[1]) if ns >= 1)
    print(f"programs per request, beyond empty ones: {total:.0f} ns ({parts})")
    parts = ", ".join(f"{name} {ns:.0f}" for name, ns in sorted(shares.items(), key=lambda item: -item[1]) if ns >= 5)
    print(f"latmon's threads per request:            {sum(shares.values()):.0f} ns ({parts})")


if __name__ == "__main__":
    main()
