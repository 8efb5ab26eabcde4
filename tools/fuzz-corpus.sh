#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Let the fuzzers run, and keep what they find: tests/fuzz/corpus/<target>/, one small input for
# each edge of the code that any of them reaches, and the dozen that reach it most deviously.
#
#   tools/fuzz-corpus.sh <build folder with -Dfuzz=true> [seconds for each target]
set -eu
[ $# -ge 1 ] || { sed -n '3,7s/^# \{0,1\}//p' "$0"; exit 2; }
build=$(cd "$1" && pwd)/tests/fuzz
cd "$(dirname "$0")/../tests/fuzz/corpus"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for target in *; do
	mkdir "$work/found" "$work/edges" "$work/all"
	"$build/fuzz_$target" -max_total_time="${2:-60}" -max_len=400 \
		-artifact_prefix="$target-" "$work/found" "$target" 2>"$work/log" ||
		{ tail -n 40 "$work/log"; exit 1; }
	"$build/fuzz_$target" -set_cover_merge=1 -use_counters=0 \
		"$work/edges" "$target" "$work/found" 2>"$work/log"
	"$build/fuzz_$target" -set_cover_merge=1 "$work/all" "$target" "$work/found" 2>"$work/log"
	rm -f "$target"/*
	cp "$work/edges"/* "$target"
	find "$work/all" -type f -size -2 -printf '%s %p\n' | sort -rn | head -n 12 |
		while read -r _ file; do cp "$file" "$target"; done
	echo "$target: $(find "$target" -type f | wc -l) inputs"
	rm -rf "$work/found" "$work/edges" "$work/all"
done
