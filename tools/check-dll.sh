#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Check a DLL from outside: it exports the names of src/libvbuf.map and no others,
# and imports nothing that Windows 7 lacks, or it would not load there.
#
#	tools/check-dll.sh OBJDUMP libvbuf-0.dll
set -eu

if [ $# -ne 2 ]; then
	echo "usage: $0 OBJDUMP DLL" >&2
	exit 2
fi
objdump=$1
dll=$2
here=$(cd "$(dirname "$0")" && pwd)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
LC_ALL=C
export LC_ALL

"$objdump" -p "$dll" >"$scratch/dump"

# "	vbuf_commit;"
sed -n 's/^[[:space:]]*\(vbuf_[a-z0-9_]*\);$/\1/p' "$here/../src/libvbuf.map" | sort >"$scratch/listed"
# "	[   4] vbuf_commit", in newer versions with a number or two more in between
sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/s/^[[:space:]][[:space:]]*\[.* \([A-Za-z0-9_@]*\)$/\1/p' \
	"$scratch/dump" | sort >"$scratch/exported"
# "	DLL Name: KERNEL32.dll", then "	c310	  439  FormatMessageW", and an empty line
awk '/DLL Name:/ { dll = tolower($3); next }
	/^$/ { dll = "" }
	dll != "" && $1 ~ /^[0-9a-f]+$/ { print dll, $NF }' "$scratch/dump" | sort >"$scratch/imported"
sed '/^#/d; /^$/d' "$here/windows-7-imports.txt" | sort >"$scratch/allowed"

for list in listed exported imported allowed; do
	if [ ! -s "$scratch/$list" ]; then
		echo "no names $list: does $objdump write another format?"
		exit 1
	fi
done

failed=0
report() { # TEXT NAMES
	if [ -n "$2" ]; then
		printf '%s:\n%s\n' "$1" "$2"
		failed=1
	fi
}
report 'listed in libvbuf.map and not exported' "$(comm -23 "$scratch/listed" "$scratch/exported")"
report 'exported and not listed in libvbuf.map' "$(comm -13 "$scratch/listed" "$scratch/exported")"
report 'imported and not in windows-7-imports.txt' "$(comm -23 "$scratch/imported" "$scratch/allowed")"
exit $failed
