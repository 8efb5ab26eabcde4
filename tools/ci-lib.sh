# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck shell=bash
# What .ci/run is made of: steps that are named, timed, logged and counted.

ci_logs=build-ci/logs
ci_number=0 ci_passed=0 ci_failed=0 ci_skipped=0
ci_summary=()

# step NAME COMMAND...: run it, go on whatever comes of it. Its last line
# "N passed, N failed" is added up; without such a line the step counts as one
# test, and a step that fails has at least one failure.
step() {
	local name=$1 log start count verdict=ok p=0 f=0 s=0 status=0
	shift
	ci_number=$((ci_number + 1))
	log=$ci_logs/$(printf '%02d' "$ci_number")-$(tr -cs 'a-zA-Z0-9\n' - <<<"$name").log
	mkdir -p "$ci_logs"
	printf '== %s\n' "$name"
	start=$SECONDS
	"$@" >"$log" 2>&1 </dev/null || status=$?
	count=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)
	if [[ -n $count ]]; then
		read -r p _ f _ s _ <<<"$count 0"
	elif ((status == 0)); then
		p=1
	fi
	((status == 0 || f > 0)) || f=1
	if ((status != 0 || f > 0)); then
		verdict=FAILED
		tail -n 40 "$log" | sed 's/^/   | /'
	fi
	ci_passed=$((ci_passed + p)) ci_failed=$((ci_failed + f)) ci_skipped=$((ci_skipped + s))
	ci_summary+=("$(printf '%-7s %4d s  %-34s %s' "$verdict" $((SECONDS - start)) "$name" \
		"$p passed, $f failed$( ((s == 0)) || echo ", $s skipped")")")
	printf '   %s\n' "${ci_summary[-1]}"
}

# The summary, and as its last line the sums. Fails if anything did, or nothing ran.
finish() {
	printf '\n== summary (%d s, logs in %s)\n' "$SECONDS" "$ci_logs"
	printf '%s\n' "${ci_summary[@]}"
	printf '\n%d passed, %d failed%s\n' "$ci_passed" "$ci_failed" \
		"$( ((ci_skipped == 0)) || echo ", $ci_skipped skipped")"
	((ci_passed > 0 && ci_failed == 0))
}

# Get packages that are not there yet.
install_packages() {
	local p missing=()
	for p; do
		[[ $(dpkg-query -W -f='${Status}' "$p" 2>/dev/null) == *' ok installed' ]] || missing+=("$p")
	done
	((${#missing[@]})) || return 0
	apt-get update && apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
		"${missing[@]}"
}

# tests DIR [arguments of meson test]: run the tests of a build and count the cases. With
# rebuild=yes what they need is built first.
tests() {
	local dir=$1 status=0 options=(--print-errorlogs)
	shift
	[[ ${rebuild-} == yes ]] || options+=(--no-rebuild)
	rm -f "$dir"/meson-logs/testlog.*
	meson test -C "$dir" "${options[@]}" "$@" || status=$?
	python3 tools/count_tests.py --status "$status" "$dir/meson-logs"
}

# configure DIR [arguments of meson setup]: anew; warnings are errors.
configure() {
	rm -rf "$1"
	meson setup --werror -Dtests=enabled -Dexamples=enabled -Dbench=enabled -Ddocs=disabled "$@"
}

# build DIR [arguments of meson setup]: configure anew and compile.
build() {
	configure "$@" && meson compile -C "$1"
}
