#!/usr/bin/env bash
# Starts a scan and waits for the results of two scanners.
set -euo pipefail
api=@BASE@/api/analysis
token='' repo='' commit='' service='' branch='' include='' exclude='' interval=30 limit=300 wait=1 base=''
while [[ $# -gt 0 ]]; do
  case $1 in
    -a | --access-token) token=$2; shift 2 ;;
    -r | --repo) repo=$2; shift 2 ;;
    -c | --commit-id) commit=$2; shift 2 ;;
    -s | --service) service=$2; shift 2 ;;
    -b | --branch) branch=$2; shift 2 ;;
    -i | --include-files) include=$2; shift 2 ;;
    -e | --exclude-files) exclude=$2; shift 2 ;;
    -p | --polling-interval) interval=$2; shift 2 ;;
    -t | --timeout) limit=$2; shift 2 ;;
    -n | --no-wait) wait=; shift ;;
    -u | --base-url) base=$2; shift 2 ;;
    *) echo "unknown option $1" >&2; exit 1 ;;
  esac
done
body() {
  python3 - "$1" "$repo" "$commit" "$token" "$service" "${base:-https://$service.com}" "$branch" "$include" "$exclude" <<'PY'
import json, sys
start, repo, commit, token, service, base, branch, include, exclude = sys.argv[1:]
d = {"repo": repo, "commit_id": commit, "access_token": token, "service": service}
d[{"azuredevops": "azure_devops"}.get(service, service) + "_base_url"] = base
if start:
    d.update(branch=branch, include_files=include, exclude_files=exclude)
print(json.dumps(d))
PY
}
post() { curl -sS -o "$3" -w '%{http_code}' -H 'Content-Type: application/json' -d "$2" "$1"; }
out=$(mktemp)
trap 'rm -f "$out"' EXIT
status=$(post "$api/start" "$(body start)" "$out")
[[ $status == 2* || $status == 504 ]] || { cat "$out" >&2; exit 1; }
[[ -n $wait ]] || exit 0
end=$((SECONDS + limit))
for scanner in '' /sca; do
  until [[ $(post "$api/results$scanner" "$(body '')" "$out") == 200 ]] && ! grep -q '"pending"' "$out"; do
    [[ $SECONDS -lt $end ]] || { echo 'no results in time' >&2; exit 1; }
    sleep "$interval"
  done
  cat "$out"
done
