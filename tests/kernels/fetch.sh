#!/bin/sh
# Puts the kernel of one Debian suite, unpacked and with its modules indexed, into the cache, and prints its folder. A private
# apt configuration, so that the machine's own is not touched; the mirror is the one that the machine uses, and apt
# checks the archive's signatures as always.
#   fetch.sh SUITE     bullseye | bookworm | bookworm-backports | sid
set -eu
suite=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/latmon/kernels
home=$cache/$suite
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
arch=$(dpkg --print-architecture)

if [ -f "$home/ready" ]; then
	echo "$home"
	exit 0
fi

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -1)
[ -n "$mirror" ] || { echo "No Debian mirror in this machine's apt configuration." >&2; exit 1; }
rm -rf "$home"
mkdir -p "$home/lists/partial" "$home/archives/partial" "$home/root"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$home/sources.list"
# Only the kernels' own dependencies are asked for; the status file of the machine would choose among versions.
: >"$home/status"
set -- -o Dir::Etc::SourceList="$home/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$home/lists" \
	-o Dir::State::status="$home/status" -o Dir::Cache="$home" -o Dir::Cache::archives="$home/archives" \
	-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o APT::Sandbox::User=root -o Acquire::Languages=none
apt-get "$@" -qq update >&2

# linux-image-amd64 names the kernel; newer suites split that one into a binary and modules.
needs() { apt-cache "$@" depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "$package" |
	sed -n 's/^ *|\{0,1\}Depends: \(linux-\(image\|binary\|modules\)-[^ ]*\)$/\1/p' | sort -u; }
package=linux-image-$arch
image=$(needs "$@")
[ -n "$image" ] || { echo "$suite has no linux-image-$arch." >&2; exit 1; }
package=$image
(cd "$home/archives" && apt-get "$@" -qq download $image $(needs "$@") >&2)
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
rm -rf "$home/archives" "$home/lists" "$home"/*.bin
touch "$home/ready"
echo "$home"
