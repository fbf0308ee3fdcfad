#!/bin/sh
# Fuzz every parser and tokenizer for the given number of seconds each (10 by default).
set -eu

seconds=${1:-10}
cd "$(dirname "$0")/.."
grep -rn --include='*_test.go' '^func Fuzz' internal |
	sed 's|^\(.*\)/[^/]*_test.go:[0-9]*:func \(Fuzz[A-Za-z]*\)(.*|\1 \2|' | sort |
	while read -r package target; do
		echo "$package $target"
		go test "./$package" -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" -parallel 1
	done
