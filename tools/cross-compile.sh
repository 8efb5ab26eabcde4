#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Compile and link the library, the examples and the tests for a system that is not at
# hand, by a compiler that can:
#
#	tools/cross-compile.sh darwin aarch64 zig cc -target aarch64-macos
#	tools/cross-compile.sh darwin x86_64 clang --target=x86_64-apple-macos11 -isysroot SDK -fuse-ld=lld
#	tools/cross-compile.sh freebsd x86_64 clang --target=x86_64-unknown-freebsd14 --sysroot=DIR -fuse-ld=lld
#
# The first two arguments are the system and the processor as Meson names them. Nothing is
# run. AR names the archiver, which else is zig's or llvm-ar. The build is in
# build-SYSTEM-PROCESSOR, or in $BUILD.
set -eu

if [ $# -lt 3 ]; then
	echo "usage: $0 SYSTEM PROCESSOR COMPILER [ARGUMENT...]" >&2
	exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
system=$1 processor=$2 compiler=$3
shift 2
build=${BUILD:-$root/build-$system-$processor}
rm -rf "$build"
mkdir -p "$build.cross"
build=$(cd "$build.cross" && pwd)
build=${build%.cross}

quoted() { # each argument as a word of a shell
	for word; do
		printf " '%s'" "$(printf %s "$word" | sed "s/'/'\\\\''/g")"
	done
}

# Meson knows linkers by their answers, and does not know zig's: it is to take it for Apple's.
{
	echo '#!/bin/sh'
	if [ "$(basename "$compiler")" = zig ] && [ "$system" = darwin ]; then
		cat <<-'END'
		case " $* " in
		*' -Wl,--version '*)
			echo 'ld: unknown option: --version' >&2
			exit 1
			;;
		*' -Wl,-v '*)
			echo 'PROGRAM:ld  PROJECT:ld-0' >&2
			exit 0
			;;
		esac
		END
	fi
	echo "exec$(quoted "$@") \"\$@\""
} >"$build.cross/cc"
{
	echo '#!/bin/sh'
	if [ "$(basename "$compiler")" = zig ]; then
		echo "exec$(quoted "$compiler") ar \"\$@\""
	else
		echo "exec ${AR:-llvm-ar} \"\$@\""
	fi
} >"$build.cross/ar"
chmod +x "$build.cross/cc" "$build.cross/ar"
case $processor in
aarch64 | x86_64 | riscv64) ;;
*) echo "$0: taken for little-endian: $processor" >&2 ;;
esac
cat >"$build.cross/cross.ini" <<END
[binaries]
c = '$build.cross/cc'
ar = '$build.cross/ar'
strip = 'true'

[properties]
needs_exe_wrapper = true

[host_machine]
system = '$system'
cpu_family = '$processor'
cpu = '$processor'
endian = 'little'
END

"$root/tools/fetch-cmocka-source.sh"
meson setup --werror --cross-file "$build.cross/cross.ini" -Dtests=enabled -Dexamples=enabled \
	-Dbench=disabled -Ddocs=disabled "$build" "$root"
meson compile -C "$build"
echo "compiled and linked for $system, $processor: $(find "$build/tests" "$build/examples" -type f -perm -u+x |
	wc -l) programs"
