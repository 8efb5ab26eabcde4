# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=sh
# Part of ./run: a build for benchmarks, in the directory $release. A debug build measures
# asserts, so it has one of its own.
release=${build:?}/bench-release

# What they compare with, and plot with. Whatever of it is absent, they say so.
peers='g++ libjemalloc2 libmimalloc2.0 libtcmalloc-minimal4 libtbb-dev liburcu-dev libck-dev gnuplot-nox'
missing=
command -v dpkg-query >/dev/null && for p in $peers; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	# shellcheck disable=SC2086 # one word, one package
	install $missing || say 'going on without them' >&2
	rm -rf "$release" # it has to look for them anew
fi

[ -f "$release/build.ninja" ] ||
	meson setup --buildtype=release -Dtests=disabled -Dexamples=disabled -Ddocs=disabled "$release"
meson compile -C "$release" || die "the build failed. If the tree was moved, remove $release/"
