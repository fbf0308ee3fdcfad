#!/usr/bin/env bash
# Uploads a coverage file: asks for an address, puts the file there, says that it has arrived.
set -euo pipefail
api=@BASE@/pr/analysis/coverage
token='' repo='' commit='' file='' platform='' module='' path='' branch='' vcs=''
while getopts t:r:c:f:p:m:P:b:u: flag; do
  case $flag in
    t) token=$OPTARG ;; r) repo=$OPTARG ;; c) commit=$OPTARG ;; f) file=$OPTARG ;; p) platform=$OPTARG ;;
    m) module=$OPTARG ;; P) path=$OPTARG ;; b) branch=$OPTARG ;; u) vcs=$OPTARG ;; *) exit 1 ;;
  esac
done
[[ -n $token && -n $repo && -n $commit && -n $file && -n $platform ]] || { echo 'missing flag' >&2; exit 1; }
[[ -f $file ]] || { echo "coverage file not found: $file" >&2; exit 2; }
body=$(python3 - "$repo" "$commit" "$token" "$platform" "$module" "$path" "$branch" "$vcs" <<'PY'
import json, sys
keys = ["repo", "commit_id", "access_token", "platform", "module", "module_path", "branch", "vcs_base_url"]
print(json.dumps({k: v for k, v in zip(keys, sys.argv[1:]) if v}))
PY
)
address=$(curl -fsS -H 'Content-Type: application/json' -d "$body" "$api/presign" |
  python3 -c 'import json, sys; print(json.load(sys.stdin).get("coverage_url", ""))')
[[ -n $address ]] || { echo 'no coverage_url' >&2; exit 3; }
curl -fsS -X PUT -H 'Content-Type: application/xml' --upload-file "$file" "$address"
status=$(curl -sS -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d "$body" "$api/complete")
[[ $status == 504 || $status -lt 400 ]] || { echo "HTTP $status" >&2; exit 4; }
