#!/usr/bin/env bash
# What the probes inside processes add, one kind after the other: the same load with latmon watching without them and with them,
# in turns; medians of the ratios. ROUNDS and SECONDS_EACH make it longer.
set -euo pipefail
cd "$(dirname "$0")/../.."
latmon=${LATMON_BIN:-out/latmon}
rounds=${ROUNDS:-7}
seconds=${SECONDS_EACH:-1}
work=$(mktemp -d)
chmod 755 "$work"
export HOME=$work # the user's own definitions
port=$((20000 + RANDOM % 10000))
tls_port=$((port + 1))
database_port=$((port + 2))
postgres=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)")
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
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 -subj /CN=localhost 2>/dev/null
	cat >"$work/nginx.conf" <<-EOF2
		worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/logs/error.log;
		events { worker_connections 1024; }
		http {
			access_log off; sendfile on; keepalive_requests 1000000000; root $work/html;
			server { listen 127.0.0.1:$port; }
			server { listen 127.0.0.1:$tls_port ssl; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; }
		}
	EOF2
	/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" -e "$work/logs/error.log" &
	pids+=($!)
	until curl -s -o /dev/null "http://127.0.0.1:$port/small"; do :; done
}

start_postgres() {
	local user=(setpriv --reuid postgres --regid postgres --init-groups)
	install -d -o postgres "$work/database"
	"${user[@]}" "$postgres/initdb" -D "$work/database/data" -U postgres -A trust --no-sync >/dev/null
	install -o postgres -m 600 "$work/key.pem" "$work/database/data/server.key"
	install -o postgres -m 600 "$work/cert.pem" "$work/database/data/server.crt"
	"${user[@]}" "$postgres/postgres" -D "$work/database/data" -p "$database_port" -k "$work/database" -c listen_addresses=127.0.0.1 \
		-c fsync=off -c ssl=on >/dev/null 2>&1 &
	pids+=($!)
	until "$postgres/pg_isready" -q -h "$work/database" -p "$database_port"; do :; done
	echo 'select 1;' >"$work/one.sql"
	# One that does next to nothing, so that the library is in use when latmon comes and probed from the start.
	"$postgres/pgbench" -n -h 127.0.0.1 -p "$database_port" -U postgres -R 0.1 -T 3600 -f "$work/one.sql" postgres >/dev/null 2>&1 &
	pids+=($!)
}

# Runs "$1" (a load that prints one number, higher is better) while latmon watches with the rest as its options.
observed() {
	local load=$1
	shift
	"$latmon" stat --for 60m "$@" >/dev/null 2>"$work/ready" &
	local observer=$!
	until grep -q watching "$work/ready"; do kill -0 "$observer" 2>/dev/null || { cat "$work/ready" >&2; exit 1; }; done
	"$load"
	kill "$observer"
	wait "$observer" || true
}

http() { wrk -t1 -c16 -d"${seconds}s" "http://127.0.0.1:$port/small" | awk '/^Requests\/sec/ { print $2 }'; }
https() { wrk -t1 -c16 -d"${seconds}s" "https://127.0.0.1:$tls_port/small" | awk '/^Requests\/sec/ { print $2 }'; }
statements() {
	PGSSLMODE=${sslmode:-disable} "$postgres/pgbench" -n -h 127.0.0.1 -p "$database_port" -U postgres -c 2 -T "$seconds" -f "$work/one.sql" postgres 2>/dev/null |
		awk '/^tps/ { print $3 }'
}
encrypted() { sslmode=require statements; }

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# compare NAME LOAD "options without" "options with": what is kept of the rate, and microseconds that one request or statement takes longer.
compare() {
	local name=$1 load=$2 without=$3 with=$4
	: >"$work/pairs"
	for round in $(seq "$rounds"); do
		local a b
		if ((round % 2)); then
			a=$(observed "$load" $without) b=$(observed "$load" $with)
		else
			b=$(observed "$load" $with) a=$(observed "$load" $without)
		fi
		echo "$a $b" >>"$work/pairs"
	done
	printf '%-44s %10.0f %9.1f %% %9.2f us\n' "$name" "$(awk '{ print $1 }' "$work/pairs" | median)" \
		"$(awk '{ print 100 * $2 / $1 }' "$work/pairs" | median)" "$(awk '{ print (1 / $2 - 1 / $1) * 1000000 }' "$work/pairs" | median)"
}

# A library of its own with a definition of its own: nanoseconds of CPU for one call with a probe on its beginning and its return.
calls() {
	cat >"$work/probed.c" <<-'EOF2'
		long probed(long value) { return value + 1; }
	EOF2
	cat >"$work/calls.c" <<-'EOF2'
		#include <stdio.h>
		#include <time.h>
		long probed(long value);
		int main(void)
		{
			struct timespec from, to;
			long value = 0;
			for (int line = 0; (line = getchar()) != EOF;) {
				clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
				for (int i = 0; i < 100000; i++)
					value = probed(value);
				clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
				printf("%.1f\n", ((to.tv_sec - from.tv_sec) * 1e9 + to.tv_nsec - from.tv_nsec) / 100000);
				fflush(stdout);
			}
			return 0;
		}
	EOF2
	clang -shared -fPIC -O0 "$work/probed.c" -o "$work/libprobed.so"
	clang -O1 "$work/calls.c" -L"$work" -lprobed -Wl,-rpath,"$work" -o "$work/probed-calls"
	mkdir -p "$work/.config/latmon/probes"
	echo '{ "name": "own", "files": ["libprobed.so"], "enabled": false, "spans": [ { "name": "probed", "begin": "probed" } ] }' \
		>"$work/.config/latmon/probes/own.json"
	coproc CALLS { exec "$work/probed-calls"; }
	pids+=("$CALLS_PID")
	call() {
		echo -n x >&"${CALLS[1]}"
		read -r ns <&"${CALLS[0]}"
		echo "$ns"
	}
	for _ in $(seq "$rounds"); do
		observed call --process probed-calls --probes none >>"$work/bare"
		observed call --process probed-calls --probes own >>"$work/probed"
	done
	echo "one call of a function with a span on its begin and return, CPU time: $(median <"$work/probed") ns, without $(median <"$work/bare") ns"
}

start_nginx
start_postgres
echo
echo "what probes add; rates while latmon watches without them, medians of $rounds pairs of runs of $seconds s"
printf '%-44s %10s %11s %12s\n' "" "without" "kept" "each longer by"
compare "PostgreSQL's marks, pgbench select 1" statements "--port $database_port --probes none" "--port $database_port --probes postgresql"
compare "libpq, the same, pgbench itself" statements "--process pgbench --probes none" "--process pgbench --probes libpq"
compare "nginx's phases, wrk on a file of 6 bytes" http "--port $port --probes none" "--port $port --probes nginx"
compare "TLS, the same over HTTPS" https "--port $tls_port --probes none" "--port $tls_port --probes none --tls"
compare "TLS, pgbench over it" encrypted "--port $database_port --probes none" "--port $database_port --probes none --tls"
calls
