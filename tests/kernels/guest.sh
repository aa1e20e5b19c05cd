#!/bin/sh
# What runs inside each kernel: /results/settings says where things lie on the host.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8
. /results/settings
export LATMON_BIN HOST_SPIN_S
mkdir -p /dev/pts /dev/shm /run/netns
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mount -t bpf bpf /sys/fs/bpf
mount -t tracefs tracing /sys/kernel/tracing
mount -t debugfs debug /sys/kernel/debug
mount -t securityfs security /sys/kernel/security
# Before 5.11 maps count as locked memory, and an ordinary user has 64 KB of that.
ulimit -l 131072
ln -sf /proc/self/fd /dev/fd
ip link set lo up
cd /tmp
uname -r >/results/release
"$LATMON_BIN" doctor --json >/results/doctor.json 2>/results/doctor.err
"$LATMON_BIN" doctor >/results/doctor.txt 2>&1
python3 -B "$CHECKS/checks.py" >/results/checks.txt 2>&1
if [ -n "$LIVE_TESTS" ]; then
	export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 LATMON_GUEST=1 XDG_CACHE_HOME="$CACHE" PATH="$PATH:$DOTNET"
	set -f
	dotnet "$LIVE_TESTS" -noColor $LIVE_FILTER >/results/live.txt 2>&1
fi
# Last, because it cannot be undone.
python3 -B "$CHECKS/refusals.py" >>/results/checks.txt 2>&1
touch /results/end
