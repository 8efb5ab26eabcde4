#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Run a command whose Windows programs shall be run by Wine:
#
#	tools/wine-env.sh build-win meson setup build-win \
#		--cross-file tools/cross/x86_64-w64-mingw32.ini -Dtest_reserve_limit=64
#	tools/wine-env.sh build-win meson test -C build-win
#
# The set-up too, as Meson tries the compiler's output. Wine takes time and memory for
# each page reserved, so 64 GiB are enough.
#
# Wine's files live in BUILD_DIR/wine. Its server is started first and ended last:
# a server that the first test starts would hold that test's pipes open, and each
# further test would wait for another one to start.
set -eu

if [ $# -lt 2 ]; then
	echo "usage: $0 BUILD_DIR COMMAND [ARGUMENT...]" >&2
	exit 2
fi
mkdir -p "$1"
WINEPREFIX=$(cd "$1" && pwd)/wine
shift
WINEDEBUG=-all
WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d;winedbg.exe=d'
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY WAYLAND_DISPLAY || true

quietly() {
	"$@" </dev/null >/dev/null 2>&1
}

stop_server() {
	quietly wineserver -k || true # none was running
	quietly wineserver -w
}

trap stop_server EXIT
trap 'exit 1' HUP INT TERM

if [ ! -f "$WINEPREFIX/ready" ]; then
	quietly wineboot -i
	stop_server # so that the settings are on disk
	quietly wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f
	stop_server
	: >"$WINEPREFIX/ready"
fi
quietly wineserver -p
quietly wineboot -i

"$@"
