#!/bin/sh
# The entry point of the pipe: its variables become the inputs of gatewright action.
set -eu
list='' known=' '
# names: begin (written by scripts/packages)
for name in ACCESS_TOKEN SERVICE STEPS COVERAGE_FILES COVERAGE_FORMAT LANGUAGE PARTIAL ROOT PATH_MAP IGNORE \
  MODULE MODULE_PATH SCANNERS INCLUDE_PATHS EXCLUDE_PATHS SARIF_FILES FAIL_ON_GATE FAIL_ON_ERROR \
  SKIP_IF_NO_TOKEN TIMEOUT POLL_INTERVAL FORGE_URL PROVIDER ORGANIZATION REPOSITORY COMMIT BRANCH PULL_REQUEST \
  WORKING_DIRECTORY CONFIG BASE PACK FROM BASELINE BASELINE_STORE BASELINE_BRANCH FINDINGS_BASELINE MIN_TOTAL \
  MIN_PATCH MIN_BRANCHES PARTIALS MAX_UNREPORTED MAX_LOST MAX_DROP FLAKY MIN_PATH MAX_NEW REQUIRE TESTS \
  TESTS_BASELINE MAX_FAILED MAX_FLAKY MAX_SLOWER TREND NAME COMMENT STATUS STATUSES ANNOTATIONS INSECURE_HTTP; do
  eval "export INPUT_$name=\"\${$name:-}\""
  known="$known$name ${name}_COUNT "
  # A list in the pipeline's YAML comes as NAME_COUNT and NAME_0, NAME_1 and so on: one a line. A NAME_COUNT alone is
  # somebody's own variable.
  eval "list=\${${name}_COUNT:-}"
  i=0
  while [ -n "$list" ] && eval "[ -n \"\${${name}_$i+set}\" ]"; do
    eval "INPUT_$name=\"\$INPUT_$name
\$${name}_$i\""
    known="$known${name}_$i "
    i=$((i + 1))
  done
done
# Any variable may be handed over. A rule whose name is wrong would not be judged. Names alone: a value may have lines.
unknown=$(awk -v known="$known" 'BEGIN { for (name in ENVIRON) if (name ~ /^(MIN|MAX)_[A-Z0-9_]*$/ && !index(known, " " name " ")) printf " %s", name }')
if [ -n "$unknown" ]; then
  echo "the pipe has no variable$unknown" >&2
  exit 2
fi
# As a variable base-url would be base_url, which means the forge.
export INPUT_API_BASE="${BASE_URL:-}"
# The proxy that signs requests for Code Insights, as it is seen from a pipe.
export GATEWRIGHT_BITBUCKET_PROXY="${GATEWRIGHT_BITBUCKET_PROXY:-http://host.docker.internal:29418}"
export INPUT_REPORTS_DIR="${BITBUCKET_CLONE_DIR:-.}/gatewright-reports"
cd "${BITBUCKET_CLONE_DIR:-.}"
exec gatewright action
