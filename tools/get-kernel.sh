#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Get a kernel of Debian's, and print the path of its image:
#
#	tools/get-kernel.sh bookworm amd64 cloud-amd64 FOLDER
#	tools/get-kernel.sh bookworm ppc64el powerpc64le FOLDER
#
# The suite, the architecture and the kernel's flavour. It is unpacked in FOLDER and not
# installed. It comes from the archive that the machine has its packages from; the
# machine's own apt settings stay as they are, and nobody needs to be root.
set -eu

if [ $# -ne 4 ]; then
	echo "usage: $0 SUITE ARCHITECTURE FLAVOUR FOLDER" >&2
	exit 2
fi
suite=$1 arch=$2 flavour=$3
mkdir -p "$4"
folder=$(cd "$4" && pwd)/$suite-$flavour

image() {
	find "$folder/boot" -name 'vmlinu[xz]-*' 2>/dev/null | sort | tail -n 1
}

if [ -z "$(image)" ]; then
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' HUP INT TERM
	mkdir -p "$scratch/lists/partial" "$scratch/archives/partial"
	# shellcheck disable=SC2016 # the words in dollars are apt's
	archive=$(apt-get --no-release-info indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
		grep '/debian/*$' | head -n 1)
	if [ -z "$archive" ]; then
		echo "$0: apt knows no archive of Debian here" >&2
		exit 1
	fi
	echo "deb [arch=$arch] $archive $suite main" >"$scratch/sources.list"
	private_apt() { # $1: apt-get or apt-cache
		tool=$1
		shift
		"$tool" -qq -o Dir::Etc::SourceList="$scratch/sources.list" -o Dir::Etc::SourceParts=- \
			-o Dir::State::Lists="$scratch/lists" -o Dir::Cache::Archives="$scratch/archives" \
			-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Architectures::="$arch" \
			-o APT::Sandbox::User="$(id -un)" "$@"
	}
	private_apt apt-get update >&2
	# The newest that is whole: those that end in -unsigned are the same once more.
	package=$(private_apt apt-cache pkgnames "linux-image-" |
		grep -E "^linux-image-[0-9][0-9.]*-[0-9]+-$flavour$" | sort -V | tail -n 1)
	(cd "$scratch" && private_apt apt-get download "$package:$arch" >&2)
	mkdir -p "$folder.part"
	dpkg-deb --fsys-tarfile "$scratch"/linux-image-*.deb | # less its modules: nothing here needs one
		tar -x -C "$folder.part" ./boot
	rm -rf "$folder"
	mv "$folder.part" "$folder" # all of it or nothing
fi
image
