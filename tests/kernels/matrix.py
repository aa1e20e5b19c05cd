"""The results of run.sh as one table, for people and for the README; exit code 1 when a check or a live test failed.

A cell is what traces really carried in that kernel. Where that is not `measured`, doctor's reason stands below the table.
"""

import json
import os
import re
import sys

LAYERS = [
    "net.ingress", "tcp.rx", "accept.wait", "request.upload", "sock.wait", "app", "response.write", "tcp.tx", "net.egress",
    "call request.write", "call tcp.tx", "call remote", "call response.download", "call sock.wait",
]


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def count(kernel):
    checks = read(f"{kernel}/checks.txt")
    passed = len(re.findall(r"^ok ", checks, re.M))
    failed = len(re.findall(r"^not ok ", checks, re.M))
    live = re.search(r"Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)", read(f"{kernel}/live.txt"))
    if live:
        total, errors, wrong, skipped = map(int, live.groups())
        passed += total - wrong - skipped
        failed += errors + wrong + skipped
    elif os.path.exists(f"{kernel}/live.txt"):
        failed += 1
    return passed, failed


def cell(layer, evidence):
    kinds = evidence.get("layers", {}).get(layer, [])
    return next((kind for kind in ("measured", "inferred", "unavailable") if kind in kinds), "-")


def main():
    folder, names = sys.argv[1], sys.argv[2:]
    kernels = {name: f"{folder}/{name}" for name in names}
    reports = {name: json.loads(read(f"{path}/doctor.json") or "{}") for name, path in kernels.items()}
    evidence = {name: json.loads(read(f"{path}/evidence.json") or "{}") for name, path in kernels.items()}
    counts = {name: count(path) for name, path in kernels.items()}
    rows = [["layer"] + [reports[name].get("kernel", name).split("-")[0].split("+")[0] for name in names]]
    reasons = {}
    for layer in LAYERS:
        row = [layer]
        for name in names:
            known = {item["layer"]: item for item in reports[name].get("layers", [])}.get(layer.removeprefix("call "), {})
            text = cell(layer, evidence[name])
            if text != "measured" and known.get("reason"):
                number = reasons.setdefault(known["reason"], len(reasons) + 1)
                text += f" [{number}]"
            row.append(text)
        rows.append(row)
    row = ["spans and TLS"]
    for name in names:
        problems = (item["problem"] for item in reports[name].get("problems", []))
        refused = next((problem for problem in problems if "probes inside processes" in problem), None)
        row.append(f"unavailable [{reasons.setdefault(refused, len(reasons) + 1)}]" if refused else "available")
    rows.append(row)
    for title, key in (("AF_UNIX", "unix"), ("attached after, s", "attach_s"), ("ended after, s", "detach_s"), ("slower than host", "slower")):
        rows.append([title] + [str(evidence[name].get(key, "-")) for name in names])
    rows.append(["passed / failed"] + ["{} / {}".format(*counts[name]) for name in names])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for i, row in enumerate(rows):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |")
        if i == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print()
    for reason, number in reasons.items():
        print(f"[{number}] {reason}")
    for name in names:
        hooks = [f"{item['seen_when']}: {item['hook']}" for item in reports[name].get("boundaries", []) if item["hook"]]
        print(f"{rows[0][1 + names.index(name)]}: {reports[name].get('build', 'nothing loaded')}; {'; '.join(hooks)}")
    passed, failed = (sum(counts[name][i] for name in names) for i in (0, 1))
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
