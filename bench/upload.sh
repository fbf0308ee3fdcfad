#!/usr/bin/env bash
# Times `coverage upload --dry-run` of a 10 MB LCOV report in a repository of 51,500 files: CPU seconds of gatewright and
# the git commands it runs, path matching and payload included.
#
#   bench/upload.sh [DIR]
set -euo pipefail

dir=${1:-${TMPDIR:-/tmp}/gatewright-bench-upload}
cd "$(dirname "$0")/.."
mkdir -p "$dir"
scripts/build -o "$dir/gatewright"
go build -o "$dir/measure" ./bench/measure
[ -e "$dir/in/lcov.info" ] || go run ./bench/inputs -dir "$dir/in" -mb 10
cd "$dir"
if [ ! -e repo/.git ]; then
	git init -q repo
	# Each file has as many lines as the longest of the report.
	blob=$(awk -F '[:,]' '/^(DA|BRDA|FN):/ && $2 > n { n = $2 + 0 } END { for (i = 0; i < n; i++) print "x" }' in/lcov.info | git -C repo hash-object -w --stdin)
	{
		sed -n 's/^SF://p' in/lcov.info
		seq -f 'docs/section%04.0f/page.md' 51500
	} | awk "NR <= 51500" | sed "s/^/100644 $blob\t/" | git -C repo update-index --index-info
	git -C repo -c user.name=bench -c user.email=bench@example.com commit -q -m bench
fi
cd repo
# As on a CI machine: absolute paths of another folder.
[ -e ../lcov.info ] || sed 's|^SF:|SF:/home/runner/work/repo/|' ../in/lcov.info >../lcov.info
read -r best middle memory runs < <(../measure -out ../out.txt env -i PATH="$PATH" HOME="$HOME" GOMAXPROCS=1 \
	../gatewright -q coverage upload --dry-run --service codacy --provider gh --organization acme --repository bench ../lcov.info)
echo "$best s CPU at best, $middle s in the middle of $runs runs, $memory MB, $(git ls-files | wc -l) files, $(wc -c <../out.txt) bytes"
