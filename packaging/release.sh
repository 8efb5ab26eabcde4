#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Fill in the recipes for a release: the version, and where its tarball is, by checksum.
#
#	packaging/release.sh libvbuf-0.1.0.tar.xz https://example.org/libvbuf-0.1.0.tar.xz OUT_DIR
#
# The recipes here stay as they are; OUT_DIR gets vcpkg/, conan/ and wrapdb/.
set -eu

if [ $# -ne 3 ]; then
	echo "usage: $0 TARBALL URL OUT_DIR" >&2
	exit 2
fi
tarball=$1
url=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)

name=$(basename "$tarball")
version=$(expr "$name" : 'libvbuf-\([0-9][0-9.]*\)\.tar\.xz$') || {
	echo "$0: $name is not libvbuf-VERSION.tar.xz" >&2
	exit 1
}
sha256=$(sha256sum "$tarball" | cut -d ' ' -f 1)
sha512=$(sha512sum "$tarball" | cut -d ' ' -f 1)

for recipe in vcpkg conan wrapdb; do
	(cd "$here" && find "$recipe" -type f ! -path '*/__pycache__/*') | while read -r file; do
		mkdir -p "$out/$(dirname "$file")"
		sed -e "s|@VERSION@|$version|g" -e "s|@URL@|$url|g" -e "s|@TARBALL@|$name|g" \
			-e "s|@SHA256@|$sha256|g" -e "s|@SHA512@|$sha512|g" "$here/$file" >"$out/$file"
	done
done
