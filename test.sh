#!/usr/bin/env bash
# Builds and runs every test project and ends with one line `N passed, N failed`. Needs root: the live tests load probes.
set -uo pipefail
cd "$(dirname "$0")"

if [ "$(id -u)" -ne 0 ]; then
	echo "The live tests load probes into the kernel: run sudo make test." >&2
	exit 1
fi

passed=0
failed=0
started=$SECONDS

# One number of xunit's summary line: "Total: 109, Errors: 0, Failed: 0, Skipped: 0, …".
count() {
	local number
	number=$(grep -Eo "$1: [0-9]+" "$2" | tail -n 1 | grep -Eo '[0-9]+')
	echo "${number:-0}"
}

dotnet build Monitor.sln -c Release -v quiet -p:UseSharedCompilation=false || exit 1

log=$(mktemp)
# Whatever failed, with its reason's first lines, is told again at the end: only that is looked at first.
red=$(mktemp)

if ! dotnet format Monitor.sln --no-restore --verify-no-changes; then
	failed=$((failed + 1))
	echo "The formatting differs: make format." >>"$red"
fi

for project in tests/Latmon.*Tests; do
	name=$(basename "$project")
	echo "== $name"
	LATMON_BIN=$PWD/out/latmon dotnet "$project/bin/Release/net10.0/$name.dll" -noColor 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	# A skipped test has not shown anything, and a run that died before its summary has failed.
	project_failed=$(($(count Failed "$log") + $(count Errors "$log") + $(count Skipped "$log")))
	[ "$status" -eq 0 ] || [ "$project_failed" -gt 0 ] || project_failed=1
	total=$(count Total "$log")
	[ "$total" -gt 0 ] || project_failed=1
	failed=$((failed + project_failed))
	passed=$((passed + (total > project_failed ? total - project_failed : 0)))
	grep -A 4 -E '\[(FAIL|SKIP)\]|\[Test .*(Failure|Error)' "$log" | cut -c1-900 >>"$red"
	[ "$project_failed" -eq 0 ] || echo "$name: $project_failed failed" >>"$red"
done

# What a stock kernel allows and this one may not: one of them, emulated; make test-kernels runs all.
LIVE=few tests/kernels/run.sh 6.1 2>&1 | tee "$log"
last=$(tail -n 1 "$log")
if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
	passed=$((passed + BASH_REMATCH[1]))
	failed=$((failed + BASH_REMATCH[2]))
else
	failed=$((failed + 1))
fi
grep -E '^not ok|\[FAIL\]' "$log" | cut -c1-900 >>"$red"

echo "took $((SECONDS - started)) s"
cat "$red"
rm -f "$log" "$red"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
