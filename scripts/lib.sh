# Sourced by .ci/run and e2e/suites: pinned tools, installed once into a cache folder.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GATEWRIGHT_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gatewright-ci}
mkdir -p "$cache/bin" "$cache/log"
export PATH="$cache/bin:$PATH"
export ACT_DISABLE_VERSION_CHECK=1
export LC_ALL=C.UTF-8 # of sort, and of messages

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# alone NAME COMMAND…: the command, after those of this name that suites beside this one have begun. What it leaves behind
# does not hold the lock.
alone() {
  local rc=0
  { flock 8 && "${@:2}" 8>&- || rc=$?; } 8>"$cache/log/$1.lock"
  return $rc
}

# For programs of others that are to be there soon: nothing is inlined, and nothing can be debugged.
soon=(-trimpath '-gcflags=all=-l -dwarf=false' '-ldflags=-s -w')

# module_version FILE: the module version a Go program was built from, or nothing.
module_version() { { go version -m "$1" 2>/dev/null || true; } | awk '$1 == "mod" { v = $3 } END { print v }'; }

# need_go NAME MODULE/PATH@VERSION [FLAG…]: a Go tool at exactly this version, in the cache.
need_go() {
  local name=$1 at=$2 have
  have=$(module_version "$cache/bin/$name")
  [ "$have" = "${at##*@}" ] && return
  # A tool of the same version that is already on the machine saves minutes.
  local found=${GOBIN:-$(go env GOPATH)/bin}/$name
  have=$(module_version "$found")
  if [ "$have" = "${at##*@}" ]; then
    ln -sf "$found" "$cache/bin/$name"
    return
  fi
  say "installing $at"
  alone "$name" env GOBIN="$cache/bin" GOFLAGS='' go install "${@:3}" "$at"
}

# need_apt COMMAND=PACKAGE…: Debian packages whose commands are missing. The
# command may be an absolute file.
need_apt() {
  local pair missing=() said
  for pair; do
    command -v "${pair%%=*}" >/dev/null 2>&1 || [ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  said=$(alone apt apt_install "${missing[@]}" 2>&1 </dev/null) || { say "$said"; return 1; }
}
apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive)
  [ "$(id -u)" = 0 ] || apt=(sudo "${apt[@]}")
  # A new machine may be upgrading itself, and one on which that was cut short first ends it.
  "${apt[@]}" dpkg --configure -a || :
  apt+=(apt-get -qq -o DPkg::Lock::Timeout=300)
  set -- install -y --no-install-recommends "$@"
  "${apt[@]}" "$@" || { "${apt[@]}" update && "${apt[@]}" "$@"; } # it has no package lists yet, or old ones
}

# need_npm PACKAGE@VERSION…: npm packages, all in one folder named by its
# contents; sets node_modules to that folder.
need_npm() {
  local dir said
  dir=$cache/npm/$(printf '%s\n' "$@" | sha256sum | cut -c1-16)
  node_modules=$dir/node_modules
  [ -e "$dir/.done" ] && return
  say "installing $*"
  said=$(alone npm npm_install "$dir" "$@" 2>&1 </dev/null) || { say "$said"; return 1; }
}
npm_install() { # DIR PACKAGE@VERSION…
  [ ! -e "$1/.done" ] || return 0 # by another suite, in the meantime
  rm -rf "$1"                     # half of it, of a run that was ended
  mkdir -p "$1"
  (cd "$1" && printf '{"private":true}\n' >package.json &&
    npm install --no-audit --no-fund --ignore-scripts --loglevel=error "${@:2}" && touch .done)
}

need_act() { need_go act github.com/nektos/act@v0.2.89 "${soon[@]}"; }

# work_folder: a folder in work. When the suite ends at_end is called, and the folder goes with what was started in it.
work_folder() {
  work=$(mktemp -d)
  trap 'stop_sandbox; stop_serving; at_end; rm -rf "$work"' EXIT
}
at_end() { :; }

# build_gatewright: the binary of this checkout, compiled as a release is, as gatewright says or in the work folder.
build_gatewright() {
  gatewright=${gatewright:-$work/gatewright}
  # Where one is that was built of the same, Go leaves it as it is.
  alone build build_into "$cache/gatewright" "$gatewright"
}
build_into() { "$root/scripts/build" -o "$1" && cp "$1" "$2"; }

# git_as DIR ARGUMENT…: git there, as somebody who may commit.
git_as() { git -C "$1" -c user.name=test -c user.email=test@example.invalid "${@:2}"; }

# sample_repository DIR: a file of four lines and whatever is there already, as the commit head of a repository.
sample_repository() {
  mkdir -p "$1/src"
  printf 'a\nb\nc\nd\n' >"$1/src/a.js"
  git -C "$1" init -q -b main
  git -C "$1" add -A
  git_as "$1" commit -qm one
  head=$(git -C "$1" rev-parse HEAD)
}

# sample_report: three quarters of that file ran.
sample_report() { printf 'SF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,1\nDA:4,1\nend_of_record\n'; }

# checkout_copy DIR: the working tree as one commit in a repository of its own,
# so that a test may run git and act on it without touching this one.
checkout_copy() {
  mkdir -p "$1"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done |
    tar --null -T - -cf -) | tar -xf - -C "$1"
  git -C "$1" init -q -b main
  git -C "$1" remote add origin https://github.com/gatewright/gatewright.git
  git -C "$1" add -A
  git_as "$1" commit -q -m 'the working tree'
}

# own_containers DIR: for buildah and podman a store in DIR, with locks of its own, and limits that a machine without
# CAP_SYS_RESOURCE allows.
own_containers() {
  cat >"$1/containers.conf" <<'CONF'
[containers]
default_ulimits = ["nofile=4096:4096","nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
CONF
  printf 'tmp_dir = "%s/libpod"\n' "$1" >>"$1/containers.conf"
  printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$1" "$1" >"$1/storage.conf"
  export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf
}

# debian_base NAME [ARCH]: the base image that a registry would give, made here of the same distribution. It is of this
# machine whatever ARCH says, which is enough to see what an image of that name is made of.
debian_base() {
  local base=$cache/debian-bookworm.tar container
  [ -e "$base" ] || alone debootstrap debian_tar "$base" || die "debootstrap"
  container=$(buildah from scratch)
  buildah add -q "$container" "$base" / >/dev/null
  [ -z "${2:-}" ] || buildah config --arch "$2" "$container"
  buildah commit -q --rm "$container" "$1" >/dev/null
}

debian_tar() { # FILE
  [ ! -e "$1" ] || return 0 # by another suite, in the meantime
  say "making a base image"
  local made
  made=$(mktemp -d)
  debootstrap --variant=minbase --include=ca-certificates bookworm "$made" >"$cache/log/debootstrap" 2>&1 ||
    { tail -n 20 "$cache/log/debootstrap"; return 1; }
  tar -C "$made" -cf "$1.part" . && mv "$1.part" "$1" && rm -rf "$made"
}

# wait_for FILE PID [REGEX]: until the file has a text, or a line like this. Fails when the process has ended without, or
# after five minutes: a machine may be slow.
wait_for() {
  local i
  for ((i = 0; i < 3000; i++)); do
    grep -sq "${3:-.}" "$1" && return
    kill -0 "$2" 2>/dev/null || break
    sleep 0.1
  done
  grep -sq "${3:-.}" "$1"
}

# start_sandbox DIR [SEED]: the stand-ins in the background; their variables in
# DIR/env.sh are read into this shell. They end with this shell's stop_sandbox.
start_sandbox() {
  local dir=$1 seed=${2:-}
  rm -f "$dir/env.sh"
  "${gatewright:?}" sandbox ${seed:+--seed "$seed"} --print-env "$dir/env.sh" >"$dir/sandbox.log" 2>&1 &
  sandbox_pid=$!
  wait_for "$dir/env.sh" "$sandbox_pid" || { cat "$dir/sandbox.log" >&2; die "the sandbox did not start"; }
  # shellcheck disable=SC1091
  . "$dir/env.sh"
}

stop_sandbox() {
  [ -n "${sandbox_pid:-}" ] || return 0
  kill "$sandbox_pid" 2>/dev/null || true
  wait "$sandbox_pid" 2>/dev/null || true
  sandbox_pid=''
}

# stand_ins [SEED]: fresh ones. Their tokens leave the environment, so that only what is handed over carries them.
stand_ins() {
  stop_sandbox
  start_sandbox "$work" "$@"
  codacy=$CODACY_PROJECT_TOKEN account=$CODACY_API_TOKEN codeant=$CODEANT_API_TOKEN github=$GH_TOKEN gitlab=$GITLAB_TOKEN
  # shellcheck disable=SC2153 # of DIR/env.sh
  codacy_url=$CODACY_API_BASE_URL codeant_url=$CODEANT_API_URL github_url=$GITHUB_API_URL gitlab_url=$GITLAB_URL
  unset CODACY_PROJECT_TOKEN CODACY_API_TOKEN CODEANT_API_TOKEN CODEDIG_TOKEN GH_TOKEN GITHUB_TOKEN GITLAB_TOKEN AZURE_DEVOPS_EXT_PAT SYSTEM_ACCESSTOKEN
}

# failing_gate FILE: a seed of stand-ins whose gate fails.
failing_gate() { printf 'organizations:\n  - name: acme\n    repositories: [{name: api}]\ngates:\n  failingGates: [secret]\n' >"$1"; }

# Counting checks: each suite ends with the line "N passed, N failed".
passed=0 failed=0
ok() { passed=$((passed + 1)); printf '  ok    %s\n' "$*"; }
not_ok() { failed=$((failed + 1)); printf '  FAIL  %s\n' "$*"; }
# check WHAT COMMAND…: one check, its output shown when it fails.
check() {
  local what=$1 out
  shift
  if out=$("$@" 2>&1); then ok "$what"; else
    not_ok "$what"
    printf '%s\n' "$out" | tail -n 60 | sed 's/^/        /'
  fi
}
# What a check runs: a command that must fail, two texts that must be one, a log $work/NAME.log with a line like REGEX.
red() { ! "$@"; }
is() { [ "$1" = "$2" ] || { printf 'got  %s\nwant %s\n' "$1" "$2"; return 1; }; }
said() { grep -Eq "$2" "$work/$1.log" || { tail -n 50 "$work/$1.log"; tail -n 20 "$work/$1.err" 2>/dev/null; return 1; }; }
finish() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# serve DIR: DIR over http on a free loopback port; sets served to its address. Ended by stop_serving.
serve() {
  need_apt node=nodejs
  local log
  log=$(mktemp)
  node -e '
    const http = require("http"), fs = require("fs"), path = require("path"), root = process.argv[1];
    const server = http.createServer((req, res) => {
      const file = path.join(root, path.normalize(decodeURIComponent(new URL(req.url, "http://x").pathname)));
      fs.readFile(file, (err, text) => { res.writeHead(err ? 404 : 200); res.end(err ? "not here" : text); });
    });
    server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
  ' "$1" >"$log" &
  serve_pid=$!
  wait_for "$log" "$serve_pid" || die "the file server did not start"
  served=$(cat "$log")
  rm -f "$log"
}

stop_serving() {
  [ -n "${serve_pid:-}" ] || return 0
  kill "$serve_pid" 2>/dev/null || true
  wait "$serve_pid" 2>/dev/null || true
  serve_pid=''
}

# shared FILE: a file of the reference data beside the checkout (GATEWRIGHT_SHARED). Without it a check is skipped with
# a message, but never in CI.
shared() {
  local file=${GATEWRIGHT_SHARED:-$root/../shared}/$1
  [ -e "$file" ] || { [ "${CI:-}" = true ] && die "no reference data $file"; say "skipped: no reference data $file"; return 1; }
  printf '%s\n' "$file"
}
