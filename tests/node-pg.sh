#!/bin/sh
# Puts Debian's package node-pg and what it needs, unpacked, into the user's cache and prints the folder for NODE_PATH: as an
# installed package it wants Debian's own node, and a machine may have another one.
set -eu
home=${XDG_CACHE_HOME:-$HOME/.cache}/latmon/node-pg

if [ ! -d "$home" ]; then
	mkdir -p "$(dirname "$home")"
	new=$(mktemp -d "$home.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mkdir "$new/archives" "$new/root"
	(cd "$new/archives" && apt-get -qq -o APT::Sandbox::User=root download node-pg node-async node-readable-stream node-split2 node-xtend >&2)
	for deb in "$new"/archives/*.deb; do
		dpkg -x "$deb" "$new/root"
	done
	# Somebody else may have been quicker.
	mv -T "$new/root" "$home" 2>/dev/null || [ -d "$home" ]
fi
echo "$home/usr/share/nodejs"
