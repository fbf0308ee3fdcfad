#!/bin/sh
# Fuzz every parser for the given number of seconds each (10 by default).
set -eu

seconds=${1:-10}
cd "$(dirname "$0")/.."
total=0
for file in $(grep -rl --include='*_test.go' '^func Fuzz' internal | sort); do
	package=./$(dirname "$file")
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' "$file"); do
		echo "$package $target"
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" -parallel 1
		total=$((total + 1))
	done
done
echo "$total targets, $seconds s each"
