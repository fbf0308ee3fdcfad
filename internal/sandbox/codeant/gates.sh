#!/usr/bin/env bash
# Starts the quality gates (-o start) or waits for their results (-o results).
set -euo pipefail
api=@BASE@/analysis/ci/quality-gates/scan
token='' repo='' commit='' service=github base='' operation=start limit=300 interval=15
while [[ $# -gt 0 ]]; do
  case $1 in
    -a | --access-token) token=$2 ;;
    -r | --repo) repo=$2 ;;
    -c | --commit-id) commit=$2 ;;
    -s | --service) service=$2 ;;
    -u | --base-url) base=$2 ;;
    -o | --operation) operation=$2 ;;
    -t | --timeout) limit=$2 ;;
    -p | --poll-interval) interval=$2 ;;
    *) echo "unknown option $1" >&2; exit 1 ;;
  esac
  shift 2
done
body=$(python3 -c 'import json, sys
print(json.dumps({k: v for k, v in zip(["repo", "service", "commit_id", "base_url"], sys.argv[1:]) if v}))' "$repo" "$service" "$commit" "$base")
out=$(mktemp)
trap 'rm -f "$out"' EXIT
post() { curl -sS -o "$out" -w '%{http_code}' -H 'Content-Type: application/json' -H "Authorization: Bearer $token" -d "$body" "$api/$1"; }
if [[ $operation == start ]]; then
  status=$(post start)
  cat "$out"
  [[ $status == 2* || $status == 504 ]]
  exit
fi
end=$((SECONDS + limit))
until [[ $(post results) == 200 ]] && grep -q 'COMPLETED' "$out"; do
  [[ $SECONDS -lt $end ]] || { echo 'no results in time' >&2; exit 1; }
  sleep "$interval"
done
cat "$out"
! grep -q 'FAILED' "$out"
