#!/usr/bin/env bash
# Times gatewright on 124 MB of SARIF with about 400,000 results, alone, with its keys the other way round and with a
# baseline of the same size, beside Python's json module and jq, which only load the file and count the results: CPU time
# (user and system, of the whole process) and peak memory. Then the aims, reached or not.
#
#   bench/findings.sh [--mb N] [--dir DIR]
set -euo pipefail

mb=119 dir=${TMPDIR:-/tmp}/gatewright-bench # 119 MiB are 124 MB
while [ $# -gt 0 ]; do
	case $1 in
	--mb) mb=$2 ;;
	--dir) dir=$2 ;;
	*) echo "usage: $0 [--mb N] [--dir DIR]" >&2 && exit 2 ;;
	esac
	shift 2
done
cd "$(dirname "$0")/.."
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

scripts/build -o "$dir/gatewright"
go build -o "$dir/measure" ./bench/measure
made=sarif-$mb-$(cksum <bench/inputs/main.go | cut -d ' ' -f 1)
[ -e "$dir/$made" ] || { rm -f "$dir"/sarif-* && go run ./bench/inputs -dir "$dir" -mb "$mb" -only 'findings*' && touch "$dir/$made"; }
cd "$dir"
export GATEWRIGHT_NO_UPDATE=1

: >rows.txt
# row NAME COMMAND…: prints how the command did, and notes it in rows.txt.
row() {
	local name=$1 took best memory
	shift
	if ! took=$(./measure -runs 5 -out out.txt "$@" 2>err.txt); then
		printf '| %s | left out: %s |\n' "$name" "$(tail -n 1 err.txt)"
		return
	fi
	read -r best _ memory _ <<<"$took"
	printf '%s\t%s\t%s\n' "$name" "$best" "$memory" >>rows.txt
	printf '| %s | %.2f s | %s MB |\n' "$name" "$best" "$memory"
}

judge=(./gatewright -q gate --local --max-new any=1000000000)
echo '| what | CPU | peak memory |'
echo '|---|---|---|'
row gatewright "${judge[@]}" --findings findings.sarif
row 'gatewright, keys the other way round' "${judge[@]}" --findings findings-shuffled.sarif
row 'gatewright, with a baseline' "${judge[@]}" --findings findings.sarif --findings-baseline findings-shuffled.sarif
command -v python3 >/dev/null && row 'python3 json.load' python3 -c 'import json, sys
print(sum(len(r["results"]) for r in json.load(open(sys.argv[1]))["runs"]))' findings.sarif
command -v jq >/dev/null && row 'jq length' jq '[.runs[].results | length] | add' findings.sarif

# aim NAME SECONDS MB
aim() {
	awk -F '\t' -v n="$1" -v s="$2" -v mb="$3" '$1 == n {
		printf "%s: at most %.1f s and %d MB: %s\n", n, s, mb, $2 <= s && $3 <= mb ? "reached" : "MISSED"; if ($2 > s || $3 > mb) bad = 1 }
		END { exit bad }' rows.txt
}
missed=0
aim gatewright 0.8 150 || missed=1
aim 'gatewright, keys the other way round' 0.8 150 || missed=1
aim 'gatewright, with a baseline' 1.6 300 || missed=1
exit "$missed"
