#!/bin/sh
# Puts the kernel of one Debian suite, unpacked and with its modules indexed, into the cache, and prints its folder.
#   fetch.sh SUITE     bullseye | bookworm | bookworm-backports | sid
set -eu
here=$(dirname "$(readlink -f "$0")")
suite=$1
home=${XDG_CACHE_HOME:-$HOME/.cache}/latmon/kernels/$suite
arch=$(dpkg --print-architecture)

if [ -f "$home/ready" ]; then
	echo "$home"
	exit 0
fi

rm -rf "$home"
mkdir -p "$home/archives" "$home/root"
from_suite() { "$here/../../suite.sh" "$suite" "$home" "$@"; }

# linux-image-amd64 names the kernel; newer suites split that one into a binary and modules.
needs() { from_suite apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$1" |
	sed -n 's/^ *|\{0,1\}Depends: \(linux-\(image\|binary\|modules\)-[^ ]*\)$/\1/p' | sort -u; }
image=$(needs "linux-image-$arch")
[ -n "$image" ] || { echo "$suite has no linux-image-$arch." >&2; exit 1; }
(cd "$home/archives" && from_suite apt-get -qq download $image $(needs "$image") >&2)
for deb in "$home"/archives/*.deb; do
	dpkg -x "$deb" "$home/root"
done
# Where /lib is a link to usr/lib, packages put the modules there.
if [ -d "$home/root/usr/lib/modules" ] && [ ! -e "$home/root/lib" ]; then
	ln -s usr/lib "$home/root/lib"
fi
release=$(ls "$home/root/lib/modules")
depmod -b "$home/root" "$release"
echo "$release" >"$home/release"
rm -rf "$home/archives" "$home/apt"
touch "$home/ready"
echo "$home"
