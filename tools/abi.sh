#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The binary interface, as abidw of libabigail sees it: functions, and the types that the
# public headers define. It is kept in abi/, a file for each soname.
#
#	tools/abi.sh check BUILD_DIR     has it changed since the last release?
#	tools/abi.sh record BUILD_DIR    write it down
#
# The last release is the newest tag v*, if it has the soname of the build. Where it has
# another one, or there is no tag, the file in the tree is what counts. New functions are
# no change; anything else is one. The build must have debugging information.
# It is recorded for x86-64; elsewhere there is nothing to compare (exit status 77).
set -eu

usage() {
	echo "usage: $0 check|record BUILD_DIR" >&2
	exit 2
}
[ $# -eq 2 ] || usage
here=$(cd "$(dirname "$0")/.." && pwd)
records=${ABI_RECORDS:-$here/abi} # another folder knows no tags: for the test
if [ "$(uname -m)" != x86_64 ]; then
	echo 'recorded for x86-64 only'
	exit 77
fi
library=$(readlink -f "$2/src/libvbuf.so")
soname=$(objdump -p "$library" | sed -n 's/.*SONAME *//p')
name=$soname.abi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# What only the sources define is nobody's business. --headers-dir would not do: it goes
# by the names of files without their folders, and src/vec.h is not include/vbuf/vec.h.
private=$(grep -rhoE '^(struct|union|enum) [a-z_0-9]+ \{' "$here/src" | cut -d ' ' -f 2 | sort -u | paste -s -d '|')
printf '[suppress_type]\nname_regexp = ^(%s)$\ndrop = yes\n' "$private" >"$scratch/private"

dump() { # where it was built is no part of it
	abidw --suppressions "$scratch/private" --exported-interfaces-only --no-show-locs \
		--no-corpus-path --no-comp-dir-path --no-elf-needed --type-id-style hash "$library" >"$scratch/dump"
	sed "s|path='[^']*/src/|path='src/|" "$scratch/dump"
}

# The record that counts, as $scratch/record, and whose it is.
last_release() {
	[ "$records" = "$here/abi" ] || return 1
	tag=$(git -C "$here" describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || return 1
	git -C "$here" show "$tag:./abi/$name" >"$scratch/record" 2>/dev/null
}

case $1 in
record)
	mkdir -p "$records"
	dump >"$scratch/new"
	mv "$scratch/new" "$records/$name"
	;;
check)
	if last_release; then
		whose="release $tag"
	elif [ -f "$records/$name" ]; then
		cp "$records/$name" "$scratch/record"
		whose="abi/$name"
	else
		echo "there is no abi/$name: record it" >&2
		exit 1
	fi
	grep -q '<class-decl' "$scratch/record"
	if ! abidiff --no-added-syms --suppressions "$scratch/private" "$scratch/record" "$library"; then
		echo "the binary interface differs from that of $whose" >&2
		exit 1
	fi
	echo "the binary interface is that of $whose, new functions aside"
	;;
*)
	usage
	;;
esac
