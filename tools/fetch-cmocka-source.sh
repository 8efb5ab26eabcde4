#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Put CMocka's source where Meson looks for it, for targets whose CMocka the
# distribution does not package: Windows, other processors, other C libraries.
# Without it Meson gets the same file from CMocka's own site.
#
# For Debian 12. The machine's own apt settings say where to get it, and stay as
# they are; nobody needs to be root.
set -eu

package=cmocka=1.1.5-2.1
theirs=cmocka_1.1.5.orig.tar.xz
ours=cmocka-1.1.5.tar.xz # the same bytes, by the name upstream gave
cache=$(cd "$(dirname "$0")/.." && pwd)/subprojects/packagecache

[ ! -f "$cache/$ours" ] || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$scratch/lists/partial" "$scratch/archives/partial"

# The archives the machine has its packages from, asked for their sources.
# --no-release-info: also before the first apt-get update.
# shellcheck disable=SC2016 # the words in dollars are apt's
apt-get --no-release-info indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	sort -u | sed 's/^/deb-src /' >"$scratch/sources.list"
if [ ! -s "$scratch/sources.list" ]; then
	echo "$0: apt knows no package archive here" >&2
	exit 1
fi

private_apt() {
	apt-get -qq -o Dir::Etc::SourceList="$scratch/sources.list" -o Dir::Etc::SourceParts=- \
		-o Dir::State::Lists="$scratch/lists" -o Dir::Cache::Archives="$scratch/archives" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o APT::Sandbox::User="$(id -un)" "$@" >&2
}

cd "$scratch"
private_apt update || true # an archive without sources is none of our business
private_apt --download-only source "$package"
mkdir -p "$cache"
mv "$theirs" "$cache/$ours.part"
mv "$cache/$ours.part" "$cache/$ours" # all of it or nothing, whoever else runs this
