#!/usr/bin/env bash
# What the actions run: finds the right gatewright, then becomes it; with "setup" puts it on the path of later steps
# instead. The inputs are in the environment as INPUT_…; nothing here looks at them but the two that say which binary.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=$(dirname "$here")

# unix PATH: a path as this bash wants it, also on Windows.
unix() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -u "$1"; else printf '%s\n' "$1"; fi
}

stop() {
  printf '::error title=Gatewright::%s\n' "$1"
  exit 2
}

workspace=$(unix "${GITHUB_WORKSPACE:-/nowhere}")
cache=$(unix "${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}")/gatewright

if [ -n "${INPUT_GATEWRIGHT_BINARY:-}" ]; then
  # Brought along by the job: an air-gapped runner, or a build of one's own.
  gatewright=$(unix "$INPUT_GATEWRIGHT_BINARY")
  [ -x "$gatewright" ] || stop "gatewright-binary names $gatewright, which is no program"
elif case $action/ in "$workspace"/*) true ;; *) false ;; esac && [ -e "$action/go.mod" ]; then
  # uses: ./ in this project's own checkout: run what is checked out.
  command -v go >/dev/null 2>&1 || stop "uses: ./ builds gatewright from the checkout and needs Go; add actions/setup-go"
  gatewright=$cache/checkout/gatewright$(go env GOEXE)
  "$here/build" -o "$gatewright"
else
  gatewright=$(GATEWRIGHT_DOWNLOAD_URL=${INPUT_DOWNLOAD_URL:-${GATEWRIGHT_DOWNLOAD_URL:-}} "$here/install.sh" --cache "$cache") ||
    stop "gatewright could not be installed, see above; gatewright-binary names one that is there already"
fi

if [ "${1:-action}" = setup ]; then
  dirname "$gatewright" >>"$GITHUB_PATH"
  exec "$gatewright" --version
fi
exec "$gatewright" action
