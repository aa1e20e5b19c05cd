#!/bin/sh
# Puts Debian 11's C library with its headers, unpacked, into the user's cache and prints its folder: a program linked against it
# runs on everything since (glibc 2.31), while one that is linked against this machine's own needs that version or a newer one.
set -eu
here=$(dirname "$(readlink -f "$0")")
suite=bullseye
home=${XDG_CACHE_HOME:-$HOME/.cache}/latmon/sysroot-$suite-$(dpkg --print-architecture)

if [ -f "$home/ready" ]; then
	echo "$home/root"
	exit 0
fi

rm -rf "$home"
mkdir -p "$home/archives" "$home/root"
(cd "$home/archives" && "$here/suite.sh" $suite "$home" apt-get -qq download libc6 libc6-dev libgcc-10-dev libgcc-s1 linux-libc-dev >&2)
for deb in "$home"/archives/*.deb; do
	dpkg -x "$deb" "$home/root"
done
# A link from the root would lead to the machine's own library.
find "$home/root" -type l -lname '/*' | while read -r link; do
	ln -sf "$(realpath -m --relative-to="$(dirname "$link")" "$home/root$(readlink "$link")")" "$link"
done
rm -rf "$home/archives" "$home/apt"
touch "$home/ready"
echo "$home/root"
