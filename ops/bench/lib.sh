# What the benchmarks share; sourced, never run.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Where everything lies that a benchmark makes; gone when it ends. On the disk
# that BENCH_DIR names, because durable writes are measured on it.
open_bench() {
  [[ ${BENCH_SECONDS:-1}${BENCH_ROUNDS:-1} =~ ^[1-9][0-9]*$ ]] ||
    die "BENCH_SECONDS and BENCH_ROUNDS are whole numbers"
  umask 077
  [ -z "${BENCH_NICE:-}" ] || raise_priority "$BENCH_NICE"
  bench=$(mktemp -d "${BENCH_DIR:-/var/tmp}/signalbox-bench-XXXXXX")
  started=()
  trap close_bench EXIT
  trap 'exit 130' INT TERM
}

# raise_priority NICE: for all sides alike, on a machine that others use at the
# same time. Where the kernel groups processes by session, only the group's
# priority counts against other sessions: it goes back when the script ends.
raise_priority() {
  renice -n "$1" -p $$ >/dev/null
  if [ -w /proc/$$/autogroup ]; then
    group_nice=$(sed 's/.* //' /proc/$$/autogroup)
    echo "$1" >/proc/$$/autogroup
  fi
}

close_bench() {
  local pid
  [ -z "${group_nice:-}" ] || echo "$group_nice" >/proc/$$/autogroup
  for pid in ${started[@]+"${started[@]}"}; do
    kill "$pid" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$bench"
}

# start LOG COMMAND...: in the background; it ends with the script.
start() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  last_pid=$!
  started+=("$last_pid")
}

# need PACKAGE...: installs those that are absent.
need() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = \
      installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  local as_root=(env)
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  {
    "${as_root[@]}" apt-get update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install --yes --no-install-recommends "${missing[@]}"
  } >"$bench/apt.log" 2>&1 || {
    tail -n 20 "$bench/apt.log" >&2
    die "cannot install ${missing[*]}: do it as root, then try again"
  }
}

# build_release TARGET...: in build/release, unless BENCH_BUILD names a build.
# Sets build.
build_release() {
  build=${BENCH_BUILD:-$repository/build/release}
  if [ -n "${BENCH_BUILD:-}" ]; then return; fi
  "$repository/ops/install" --build-only
  # The option is kept by the build directory.
  (cd "$repository" && cmake --preset release -DSIGNALBOX_BENCH=ON) \
    >"$bench/configure.log" 2>&1 || die "$(tail -n 20 "$bench/configure.log")"
  "$repository/ops/build" release "$@"
}

# free_port: prints a port on which nobody listens.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  die "no free port on the loopback"
}

# wait_for WHAT COMMAND...: until the command succeeds, 15 s at most.
wait_for() {
  local what=$1
  shift
  for _ in {1..150}; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  tail -n 20 "$bench"/*.log >&2 || true
  die "$what does not come up"
}

# serve_ledger [PREFIX...]: makes a ledger and serves it, the server behind the
# prefix (taskset ...), with what create_options and serve_options hold. Sets
# server_pid, url (of the ledger) and token.
create_options=()
serve_options=()
serve_ledger() {
  create_ledger "$bench/data"
  serve_data "$bench/data" "$@"
}

# create_ledger DIR
create_ledger() {
  program=$build/app/signalbox
  [ -x "$program" ] || die "there is no $program"
  [ -e "$bench/passphrase" ] ||
    head -c 32 /dev/urandom | base64 -w 0 >"$bench/passphrase"
  "$program" ledger create --data "$1" \
    --passphrase-file "$bench/passphrase" \
    ${create_options[@]+"${create_options[@]}"} >"$bench/create.log" 2>&1 ||
    die "$(cat "$bench/create.log")"
}

# serve_data DIR [PREFIX...]: sets server_pid, url and token.
serve_data() {
  local data=$1 port
  shift
  port=$(free_port)
  start "$bench/signalbox.log" "$@" "$program" serve --data "$data" \
    --passphrase-file "$bench/passphrase" --listen "127.0.0.1:$port" \
    --workers 1 --log-level warning ${serve_options[@]+"${serve_options[@]}"}
  server_pid=$last_pid
  url=http://127.0.0.1:$port/v1/ledgers/main
  token=$(cat "$data/admin.token")
  wait_for signalbox curl -sf "http://127.0.0.1:$port/readyz/write"
}

# make_profiles COUNT: profiles bench-0 and so on of one client family.
make_profiles() {
  local i
  for ((i = 0; i < $1; ++i)); do
    curl -sf -o "$bench/profile" -X PUT -H "Authorization: Bearer $token" \
      -H 'Content-Type: application/json' -d '{}' \
      "$url/clients/claude-code/profiles/bench-$i" ||
      die "the profile was not made"
  done
}

# cpu_of PID: microseconds that its threads ran for, user and system.
cpu_of() {
  local fields
  fields=$(sed 's/.*) //' "/proc/$1/stat")
  # shellcheck disable=SC2086
  set -- $fields
  echo $(((${12} + ${13}) * 1000000 / $(getconf CLK_TCK)))
}

# rss_of PID: resident KiB.
rss_of() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }

# note_idle TEXT: says how idle the processors are before what TEXT names, so
# that a reader can tell a quiet round from a disturbed one.
note_idle() {
  local before after
  before=$(idle_ticks)
  sleep 0.3
  after=$(idle_ticks)
  say "$1: processors $(awk -v a="$before" -v b="$after" 'BEGIN {
    split(a, x); split(b, y)
    printf "%.0f", 100 * (y[1] - x[1]) / (y[2] - x[2]) }') % idle before"
}

# Idle ticks and all ticks since the machine started.
idle_ticks() {
  awk '/^cpu / { for (i = 2; i <= 9; i++) all += $i; print $5 + $6, all }' \
    /proc/stat
}

# keep NAME VALUE, median NAME: the values of a figure over the rounds.
keep() { echo "$2" >>"$bench/$1.values"; }

median() {
  sort -g "$bench/$1.values" | awk '{ x[NR] = $1 }
    END { h = int((NR + 1) / 2); print NR % 2 ? x[h] : (x[h] + x[h + 1]) / 2 }'
}

# range NAME: the least and the greatest value.
range() { sort -g "$bench/$1.values" | sed -n '1p;$p' | paste -sd ' '; }

# publish_steadily PROFILES PER_SECOND SECONDS [PREFIX...]: in turn to
# profiles that make_profiles made.
steady_runs=0
publish_steadily() {
  local profiles=$1 pace=$2 seconds=$3
  shift 3
  steady_runs=$((steady_runs + 1))
  "$@" python3 "$repository/ops/bench/publish_steadily.py" \
    "$url/clients/claude-code/profiles" "$token" "$profiles" "$pace" \
    "$seconds" "run-$steady_runs-$RANDOM" >/dev/null
}

# figure NAME OURS PEER GOAL [UNIT]: one line of the result; PEER and GOAL may
# be 'none'.
figure() {
  awk -v name="$1" -v ours="$2" -v peer="$3" -v goal="$4" -v unit="${5:-}" '
    function text(x) { return sprintf(x < 100 ? "%.2f" : "%.0f", x) unit }
    BEGIN {
      ratio = peer == "none" ? "none" : sprintf("%.2f", ours / peer)
      printf "%s ours=%s peer=%s ratio=%s goal=%s\n", name, text(ours),
        peer == "none" ? peer : text(peer), ratio, goal
    }'
}

# aim NAME OURS AIM [UNIT]: a figure without a peer, against what it should be
# at most.
aim() {
  awk -v name="$1" -v ours="$2" -v aim="$3" -v unit="${4:-}" 'BEGIN {
    printf "%s ours=%.4g%s peer=none ratio=%.3f goal=<=1.0 aim=%s%s\n",
      name, ours, unit, ours / aim, aim, unit }'
}

# versus NAME OURS PEER GOAL [UNIT]: a figure of the medians of what was kept
# under two names, with the ranges on stderr.
versus() {
  say "$1: ours $(range "$2"), peer $(range "$3")"
  figure "$1" "$(median "$2")" "$(median "$3")" "$4" "${5:-}"
}
