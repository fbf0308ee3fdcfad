#!/usr/bin/env bash
# Times gatewright on 100 MB of each format, beside its peers, in one run on one core: CPU time (user and system, of the
# whole process), peak memory, and how many times gatewright's CPU time each took; then the aims, reached or not.
#
#   bench/coverage.sh [--install] [--mb N] [--dir DIR] [--only FORMAT]
#
# Peers are used where they are: --install gets them first, from Debian and from npm (into DIR/npm), and prints their
# versions. What is missing, fails, takes more than 2 minutes or more than 8 GB is named and left out.
set -euo pipefail

mb=100 dir=${TMPDIR:-/tmp}/gatewright-bench only='' install=
while [ $# -gt 0 ]; do
	case $1 in
	--install) install=1 && shift && continue ;;
	--mb) mb=$2 ;;
	--dir) dir=$2 ;;
	--only) only=$2 ;;
	*) echo "usage: $0 [--install] [--mb N] [--dir DIR] [--only FORMAT]" >&2 && exit 2 ;;
	esac
	shift 2
done
cd "$(dirname "$0")/.."
bench=$PWD/bench
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

apt=(grcov lcov gcovr diff-cover)
npm=(lcov-parse@1.0.0 parse-lcov@1.0.4 @friedemannsommer/lcov-parser@5.0.2 lcov-summary@1.0.1 lcov-total@2.1.1
	lcov-result-merger@6.0.0 codacy-coverage@3.4.0 jacoco-parse@2.0.1 cobertura-parse@1.0.5 @cvrg-report/clover-json@0.3.3
	golang-cover-parse@2.0.0 istanbul-lib-coverage@3.2.2 nyc@18.0.0)

if [ -n "$install" ]; then
	root=()
	[ "$(id -u)" = 0 ] || root=(sudo)
	command -v npm >/dev/null || apt+=(nodejs npm)
	"${root[@]}" apt-get update -q >/dev/null
	"${root[@]}" apt-get install -qy --no-install-recommends "${apt[@]}" >/dev/null
	npm install --prefix "$dir/npm" --no-audit --no-fund --ignore-scripts --loglevel=error "${npm[@]}"
	dpkg-query -W -f '${Package} ${Version}\n' "${apt[@]}"
	printf '%s\n' "${npm[@]}"
	echo "node $(node --version)"
fi

scripts/build -o "$dir/gatewright"
go build -trimpath -ldflags='-s -w' -o "$dir/baseline" ./bench/baseline
go build -o "$dir/measure" ./bench/measure
made=made-$mb-$(cksum <bench/inputs/main.go | cut -d ' ' -f 1)
[ -e "$dir/$made" ] || { rm -f "$dir"/made-* && go run ./bench/inputs -dir "$dir" -mb "$mb" && touch "$dir/$made"; }
cd "$dir"
export GOMAXPROCS=1 GATEWRIGHT_NO_UPDATE=1 NODE_OPTIONS=--max-old-space-size=8000

core=()
command -v taskset >/dev/null && core=(taskset -c 0)

# row FORMAT NAME COMMAND…: prints how the command did, and notes it in rows.txt. gatewright's row is the first of its format.
row() {
	local format=$1 name=$2 took best middle memory ratio='' ours
	shift 2
	if ! took=$(./measure -out out.txt "${core[@]}" "$@" 2>err.txt); then
		printf '| %s | %s | left out: %s |\n' "$format" "$name" "$(tail -n 1 err.txt)"
		return
	fi
	read -r best middle memory _ <<<"$took"
	printf '%s\t%s\t%s\n' "$format" "$name" "$best" >>rows.txt
	ours=$(cpu "$format" gatewright)
	[ "$name" = gatewright ] || ratio=$(awk "BEGIN { printf \"%.2f ×\", $best / $ours }")
	awk -v b="$best" -v m="$middle" -v mb="$mb" -v rest="$memory MB | $ratio |" -v who="| $format | $name |" \
		'BEGIN { printf "%s %.3f s | %.3f s | %.0f | %s\n", who, b, m, mb / b, rest }'
}

# peer FORMAT NAME PROGRAM COMMAND…: row, if the program is installed.
peer() {
	local format=$1 name=$2 program=$3
	shift 3
	if command -v "$program" >/dev/null || [ -e "$program" ]; then
		row "$format" "$name" "$@"
	else
		printf '| %s | %s | not installed |\n' "$format" "$name"
	fi
}

# library FORMAT PACKAGE FILE: a peer from npm that is called, not run.
library() { peer "$1" "$2" "npm/node_modules/$2" node "$bench/parse.mjs" "$dir/npm/node_modules" "$2" "$3"; }

# tool FORMAT PACKAGE ARG…: a peer from npm with a command of its name.
tool() { peer "$1" "$2" "npm/node_modules/.bin/$2" "npm/node_modules/.bin/$2" "${@:3}"; }

# cpu FORMAT NAME: the seconds of a row, nothing if it is not there.
cpu() { awk -F '\t' -v f="$1" -v n="$2" '$1 == f && $2 == n { print $3 }' rows.txt; }

peers_lcov() {
	peer lcov grcov grcov grcov lcov.info -t lcov -o grcov.out
	peer lcov 'lcov --summary' lcov lcov --summary lcov.info
	library lcov lcov-parse lcov.info
	library lcov parse-lcov lcov.info
	library lcov @friedemannsommer/lcov-parser lcov.info
	library lcov codacy-coverage lcov.info
	tool lcov lcov-summary lcov.info
	tool lcov lcov-total lcov.info
	tool lcov lcov-result-merger lcov.info merged.info
}

peers_cobertura() {
	row cobertura 'encoding/xml RawToken' ./baseline rawtoken cobertura.xml
	[ -e repo/.git ] || { git init -q repo && git -C repo -c user.name=b -c user.email=b@b commit -q --allow-empty -m b; }
	peer cobertura diff-cover diff-cover env -C repo diff-cover ../cobertura.xml --compare-branch HEAD
	library cobertura cobertura-parse cobertura.xml
}

peers_jacoco() {
	row jacoco 'encoding/xml RawToken' ./baseline rawtoken jacoco.xml
	peer jacoco grcov grcov grcov jacoco.xml -t lcov -o grcov.out
	library jacoco jacoco-parse jacoco.xml
	library jacoco codacy-coverage jacoco.xml
}

peers_clover() {
	row clover 'encoding/xml RawToken' ./baseline rawtoken clover.xml
	library clover @cvrg-report/clover-json clover.xml
}

peers_go() {
	row go x/tools/cover ./baseline cover cover.out
	library go golang-cover-parse cover.out
}

peers_istanbul() {
	library istanbul istanbul-lib-coverage coverage-final.json
	mkdir -p nyc && ln -f coverage-final.json nyc/
	tool istanbul nyc report -t nyc --reporter=text-summary --exclude-after-remap=false
}

peers_gcovr() { peer gcovr gcovr gcovr gcovr -a gcovr.json -s; }

: >rows.txt
echo '| format | program | CPU | the middle run | MB/s | peak memory | against gatewright |'
echo '|---|---|---|---|---|---|---|'
for pair in lcov:lcov.info cobertura:cobertura.xml jacoco:jacoco.xml clover:clover.xml go:cover.out istanbul:coverage-final.json gcovr:gcovr.json; do
	format=${pair%%:*} file=${pair##*:}
	[ -z "$only" ] || [ "$only" = "$format" ] || continue
	row "$format" gatewright ./gatewright -q coverage report --paths raw "$file"
	if [ "$format" != gcovr ]; then
		row "$format" 'bare single pass' ./baseline bare "$file"
		row "$format" 'hops alone' ./baseline hop "$file"
	fi
	"peers_$format"
done

# aim WHAT FORMAT TIMES NAME…: gatewright is to be so many times as fast as the fastest of the programs named.
aim() {
	local what=$1 format=$2 times=$3 name seconds fastest='' ours
	shift 3
	ours=$(cpu "$format" gatewright)
	for name in "$@"; do
		seconds=$(cpu "$format" "$name")
		if [ -n "$seconds" ] && { [ -z "$fastest" ] || awk "BEGIN { exit !($seconds < $fastest) }"; }; then fastest=$seconds; fi
	done
	[ -n "$ours" ] && [ -n "$fastest" ] || return 0
	awk -v o="$ours" -v f="$fastest" -v t="$times" -v what="$what" -v format="$format" \
		'BEGIN { r = f / o; printf "| %s | %s | %.2f × | %s |\n", what, format, r, (r >= t ? "yes" : "no") }'
}

echo
echo '| aim | format | measured | reached |'
echo '|---|---|---|---|'
for format in cobertura jacoco clover; do aim '25 × as fast as encoding/xml' $format 25 'encoding/xml RawToken'; done
aim '15 × as fast as the fastest XML peer' cobertura 15 diff-cover cobertura-parse
aim '15 × as fast as the fastest XML peer' jacoco 15 grcov jacoco-parse codacy-coverage
aim '15 × as fast as the fastest XML peer' clover 15 @cvrg-report/clover-json
aim '4 × as fast as grcov' lcov 4 grcov
aim '1.5 × as fast as x/tools/cover' go 1.5 x/tools/cover
for format in lcov cobertura jacoco clover go istanbul; do
	aim 'at most twice a bare pass (its time is 0.5 × or more)' $format 0.5 'bare single pass'
done
