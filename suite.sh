#!/bin/sh
# Runs apt-get or apt-cache on one Debian suite, whatever suite the machine itself runs, with an apt configuration of its own in
# FOLDER: the machine's is not touched, the mirror is the one that it uses, and apt checks the archive's signatures as always.
# The machine's own status is left out too, because its newer versions would be chosen. apt's files stay in FOLDER/apt.
#   suite.sh SUITE FOLDER apt-get download PACKAGE…
set -eu
suite=$1
apt=$2/apt
tool=$3
shift 3
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

configured() {
	"$tool" -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status" \
		-o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

if [ ! -f "$apt/updated" ]; then
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security | head -1)
	[ -n "$mirror" ] || { echo "No Debian mirror in this machine's apt configuration." >&2; exit 1; }
	mkdir -p "$apt/lists/partial" "$apt/archives/partial"
	echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
	: >"$apt/status"
	(tool=apt-get && configured -qq update >&2)
	touch "$apt/updated"
fi
configured "$@"
