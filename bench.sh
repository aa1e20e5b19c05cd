#!/usr/bin/env bash
# What latmon costs and how fast it is, on this machine, in one table. Ratios within one run mean something; the absolute
# numbers belong to the machine and the moment. Arguments name the parts: cost, per_request, chain, probes, start_and_size, screen,
# pipeline. ROUNDS and SECONDS_EACH make it longer: many short rounds tell more than a few long ones, because such machines change
# their speed by a tenth within a minute.
set -euo pipefail
cd "$(dirname "$0")"
rounds=${ROUNDS:-10}
seconds=${SECONDS_EACH:-2}
work=$(mktemp -d)
port=$((20000 + RANDOM % 20000))
pids=()

stop() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap stop EXIT

start_nginx() {
	mkdir -p "$work/logs" "$work/html"
	printf 'hello\n' >"$work/html/small"
	# nginx's worker is nobody, and what it may not read it answers with 403.
	chmod 755 "$work"
	cat >"$work/nginx.conf" <<EOF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/logs/error.log;
events { worker_connections 1024; }
http {
	access_log off; sendfile on; keepalive_requests 1000000000;
	server { listen 127.0.0.1:$port; root $work/html; location = /status { stub_status; } }
}
EOF
	/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" -e "$work/logs/error.log" &
	pids+=($!)
	until [ "$(curl -s "http://127.0.0.1:$port/small")" = hello ]; do
		kill -0 $! || { cat "$work/logs/error.log" >&2; exit 1; }
	done
}

# Runs "$@" until wrk is done; its first line with "attached" or "watching" says that it is ready.
observed() {
	local name=$1
	shift
	: >"$work/ready"
	: >"$work/out"
	coproc OBSERVER { exec "$@" 2>"$work/ready" | tee -a "$work/out" >/dev/null; }
	local observer=$OBSERVER_PID input=${OBSERVER[1]}
	until grep -qE 'attached|watching' "$work/ready" "$work/out" 2>/dev/null; do :; done
	load "$name"
	eval "exec $input>&-"
	pkill -INT -P "$observer" 2>/dev/null || true
	wait "$observer" 2>/dev/null || true
	grep -hEo '[0-9]+ lost' "$work/ready" "$work/out" >>"$work/$name.lost" || true
	: >"$work/out"
}

# One run of wrk: requests per second, p50 and p99 in microseconds.
load() {
	wrk -t1 -c16 -d"${seconds}s" --latency "http://127.0.0.1:$port/small" >"$work/wrk"
	awk -v name="$1" '
		function us(t) { return t ~ /us$/ ? t + 0 : t ~ /ms$/ ? (t + 0) * 1000 : (t + 0) * 1000000 }
		/^ *50%/ { p50 = us($2) } /^ *99%/ { p99 = us($2) } /requests in/ { total = $1 } /^Requests\/sec/ { rate = $2 }
		END { print rate, p50, p99, total }' "$work/wrk" >>"$work/$1.runs"
}

# Every variant once. Each round begins with another one, so that none always follows the same neighbour.
run_round() {
	local i
	for i in 0 1 2 3 4; do
		case $((($1 + i) % 5)) in
		0) load none ;;
		1) observed empty "$work/floor" bpf/.output/floor.bpf.o ;;
		2) observed screen out/latmon stat --port "$port" --for 60m ;;
		3) observed trace out/latmon trace --port "$port" --format ndjson ;;
		4) [ -z "$bpftrace" ] || observed bpftrace "$bpftrace" tests/bench/request.bt "$port" ;;
		esac
	done
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

row() {
	[ -s "$work/$1.runs" ] || return 0
	local kept p50 p99
	kept=$(paste "$work/none.runs" "$work/$1.runs" | awk '{ print 100 * $5 / $1 }' | median)
	p50=$(awk '{ print $2 }' "$work/$1.runs" | median)
	p99=$(awk '{ print $3 }' "$work/$1.runs" | median)
	printf '%-34s %9.0f %9.1f %% %9.0f us %9.0f us   %s\n' "$2" "$(awk '{ print $1 }' "$work/$1.runs" | median)" "$kept" "$p50" "$p99" \
		"$(awk '{ lost += $1 } END { if (NR) print lost }' "$work/$1.lost" 2>/dev/null)"
}

cost() {
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing || true
	bpftrace=$(command -v bpftrace || true)
	load warmup
	for round in $(seq "$rounds"); do run_round "$round"; done
	echo
	echo "nginx, one worker, a file of 6 bytes, keep-alive, wrk -t1 -c16; medians of $rounds alternating rounds of $seconds s"
	printf '%-34s %9s %11s %12s %12s   %s\n' "" "req/s" "kept" "p50" "p99" "lost"
	row none "nothing attached"
	row empty "empty programs on the same hooks"
	row screen "latmon, every request into tables"
	row trace "latmon trace, a JSON line each"
	row bpftrace "bpftrace, a line each"
}

# What the saturated server's requests cost, by the kernel's own accounts.
per_request() {
	local server="http://127.0.0.1:$port" observer clock
	wrk -t1 -c16 -d60s "$server/small" >/dev/null &
	local load=$!
	pids+=("$load")
	mkfifo "$work/input"
	"$work/floor" bpf/.output/floor.bpf.o <"$work/input" >"$work/ready" &
	observer=$!
	exec 9>"$work/input"
	until grep -q attached "$work/ready"; do :; done
	clock=$(python3 tests/bench/per_request.py "$observer" "$server/status")
	exec 9>&-
	wait "$observer" || true
	out/latmon stat --port "$port" --for 60s >/dev/null 2>"$work/ready" &
	observer=$!
	pids+=("$observer")
	until grep -q watching "$work/ready"; do :; done
	echo
	python3 tests/bench/per_request.py "$observer" "$server/status" "$clock"
	kill "$observer" "$load"
	wait "$observer" "$load" || true
}

start_and_size() {
	for _ in $(seq 10); do
		local from to
		from=$(date +%s%N)
		out/latmon trace --port "$port" --for 1ms 2>/dev/null
		to=$(date +%s%N)
		echo $(((to - from) / 1000000))
	done | median >"$work/start"
	for _ in $(seq 10); do
		local from to
		from=$(date +%s%N)
		timeout 2 script -qfec "stty cols 120 rows 40; exec out/latmon --port $port" /dev/null < <(sleep 1) 2>/dev/null |
			stdbuf -o0 tr '\033' '\n' |
			{ grep -aqm1 Layers && to=$(date +%s%N) && echo $(((to - from) / 1000000)); } || true
	done | median >"$work/screen"
	out/latmon stat --port "$port" --for 60s >/dev/null 2>&1 &
	local latmon=$!
	pids+=("$latmon")
	local paced paced_memory
	paced=$("$work/paced" "$port" /small 20000 15)
	paced_memory=$(awk '/VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$latmon/status")
	wrk -t1 -c16 -d15s "http://127.0.0.1:$port/small" >/dev/null
	echo
	echo "start to attached and stopped again: $(cat "$work/start") ms"
	echo "start to first screen:               $(cat "$work/screen") ms"
	echo "resident after 15 s of $paced requests/s: $paced_memory"
	echo "resident after 15 s at saturation:   $(awk '/VmRSS/ { printf "%.0f MB", $2 / 1024 }' "/proc/$latmon/status")"
	echo "binary:                              $(du -k out/latmon | awk '{ printf "%.1f MB", $1 / 1024 }')"
	kill "$latmon"
}

screen() {
	python3 tests/bench/screen.py out/latmon "$port" "$work/paced"
}

probes() {
	tests/bench/probes.sh
}

pipeline() {
	echo
	dotnet run -c Release --project tests/Latmon.Benchmarks -- --quick
}

# Costs of a whole chain, on servers of its own.
chain() { ROUNDS=$rounds SECONDS_EACH=$seconds tests/bench/chain.sh; }

clang -O2 -Wall -Werror tests/bench/floor.c -lbpf -o "$work/floor"
clang -O2 -Wall -Werror tests/bench/paced.c -o "$work/paced"
start_nginx
for part in ${*:-cost per_request chain probes start_and_size screen pipeline}; do "$part"; done
