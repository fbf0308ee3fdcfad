#!/usr/bin/env bash
# Fuzz every parser and tokenizer for the given number of seconds each (10 by default), as many at once as there are processors.
set -euo pipefail

export seconds=${1:-10}
cd "$(dirname "$0")/.."
fuzz() { # fuzz PACKAGE TARGET
	local log rc=0
	# An input that is new is made smaller a few times only, or else the whole time may go into it.
	log=$(go test "./$1" -vet=off -run '^$' -fuzz "^$2\$" -fuzztime "${seconds}s" -fuzzminimizetime 20x -parallel 1 2>&1) || rc=$?
	if [ $rc = 0 ] && grep -q '^fuzz: .*execs: ' <<<"$log"; then
		echo "$1 $2: $(sed -n 's/.*\(execs: [0-9]*\).*/\1/p' <<<"$log" | tail -n 1)"
	elif grep -q 'context deadline exceeded' <<<"$log" && ! grep -q 'Failing input' <<<"$log"; then
		# The time was over while an input was being made smaller: no failure (go.dev/issue/56238).
		echo "$1 $2: time over"
	else
		printf '%s %s:\n%s\n' "$1" "$2" "$log"
		return 1
	fi
}
export -f fuzz
grep -rn --include='*_test.go' '^func Fuzz' internal |
	sed 's|^\(.*\)/[^/]*_test.go:[0-9]*:func \(Fuzz[A-Za-z]*\)(.*|\1 \2|' | sort |
	xargs -P "$(nproc)" -n 2 bash -c 'fuzz "$@"' fuzz
