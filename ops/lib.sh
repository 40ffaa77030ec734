# What the scripts of this folder share; sourced, never run.
# shellcheck shell=bash
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# say TEXT: one line of progress, on stderr, so that stdout stays for results.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die TEXT: ends the script; the text says what the reader can do.
die() {
  say "$*"
  exit 1
}
