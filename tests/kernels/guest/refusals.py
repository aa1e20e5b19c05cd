"""What latmon says where the kernel refuses: one sentence and the exit code. The last of it locks the kernel for good."""

import ctypes
import os
import struct
import subprocess
import traceback

NOT_PERMITTED, KERNEL_LACKS = 3, 4
LOCKDOWN = "/sys/kernel/security/lockdown"
BPF_SYSCALL = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
EPERM = 1


def forbid_bpf():
    """As a container does: a seccomp filter that answers bpf() with EPERM."""
    load, jump_if_equal, give = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | EPERM
    program = b"".join(struct.pack("HBBI", *step) for step in (
        (load, 0, 0, 0), (jump_if_equal, 0, 1, BPF_SYSCALL), (give, 0, 0, refuse), (give, 0, 0, allow)))
    buffer = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, ctypes.c_char_p(described), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def run(*arguments, prepare=None):
    return subprocess.run([os.environ["LATMON_BIN"], *arguments], preexec_fn=prepare, capture_output=True, text=True, timeout=120)


def must_refuse(code, named, prepare=None):
    trace = run("trace", "--port", "8080", "--for", "1s", prepare=prepare)
    assert trace.returncode == code and not trace.stdout, trace
    assert trace.stderr.count("\n") == 1 and named in trace.stderr, trace.stderr
    doctor = run("doctor", prepare=prepare)
    assert doctor.returncode == code and "next: " in doctor.stdout and "does not work here" in doctor.stdout, doctor


def a_seccomp_filter_is_named():
    must_refuse(NOT_PERMITTED, "seccomp", forbid_bpf)


def a_kernel_locked_down_is_named():
    with open(LOCKDOWN, "w") as file:
        file.write("confidentiality")
    must_refuse(KERNEL_LACKS, "lockdown=confidentiality")


for check in (a_seccomp_filter_is_named, a_kernel_locked_down_is_named):
    name = check.__name__.replace("_", " ")
    try:
        check()
        print(f"ok {name}", flush=True)
    except Exception:
        print(f"not ok {name}\n{traceback.format_exc(limit=-2)}", flush=True)
