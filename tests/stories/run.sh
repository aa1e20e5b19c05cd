#!/bin/sh
# Stages one incident and opens latmon on it; both end together.
#   run.sh lock | pool | quota | queries | client | loss | route | pause
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$(mktemp -d)
mkfifo "$folder/hold"
/usr/bin/python3 -B "$here/stage.py" "${1:-}" <"$folder/hold" >"$folder/ready" &
stage=$!
exec 9>"$folder/hold"
trap 'exec 9>&-; wait "$stage" || true; rm -rf "$folder"' EXIT
until grep -q '^ready' "$folder/ready"; do
	kill -0 "$stage" 2>/dev/null || exit 1
	sleep 0.1
done
read -r _ port namespace <"$folder/ready"
"$here/../../out/latmon" --port "$port" ${namespace:+--netns "$namespace"}
