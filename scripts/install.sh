#!/bin/sh
# Installs the gatewright that this very file names, after checking it against the checksums this very file holds.
#
#   sh install.sh [--to DIR | --cache DIR] [--version]
#
# DIR is where the program goes, /usr/local/bin or ~/.local/bin if left out; in a cache each version has a folder of its
# own below DIR. The file it was put in is printed on stdout. GATEWRIGHT_DOWNLOAD_URL names a mirror of the release page.
# What cannot be verified is not installed, and a program that is there already is used only if it is the very one.
set -eu

# pins: begin
version=''
sums='
'
# pins: end

die() { printf 'install gatewright: %s\n' "$*" >&2; exit 1; }

sha256() {
  if command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1" # by far the fastest
  elif command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
  elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
  else die "no openssl, sha256sum or shasum to verify with"
  fi | cut -d' ' -f1
}

# expected NAME: the pinned checksum of a release file.
expected() {
  while read -r sum file; do
    if [ "$file" = "$1" ]; then printf '%s\n' "$sum"; fi
  done <<EOF
$sums
EOF
}

# fetch URL FILE: a server that does not answer ends in seconds, not with the job's time. What the program itself trusts, a
# company's authority in NODE_EXTRA_CA_CERTS, curl and wget do not read.
fetch() {
  command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1 ||
    die "no curl or wget to download with: install one, or put a gatewright on the machine and name it (gatewright-binary in the actions)"
  get "$1" "$2" 2>"$2.said" && return
  if [ -r "${NODE_EXTRA_CA_CERTS:-}" ] && get "$1" "$2" "$NODE_EXTRA_CA_CERTS" 2>/dev/null; then return; fi
  cat "$2.said" >&2
  return 1
}

# get URL FILE [AUTHORITIES]
get() {
  if command -v curl >/dev/null 2>&1; then
    # The address goes in on standard input: all users of a machine see the arguments of its processes.
    printf 'url = "%s"\n' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')" |
      curl --fail --silent --show-error --location --globoff --retry 3 --connect-timeout 20 --max-time 300 --proto '=https,http,file' \
        ${3:+--cacert "$3"} --output "$2" --config - 2>"$2.log" || { shown <"$2.log" >&2; return 1; }
  else
    # Busybox' wget has no time limit that can be trusted; timeout, where there is one, is the limit then.
    if wget --version 2>/dev/null | grep -q GNU; then
      printf '%s\n' "$1" | wget -q --tries=3 --timeout=30 ${3:+--ca-certificate="$3"} -O "$2" -i - 2>"$2.log" || { shown <"$2.log" >&2; return 1; }
      return
    fi
    limit=''
    if command -v timeout >/dev/null 2>&1; then limit='timeout 300'; fi
    $limit wget -q -O "$2" "$1" 2>"$2.log" || { shown <"$2.log" >&2; return 1; }
  fi
}

# shown: standard input without user names and passwords of addresses, which may hold any character.
shown() { sed 's#://.*@#://…@#'; }

to='' cache=''
while [ $# -gt 0 ]; do
  case $1 in
  --to) [ -n "${2:-}" ] || die "--to needs a folder"; to=$2; shift ;;
  --cache) [ -n "${2:-}" ] || die "--cache needs a folder"; cache=$2; shift ;;
  --version) printf '%s\n' "$version"; exit 0 ;;
  -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) die "unknown argument $1; known: --to DIR, --cache DIR, --version" ;;
  esac
  shift
done

[ -n "$version" ] || die "this copy names no release: use a tag such as v1, or install.sh from a release page"

case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
MINGW* | MSYS* | CYGWIN*) os=windows ;;
*) die "no release for $(uname -s); known: Linux, macOS, Windows" ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) die "no release for $(uname -m); known: amd64, arm64" ;;
esac
exe=''
[ $os = windows ] && exe=.exe
name=gatewright_${os}_${arch}

[ -z "$cache" ] || to=$cache/$version/$arch
if [ -z "$to" ]; then
  to=/usr/local/bin
  [ -w "$to" ] || to=${HOME:-}/.local/bin
  [ "$to" != /.local/bin ] || die "/usr/local/bin is not writable and HOME is not set: name a folder with --to"
fi
target=$to/gatewright$exe
binary_sum=$(expected "$name$exe")
archive_sum=$(expected "$name.tar.gz")
if [ -z "$binary_sum" ] || [ -z "$archive_sum" ]; then die "release $version has no $name"; fi

[ ! -d "$target" ] || die "$target is a folder: name another with --to"
if [ -f "$target" ] && [ "$(sha256 "$target")" = "$binary_sum" ]; then
  printf '%s\n' "$target"
  exit 0
fi

mkdir -p "$to" || die "cannot make the folder $to: name another with --to"
# Beside the target, so that the last move is atomic.
tmp=$(mktemp -d "$to/.gatewright.XXXXXX") || die "cannot write to the folder $to: name another with --to"
trap 'rm -rf "$tmp"' EXIT INT TERM
mirror=${GATEWRIGHT_DOWNLOAD_URL:-https://github.com/gatewright/gatewright/releases/download}
host=${mirror#*://}
case ${host#"${host%%[/?#]*}"} in
*@*) die "an @ stands behind the host of GATEWRIGHT_DOWNLOAD_URL: write / in a password as %2F, ? as %3F, # as %23; in a path @ as %40" ;;
esac
url=$mirror/v$version/$name.tar.gz
shown=$(printf '%s\n' "$url" | shown)
fetch "$url" "$tmp/archive" || die "cannot download $shown"
got=$(sha256 "$tmp/archive")
[ "$got" = "$archive_sum" ] || die "$shown has SHA-256 $got, but release $version has $archive_sum: not installed"
tar -xzf "$tmp/archive" -C "$tmp" "gatewright$exe"
got=$(sha256 "$tmp/gatewright$exe")
[ "$got" = "$binary_sum" ] || die "the program in $shown has SHA-256 $got, not $binary_sum: not installed"
chmod 755 "$tmp/gatewright$exe"
mv -f "$tmp/gatewright$exe" "$target"
printf 'gatewright %s, verified\n' "$version" >&2
printf '%s\n' "$target"
