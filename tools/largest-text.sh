#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Find the largest real text on this machine. Prints one line of three fields with
# tabs between them: how to read it, where it is, what it is. How is one of
#
#   file     it is a file
#   apt      it is a compressed package index: /usr/lib/apt/apt-helper cat-file FILE
#   folders  all text files in some folders, with spaces between those
set -eu
lists=${APT_LISTS:-/var/lib/apt/lists}
helper=/usr/lib/apt/apt-helper

how='' where='' largest=0
for index in "$lists"/*_Packages "$lists"/*_Packages.*; do
	[ -r "$index" ] || continue # also a pattern that matched nothing
	size=$(wc -c <"$index")
	kind='file'
	case $index in
	*_Packages) ;;
	*.lz4)
		kind=apt
		size=$((size * 5 / 2)) # about what it unpacks to
		;;
	*)
		kind=apt
		size=$((size * 5))
		;;
	esac
	[ "$kind" = file ] || [ -x "$helper" ] || continue
	if [ "$size" -gt "$largest" ]; then
		how=$kind where=$index largest=$size
	fi
done

if [ -n "$how" ]; then
	what='the index of all packages that apt knows'
	[ $how = file ] || what="$what, to be unpacked"
else
	how=folders what="the system's headers and documents"
	for folder in /usr/include /usr/share/doc; do
		[ -d $folder ] && [ -n "$(ls $folder)" ] && where="$where${where:+ }$folder"
	done
	if [ -z "$where" ]; then
		what='the sources of libvbuf' where=$(cd "$(dirname "$0")/.." && pwd)
	fi
fi
printf '%s\t%s\t%s\n' "$how" "$where" "$what"
