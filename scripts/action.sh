#!/bin/sh
# What the actions run: finds the right gatewright, then becomes it; with "setup" puts it on the path of later steps
# instead. The inputs are in the environment as INPUT_…; only the two that say which binary are looked at here. POSIX
# sh, because job containers such as Alpine's have nothing else; on Windows action.ps1 does the same.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
action=$(dirname "$here")

# unix PATH and native PATH: a path as this shell wants it, and as other programs of the machine do; they differ in
# Git's shell on Windows.
unix() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -u "$1"; else printf '%s\n' "$1"; fi
}
native() {
  if command -v cygpath >/dev/null 2>&1; then cygpath -w "$1"; else printf '%s\n' "$1"; fi
}

stop() {
  printf '::error title=Gatewright::%s\n' "$1"
  exit 2
}

# writable DIR: DIR can be made and written to; a tool cache may be a read-only mount.
writable() { mkdir -p "$1" 2>/dev/null && [ -w "$1" ]; }

workspace=$(unix "${GITHUB_WORKSPACE:-/nowhere}")
temp=$(unix "${RUNNER_TEMP:-${TMPDIR:-/tmp}}")
cache=$(unix "${RUNNER_TOOL_CACHE:-$temp}")/gatewright
writable "$cache" || cache=$temp/gatewright

own_checkout() {
  case $action/ in "$workspace"/*) [ -e "$action/go.mod" ] ;; *) false ;; esac
}

if [ -n "${INPUT_GATEWRIGHT_BINARY:-}" ]; then
  # Brought along by the job: an air-gapped runner, or a build of one's own.
  gatewright=$(unix "$INPUT_GATEWRIGHT_BINARY")
  # A name without a slash would be looked for in PATH.
  case $gatewright in /*) ;; *) gatewright=$PWD/$gatewright ;; esac
  if [ ! -f "$gatewright" ] || [ ! -x "$gatewright" ]; then stop "gatewright-binary names $gatewright, which is no program"; fi
elif own_checkout; then
  # uses: ./ in this project's own checkout: run what is checked out.
  command -v go >/dev/null 2>&1 || stop "uses: ./ builds gatewright from the checkout and needs Go; add actions/setup-go"
  gatewright=$cache/checkout/gatewright$(go env GOEXE)
  "$here/build" -o "$gatewright"
else
  [ -z "${INPUT_DOWNLOAD_URL:-}" ] || export GATEWRIGHT_DOWNLOAD_URL="$INPUT_DOWNLOAD_URL"
  gatewright=$(sh "$here/install.sh" --cache "$cache") ||
    stop "gatewright could not be installed, see above; gatewright-binary names one that is there already"
fi

if [ "${1:-action}" = setup ]; then
  "$gatewright" --version >/dev/null || stop "$gatewright does not run here"
  native "$(dirname "$gatewright")" >>"$GITHUB_PATH"
  exit
fi
exec "$gatewright" action
