#!/bin/sh
# Boots stock kernels, runs the checks and the live tests in each, but for those that `left-out` (and `left-out-KERNEL`) names
# with a reason, and prints which layer is known how on which kernel. Ends with one line `N passed, N failed`.
#   run.sh [5.10] [6.1] [6.12] [newest]     all by default; LIVE=0 leaves the live tests out, LIVE=few runs some of them
set -u
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
results=$root/out/kernels
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 newest

suite() {
	case $1 in
	5.10) echo bullseye ;;
	6.1) echo bookworm ;;
	6.12) echo bookworm-backports ;;
	newest) echo sid ;;
	*) echo "Unknown kernel $1; there are 5.10, 6.1, 6.12 and newest." >&2 && return 1 ;;
	esac
}

# What few of them is for is `make test`, which has one kernel in it and should end soon.
few=
[ "${LIVE:-all}" != few ] || few="-class Latmon.LiveTests.Connections.KeepAliveTests -class Latmon.LiveTests.Connections.PipeliningTests
	-class Latmon.LiveTests.Requests.PathTests -class Latmon.LiveTests.Requests.StatusTests -class Latmon.LiveTests.Privileges.*"

# The options of xunit's runner for a kernel, in one line.
filter() {
	lists=$here/left-out
	[ ! -f "$lists-$1" ] || lists="$lists $lists-$1"
	set -f
	echo $(sed 's/#.*//' $lists) $few
	set +f
}

# Seconds for each kernel. All live tests take far longer than some of them.
[ "${LIVE:-all}" != all ] || export LATMON_GUEST_SECONDS="${LATMON_GUEST_SECONDS:-5400}"

tests=
if [ "${LIVE:-1}" != 0 ]; then
	tests=$root/tests/Latmon.LiveTests/bin/Release/net10.0/Latmon.LiveTests.dll
	dotnet build "$root/tests/Latmon.LiveTests" -c Release -v quiet -p:UseSharedCompilation=false || exit 1
	# The guest has no network.
	[ "${LIVE:-all}" != all ] || "$root/tests/node-pg.sh" >/dev/null || exit 1
fi

for kernel in "$@"; do
	suite=$(suite "$kernel") || exit 2
	to=$results/$kernel
	rm -rf "$to"
	mkdir -p "$to"
	cat >"$to/settings" <<-END
		LATMON_BIN=$root/out/latmon
		CHECKS=$here/guest
		HOST_SPIN_S=$(python3 -B "$here/guest/spin.py")
		LIVE_TESTS=$tests
		LIVE_FILTER="$(filter "$kernel")"
		CACHE=${XDG_CACHE_HOME:-$HOME/.cache}
		DOTNET=$(dirname "$(readlink -f "$(command -v dotnet)")")
	END
	echo "== $kernel ($suite)"
	if ! "$here/fetch.sh" "$suite" >"$to/fetch" 2>&1; then
		echo "not ok the kernel of $suite could not be downloaded: $(tail -n 3 "$to/fetch" | tr '\n' ' ')" | tee "$to/checks.txt"
		continue
	fi
	started=$(date +%s)
	"$here/boot.sh" "$suite" "$here/guest.sh" "$to" || echo "not ok the guest ended early" >>"$to/checks.txt"
	[ -f "$to/end" ] || echo "not ok the guest did not reach its end: $(tail -n 3 "$to/console" | tr -d '\r' | tr '\n' ' ')" >>"$to/checks.txt"
	echo "$(cat "$to/release" 2>/dev/null), $(($(date +%s) - started)) s"
	cat "$to/checks.txt"
	[ ! -f "$to/live.txt" ] || grep -E 'FAIL\]|Total:' "$to/live.txt"
done
exec python3 -B "$here/matrix.py" "$results" "$@"
