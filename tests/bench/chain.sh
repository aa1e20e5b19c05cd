#!/usr/bin/env bash
# What it costs to trace a whole chain, nginx → a Python application with a thread for each connection → PostgreSQL, at a load that
# leaves about a tenth of the CPU idle. Each round measures every variant, beginning with another one; the ratios are within a round.
# The application has two processes: one alone is at its end, with its threads waiting for each other, before the CPU is.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${ROUNDS:-10}
seconds=${SECONDS_EACH:-2}
work=$(mktemp -d)
chmod 755 "$work"
first=$((20000 + RANDOM % 10000))
database=$first applications=($((first + 1)) $((first + 2))) port=$((first + 3))
postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)
pids=()

stop() {
	local i
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		kill "${pids[i]}" 2>/dev/null || true
		wait "${pids[i]}" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap stop EXIT

start_chain() {
	install -d -o postgres "$work/database"
	"${as_postgres[@]}" "$postgres/initdb" -D "$work/database" -A trust -U postgres --no-sync >/dev/null
	"${as_postgres[@]}" "$postgres/postgres" -D "$work/database" -p "$database" -k "$work/database" \
		-c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off 2>/dev/null &
	pids+=($!)
	until "$postgres/pg_isready" -q -h 127.0.0.1 -p "$database"; do :; done
	for application in "${applications[@]}"; do
		/usr/bin/python3 -B tests/Latmon.LiveTests/Chain/app.py "$application" \
			"host=127.0.0.1 port=$database user=postgres dbname=postgres" 0 2>"$work/application.log" &
		pids+=($!)
		until curl -sf -o /dev/null "http://127.0.0.1:$application/one/1"; do
			kill -0 $! || { cat "$work/application.log" >&2; exit 1; }
		done
	done
	cat >"$work/nginx.conf" <<CONF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 1024; }
http {
	access_log off; keepalive_requests 1000000000;
	upstream behind {
		server 127.0.0.1:${applications[0]} max_fails=0;
		server 127.0.0.1:${applications[1]} max_fails=0;
		keepalive 256; keepalive_requests 1000000000;
	}
	server {
		listen 127.0.0.1:$port;
		location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }
	}
}
CONF
	/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" -e "$work/error.log" &
	pids+=($!)
	until curl -sf -o /dev/null "http://127.0.0.1:$port/one/1"; do :; done
}

# Of all processors since boot: idle and all, in ticks.
ticks() { awk '/^cpu / { print $5 + $6, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat; }

# One run of wrk: requests per second, p50 and p99 in microseconds, share of the processors that was idle, and microseconds for each
# request in which they were not.
load() {
	local before after
	before=$(ticks)
	wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$work/paced.lua" "http://127.0.0.1:$port/one/1" >"$work/wrk"
	after=$(ticks)
	awk -v ticks="$before $after" '
		function us(t) { return t ~ /us$/ ? t + 0 : t ~ /ms$/ ? (t + 0) * 1000 : (t + 0) * 1000000 }
		/^ *50%/ { p50 = us($2) } /^ *99%/ { p99 = us($2) } /^Requests\/sec/ { rate = $2 }
		END { split(ticks, t, " "); idle = (t[3] - t[1]) / (t[4] - t[2])
			print rate, p50, p99, 100 * idle, (1 - idle) * cpus * 1e6 / rate }' cpus="$(nproc)" "$work/wrk" | tee -a "$work/$1.runs"
}

# As many connections, each waiting 5 ms between its requests, as leave a tenth of the processors idle.
find_load() {
	echo 'function delay() return 5 end' >"$work/paced.lua"
	connections=2
	load warmup >/dev/null
	for connections in 2 3 4 5 6 8 10 12 14 16 20 24 28 32 40 48 64; do
		[ "$(load calibration | awk '{ print ($4 > 11) }')" = 1 ] || break
	done
}

observed() {
	local name=$1 latmon
	shift
	out/latmon stat --port "$port" --for 60m "$@" >/dev/null 2>"$work/ready" &
	latmon=$!
	until grep -q watching "$work/ready"; do :; done
	load "$name" >/dev/null
	kill "$latmon"
	wait "$latmon" || true
}

run_round() {
	local i
	for i in 0 1 2; do
		case $((($1 + i) % 3)) in
		0) load none >/dev/null ;;
		1) observed plain --probes none ;;
		2) observed probes ;;
		esac
	done
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

column() { awk -v n="$2" '{ print $n }' "$work/$1.runs" | median; }

ratio() { paste "$work/none.runs" "$work/$1.runs" | awk -v n="$2" '{ print 100 * $(n + 5) / $n }' | median; }

row() {
	printf '%-36s %8.0f %7.1f %% %9.0f us %7.1f %% %7.0f %% %7.0f us\n' "$2" "$(column "$1" 1)" "$(ratio "$1" 1)" "$(column "$1" 3)" \
		"$(ratio "$1" 3)" "$(column "$1" 4)" "$(column "$1" 5)"
}

start_chain
find_load
for round in $(seq "$rounds"); do run_round "$round"; done
echo
echo "nginx → Python → PostgreSQL, $connections connections that wait 5 ms between requests; medians of $rounds alternating rounds of $seconds s"
printf '%-36s %8s %9s %12s %9s %9s %10s\n' "" "req/s" "kept" "p99" "of that" "idle CPU" "CPU/req"
row none "nothing attached"
row plain "latmon, no probes"
row probes "latmon, libpq and PostgreSQL probed"
