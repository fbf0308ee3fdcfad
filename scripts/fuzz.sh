#!/bin/sh
# Fuzz every parser and tokenizer for the given number of seconds each (10 by default).
set -eu

seconds=${1:-10}
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
grep -rn --include='*_test.go' '^func Fuzz' internal |
	sed 's|^\(.*\)/[^/]*_test.go:[0-9]*:func \(Fuzz[A-Za-z]*\)(.*|\1 \2|' | sort |
	while read -r package target; do
		if go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" -parallel 1 >"$log" 2>&1; then
			echo "$package $target: $(sed -n 's/.*\(execs: [0-9]*\).*/\1/p' "$log" | tail -n 1)"
		elif grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
			# The time was over while an input was being made smaller: no failure (go.dev/issue/56238).
			echo "$package $target: time over"
		else
			cat "$log"
			exit 1
		fi
	done
