#!/bin/sh
# Runs out/release/latmon in minimal Debian user lands with nothing installed: doctor, and stat on a server outside of them, whose
# requests must all be counted. Ends with one line `N passed, N failed`.
#   userlands.sh [bullseye] [bookworm] [trixie] [sid]     all by default; ROOTS names another place for them than the user's cache
set -u
here=$(dirname "$(readlink -f "$0")")
latmon=$here/../out/release/latmon
roots=${ROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/latmon/userlands}
requests=7
passed=0
failed=0
[ $# -gt 0 ] || set -- bullseye bookworm trixie sid

if [ "$(id -u)" -ne 0 ]; then
	echo "Other user lands are entered by chroot: run sudo make test-userlands." >&2
	exit 1
fi

report() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1)) && echo "ok $2"
	else
		failed=$((failed + 1)) && echo "not ok $2" && sed 's/^/    /' "$out"
	fi
}

mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -1
}

# In a mount namespace of its own, so that nothing stays mounted.
inside() {
	root=$1
	shift
	unshare --mount --propagation private /bin/sh -c '
		root=$1 && shift && mount --rbind /proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev" &&
		exec chroot "$root" "$@"' sh "$root" env -i HOME=/tmp PATH=/usr/bin:/bin "$@"
}

out=$(mktemp)
port_file=$(mktemp)
python3 -B "$here/userlands/server.py" >"$port_file" &
server=$!
trap 'kill "$server"; rm -f "$out" "$port_file"' EXIT
while [ ! -s "$port_file" ]; do sleep 0.1; done
port=$(cat "$port_file")

for suite in "$@"; do
	root=$roots/$suite
	if [ ! -f "$root/ready" ]; then
		rm -rf "$root"
		mkdir -p "$roots"
		debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg "$suite" "$root" "$(mirror)" >"$out" 2>&1 && touch "$root/ready"
		[ -f "$root/ready" ] || { report 1 "$suite could not be made" && continue; }
	fi
	install -m 755 "$latmon" "$root/usr/local/bin/latmon"
	inside "$root" /usr/local/bin/latmon doctor >"$out" 2>&1
	report $? "$suite: doctor"
	inside "$root" /usr/local/bin/latmon stat --port "$port" --for 2s >"$out" 2>&1 &
	stat=$!
	python3 -B "$here/userlands/client.py" "$port" "$requests" "$out"
	wait "$stat" && grep -q "^$requests requests" "$out"
	report $? "$suite: stat counts $requests requests"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
