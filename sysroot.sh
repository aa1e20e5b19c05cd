#!/bin/sh
# Puts Debian 11's C library with its headers, unpacked, into the user's cache and prints its folder: a program linked against it
# runs on everything since (glibc 2.31), while one that is linked against this machine's own needs that version or a newer one.
# apt checks the archive's signatures as always; the machine's own apt configuration is not touched.
set -eu
suite=bullseye
cache=${XDG_CACHE_HOME:-$HOME/.cache}/latmon
arch=$(dpkg --print-architecture)
home=$cache/sysroot-$suite-$arch
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

if [ -f "$home/ready" ]; then
	echo "$home/root"
	exit 0
fi

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -1)
[ -n "$mirror" ] || { echo "No Debian mirror in this machine's apt configuration." >&2; exit 1; }
rm -rf "$home"
mkdir -p "$home/lists/partial" "$home/archives/partial" "$home/root"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$home/sources.list"
# Without the machine's own status, whose newer versions would be chosen.
: >"$home/status"
set -- -o Dir::Etc::SourceList="$home/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$home/lists" \
	-o Dir::State::status="$home/status" -o Dir::Cache="$home" -o Dir::Cache::archives="$home/archives" \
	-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none
apt-get "$@" -qq update >&2
(cd "$home/archives" && apt-get "$@" -qq download libc6 libc6-dev libgcc-10-dev libgcc-s1 linux-libc-dev >&2)
for deb in "$home"/archives/*.deb; do
	dpkg -x "$deb" "$home/root"
done
# A link from the root would lead to the machine's own library.
find "$home/root" -type l -lname '/*' | while read -r link; do
	ln -sf "$(realpath -m --relative-to="$(dirname "$link")" "$home/root$(readlink "$link")")" "$link"
done
rm -rf "$home/archives" "$home/lists" "$home"/*.bin
touch "$home/ready"
echo "$home/root"
