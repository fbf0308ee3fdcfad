#!/usr/bin/env bash
# Times gatewright on 100 MB of each format, beside its peers, in one run on one core: CPU seconds and peak memory.
#
#   bench/coverage.sh [--mb N] [--dir DIR] [--only FORMAT]
#
# Peers are used where they are installed (Debian: grcov lcov diff-cover; npm: lcov-parse jacoco-parse
# cobertura-parse, in DIR/npm). What is missing is named and left out.
set -euo pipefail

mb=100 dir=${TMPDIR:-/tmp}/gatewright-bench only=
while [ $# -gt 0 ]; do
	case $1 in
	--mb) mb=$2 ;;
	--dir) dir=$2 ;;
	--only) only=$2 ;;
	*) echo "usage: $0 [--mb N] [--dir DIR] [--only FORMAT]" >&2 && exit 2 ;;
	esac
	shift 2
done
cd "$(dirname "$0")/.."
mkdir -p "$dir"
go build -trimpath -ldflags='-s -w' -o "$dir/gatewright" ./cmd/gatewright
go build -trimpath -ldflags='-s -w' -o "$dir/baseline" ./bench/baseline
[ -e "$dir/made-$mb" ] || { go run ./bench/inputs -dir "$dir" -mb "$mb" && touch "$dir/made-$mb"; }
export GOMAXPROCS=1 GATEWRIGHT_NO_UPDATE=1
here=$PWD
cd "$dir"

core=()
command -v taskset >/dev/null && core=(taskset -c 0)

# row FORMAT NAME COMMAND…: the best of three runs, or of one where that takes longer than 10 s.
row() {
	local format=$1 name=$2 best='' line cpu memory
	shift 2
	for _ in 1 2 3; do
		if ! "${core[@]}" /usr/bin/time -o time.txt -f '%U %S %M' "$@" >out.txt 2>err.txt; then
			printf '%-10s %-26s failed: %s\n' "$format" "$name" "$(tail -n 1 err.txt)"
			return
		fi
		line=$(tail -n 1 time.txt)
		cpu=$(awk '{printf "%.2f", $1 + $2}' <<<"$line")
		memory=$(awk '{printf "%d", $3 / 1024}' <<<"$line")
		if [ -z "$best" ] || awk "BEGIN{exit !($cpu < ${best%% *})}"; then best="$cpu $memory"; fi
		if awk "BEGIN{exit !($cpu > 10)}"; then break; fi
	done
	cpu=${best%% *}
	printf '%-10s %-26s %7.2f s %8.0f MB/s %7d MB\n' "$format" "$name" "$cpu" "$(awk "BEGIN{print $mb / $cpu}")" "${best##* }"
}

# peer FORMAT NAME PROGRAM COMMAND…: row, if the program is installed.
peer() {
	local format=$1 name=$2 program=$3
	shift 3
	if command -v "$program" >/dev/null || [ -e "$program" ]; then
		row "$format" "$name" "$@"
	else
		printf '%-10s %-26s not installed\n' "$format" "$name"
	fi
}

wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }

# node NPM-PACKAGE FILE: the package reads the file and tells the number of files.
node_parse() {
	cat <<JS
const parse = require('$dir/npm/node_modules/$1');
(parse.parseFile || parse)('$2', (err, files) => { if (err) { console.error(err); process.exit(1) } console.log(files.length) });
JS
}

printf '%-10s %-26s %9s %13s %10s\n' format program CPU speed memory
for pair in lcov:lcov.info cobertura:cobertura.xml jacoco:jacoco.xml clover:clover.xml go:cover.out istanbul:coverage-final.json; do
	format=${pair%%:*} file=${pair##*:}
	wanted "$format" || continue
	row "$format" gatewright ./gatewright -q coverage report --paths raw "$file"
	row "$format" 'bare single pass' ./baseline bare "$file"
	case $format in
	cobertura | jacoco | clover) row "$format" 'encoding/xml RawToken' ./baseline rawtoken "$file" ;;
	go) row "$format" 'x/tools/cover' ./baseline cover "$file" ;;
	esac
	case $format in
	lcov)
		peer lcov grcov grcov grcov "$file" -t lcov -o grcov.out
		peer lcov 'lcov --summary' lcov lcov --summary "$file"
		peer lcov lcov-parse npm/node_modules/lcov-parse node --max-old-space-size=12000 -e "$(node_parse lcov-parse "$file")"
		;;
	cobertura)
		if command -v diff-cover >/dev/null; then
			[ -e repo/.git ] || { git init -q repo && git -C repo -c user.name=b -c user.email=b@b commit -q --allow-empty -m b; }
			row cobertura diff-cover env -C repo diff-cover ../cobertura.xml --compare-branch HEAD
		fi
		peer cobertura cobertura-parse npm/node_modules/cobertura-parse node --max-old-space-size=12000 -e "$(node_parse cobertura-parse "$file")"
		;;
	jacoco) peer jacoco jacoco-parse npm/node_modules/jacoco-parse node --max-old-space-size=12000 -e "$(node_parse jacoco-parse "$file")" ;;
	esac
done
cd "$here"
