"""What latmon says where the kernel is locked down: one sentence and the exit code. Cannot be undone in this kernel."""

import os
import subprocess
import traceback

KERNEL_LACKS = 4
LOCKDOWN = "/sys/kernel/security/lockdown"


def run(*arguments):
    return subprocess.run([os.environ["LATMON_BIN"], *arguments], capture_output=True, text=True, timeout=120)


def a_kernel_locked_down_is_named():
    with open(LOCKDOWN, "w") as file:
        file.write("confidentiality")
    trace = run("trace", "--port", "8080", "--for", "1s")
    assert trace.returncode == KERNEL_LACKS and not trace.stdout, trace
    assert trace.stderr.count("\n") == 1 and "boot without lockdown=confidentiality" in trace.stderr, trace.stderr
    doctor = run("doctor")
    assert doctor.returncode == KERNEL_LACKS and "next: Boot without lockdown" in doctor.stdout, doctor
    assert doctor.stdout.endswith("latmon does not work here.\n"), doctor


try:
    a_kernel_locked_down_is_named()
    print("ok a kernel locked down is named", flush=True)
except Exception:
    print(f"not ok a kernel locked down is named\n{traceback.format_exc(limit=-2)}", flush=True)
