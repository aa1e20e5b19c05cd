#!/bin/sh
# Installs the Debian packages that are named and missing. Does nothing, and needs no privileges, when all are there.
set -eu
missing=
for package in "$@"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
	echo "Missing packages:$missing. Install them with: sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
apt-get update -qq
# Servers from these packages are only started by the tests, on ports of their own.
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
