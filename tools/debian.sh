#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Build the Debian packages of the last commit, source package too, and look at them with
# lintian; then use them from where they were unpacked, as debian/tests does once they are
# installed. Nothing is installed, and the tree stays as it is.
#
#	tools/debian.sh OUT_DIR
#
# On Debian 12: debhelper dpkg-dev fakeroot lintian, and for the use cmake ninja-build.
# DEB_BUILD_OPTIONS=nocheck leaves the library's own tests out.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 OUT_DIR" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$here/meson.build" | head -n 1)
source=$out/libvbuf-$version

rm -rf "$source" "$out"/libvbuf*_"$version"*
git -C "$here" -c safe.directory="$here" archive --prefix="libvbuf-$version/" HEAD |
	xz -1 >"$out/libvbuf_$version.orig.tar.xz"
tar -C "$out" -xf "$out/libvbuf_$version.orig.tar.xz"
cp -R "$here/debian" "$source/debian"

cd "$source"
dpkg-buildpackage -us -uc
lintian --allow-root --tag-display-limit 0 --pedantic --display-info \
	--fail-on error,warning,info,pedantic "$out/libvbuf_${version}"-*.changes

root=$out/root
rm -rf "$root"
for package in "$out"/libvbuf*_"$version"*.deb; do
	dpkg-deb -x "$package" "$root"
done
library=$(dirname "$(find "$root/usr/lib" -name libvbuf.a)")
use=$out/use
rm -rf "$use"
mkdir "$use"
env PKG_CONFIG_SYSROOT_DIR="$root" PKG_CONFIG_PATH="$library/pkgconfig" CMAKE_PREFIX_PATH="$root/usr" \
	LD_LIBRARY_PATH="$library" AUTOPKGTEST_TMP="$use" debian/tests/consumer
