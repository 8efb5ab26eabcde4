#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Run tests in kernels of their own, emulated: an old one that knows no
# MADV_POPULATE_WRITE, one that is told to promise no more memory than it has and that
# limits what a group of processes has, one with pages of 64 KiB.
#
#	tools/kernels.sh [FOLDER]	where to build, and to keep the kernels: build-kernels
#
# For Debian 12, as root if packages are missing. The last line is the sum of all tests.
set -u
case ${1-} in
-h | --help)
	sed -n '3,/^set/s/^# \{0,1\}//p' "$0"
	exit
	;;
/*) folder=$1 ;;
*) folder=$PWD/${1:-build-kernels} ;;
esac
cd "$(dirname "$0")/.." || exit
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
. tools/ci-lib.sh
ci_logs=$folder/logs

# What meets the kernel, and the containers on it; apart, what takes a minute each.
layer=(test_align test_error test_reserve test_vbuf test_reclaim test_cvec test_slotmap
	test_slotmap_handles test_slotmap_fork test_vec test_vec_options test_vec_fork
	fault_vbuf fault_posix fault_linux fault_cvec test_big test_cvec_system test_dump test_files
	test_fork test_honest test_limits test_signal model_vbuf)
memory=(test_vec_memory test_slotmap_memory test_slotmap_destroy fault_vec fault_slotmap
	test_limits_containers test_signal_containers)

static() { # build $1, with further arguments of meson setup
	local dir=$folder/$1
	shift
	rm -rf "$dir"
	meson setup --werror --buildtype=debug -Dtests=enabled -Dexamples=disabled -Dbench=disabled -Ddocs=disabled \
		--force-fallback-for=cmocka -Ddefault_library=static -Dc_link_args=-static "$@" "$dir" &&
		meson compile -C "$dir" init test_kernel test_overcommit test_memcg \
			"${layer[@]}" "${memory[@]}"
}

within() { # kernel of suite $1, architecture $2, flavour $3; processor $4; parameters up to --; tests
	local suite=$1 arch=$2 flavour=$3 processor=$4 parameters=() programs=() image name
	shift 4
	while [[ $1 != -- ]]; do
		parameters+=("$1")
		shift
	done
	shift
	for name; do
		programs+=("$folder/$processor/tests/$name")
	done
	image=$(tools/get-kernel.sh "$suite" "$arch" "$flavour" "$folder") &&
		tools/in-kernel "$image" "$processor" "$folder/$processor/tests/kernel/init" \
			"${programs[@]}" -- "${parameters[@]}"
}

step 'packages' install_packages gcc libc6-dev meson ninja-build python3 pkg-config \
	gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross qemu-system-x86 qemu-system-ppc
step 'sources of CMocka' tools/fetch-cmocka-source.sh
step 'x86-64, built' static x86_64
step 'ppc64le, built' static ppc64le --cross-file tools/cross/powerpc64le-linux-gnu.ini
step '5.10, without MADV_POPULATE_WRITE' within bullseye amd64 cloud-amd64 x86_64 \
	WANT_VERSION=5.10. WANT_POPULATE=0 WANT_PAGE=4096 -- kernel/test_kernel "${layer[@]}"
step '6.1, overcommit 1 and 2, cgroups 2' within bookworm amd64 cloud-amd64 x86_64 \
	WANT_VERSION=6.1. WANT_POPULATE=1 WANT_PAGE=4096 -- kernel/test_kernel \
	kernel/test_overcommit kernel/test_memcg
step '6.1, cgroups 1' within bookworm amd64 cloud-amd64 x86_64 \
	TEST_CGROUP=1 -- kernel/test_memcg
step '6.1 on ppc64le, pages of 64 KiB' within bookworm ppc64el powerpc64le ppc64le \
	WANT_VERSION=6.1. WANT_POPULATE=1 WANT_PAGE=65536 -- kernel/test_kernel \
	kernel/test_overcommit kernel/test_memcg \
	"${layer[@]}" "${memory[@]}"
finish
