#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: tools/demo.sh BUILD_DIR [FILE...]
# Put the largest text on this machine, or the files, through examples/linedex.
set -eu
[ $# -gt 0 ] || {
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 2
}
linedex=$1/examples/linedex/linedex
shift
[ -x "$linedex" ] || {
	echo "demo: there is no $linedex; are the examples switched off?" >&2
	exit 1
}

say() {
	printf '\n%s\n' "$*"
}

text_files() {
	find "$@" -type f ! -name '*.gz' ! -name '*.xz' ! -name '*.bz2' ! -name '*.zst' \
		! -name '*.png' ! -name '*.jpg' ! -name '*.gif' ! -name '*.pdf' ! -path '*/.git/*' \
		-exec cat {} +
}

# Run linedex on the text, with these options; show how one would type it.
run() {
	case $how in
	file)
		say "\$ linedex $where${*:+ $*}"
		"$linedex" "$where" "$@"
		;;
	apt)
		say "\$ /usr/lib/apt/apt-helper cat-file $where | linedex -${*:+ $*}"
		/usr/lib/apt/apt-helper cat-file "$where" | "$linedex" - "$@"
		;;
	folders)
		say "\$ find $where -type f ... -exec cat {} + | linedex -${*:+ $*}"
		# shellcheck disable=SC2086 # folders without spaces, and there may be two
		text_files $where | "$linedex" - "$@"
		;;
	esac
}

if [ $# -gt 0 ]; then
	say "\$ linedex $*"
	exec "$linedex" "$@"
fi

found=$("$(dirname "$0")/largest-text.sh")
tab=$(printf '\t')
how=${found%%"$tab"*} what=${found##*"$tab"}
where=${found#*"$tab"} && where=${where%"$tab"*}

echo "The largest text here: $what"
echo "  $where"
say 'Read it into a vector, and keep a pointer to every line in another:'
[ "$how" = file ] || echo '(the time is also that of the program that writes into the pipe)'
run
say 'The same without huge pages, while two threads look things up through those pointers:'
if [ "$how" = folders ]; then
	run --small-pages --threads 2 --line 10000 --word mmap --word include --show 3
else
	run --small-pages --threads 2 --line 10000 --word compiler --word libc6 --show 3
fi
say 'And with an index of all words, which a thread asks while it is being made:'
if [ "$how" = folders ]; then
	run --count mmap --count include
else
	run --count compiler --count libc6
fi
