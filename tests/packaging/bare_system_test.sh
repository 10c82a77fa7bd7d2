#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The agent where nothing is that desktops have: no systemd, no message bus, no runtime directory, no sysfs and with
# it no control groups, a kernel that counts no pressure, no language, no XDG variable. It must start, say what it
# lacks, do its work and end. Those are hidden in a mount namespace.
#
#   bare_system_test.sh LULL
# Exit code 77: no namespaces here.
set -euo pipefail

if [[ "${2:-}" != inside ]]; then
  if ! unshare --user --map-root-user --mount true 2>/dev/null; then
    echo 'skipped: user namespaces are not allowed here'
    exit 77
  fi
  exec unshare --user --map-root-user --mount --propagation private "$0" "$1" inside
fi

lull="$1"
place="$(mktemp -d)"
agent=''
end() {
  if [[ -n "$agent" ]]; then kill -KILL "$agent" 2>/dev/null || true; fi
  rm -rf -- "$place"
}
trap end EXIT
mkdir -p "$place"/home/.cache/mine "$place"/home/.config/lull/rules.d "$place"/tmp
for directory in /run /sys /proc/pressure; do
  if [[ -d "$directory" ]]; then mount -t tmpfs none "$directory"; fi
done
for number in 1 2 3; do echo junk >"$place/home/.cache/mine/$number"; done
cat >"$place/home/.config/lull/rules.d/mine.toml" <<'RULE'
[[rule]]
id = "mine"
title = "Files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
RULE

# (The sanitizers' options are about the test, not about the system.)
bare=(env -i HOME="$place/home" TMPDIR="$place/tmp" PATH=/usr/bin:/bin ASAN_OPTIONS="${ASAN_OPTIONS:-}"
  UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" TSAN_OPTIONS="${TSAN_OPTIONS:-}" "$lull")

fail() {
  printf '%s\n' "$@"
  echo '--- the agent said:'
  cat -- "$place/agent.log"
  exit 1
}

# expect CODES WORDS...: the command ends with one of the codes; what it said is in $place/out and err.
expect() {
  local codes="$1" code=0
  shift
  "${bare[@]}" "$@" >"$place/out" 2>"$place/err" </dev/null || code=$?
  [[ " $codes " == *" $code "* ]] || fail "lull $* ended with $code" "$(cat -- "$place/out" "$place/err")"
}

# Without an agent first.
: >"$place/agent.log"
expect '0' status --json
expect '4' run scan

"${bare[@]}" agent >"$place/agent.out" 2>"$place/agent.log" </dev/null &
agent=$!
until "${bare[@]}" status --json 2>/dev/null | grep -q '"pid":'; do
  kill -0 "$agent" 2>/dev/null || fail 'the agent ended'
done
for words in 'top --json' 'scan --json' 'clean --yes --category mine' 'undo' 'history' 'jobs' 'why scan' 'why relief' \
  'optimize --dry-run' 'metrics' 'rules' 'config' 'pause 1h' 'resume' 'run scan'; do
  # shellcheck disable=SC2086  # words of a command
  expect '0 3' $words
done
[[ "$(cat "$place"/home/.cache/mine/* | sort -u)" == junk ]] || fail 'undo did not give everything back'

# What is not known is said to be unknown, never nought; and a level says what it goes by.
expect '0' status --json
grep -q '"some_avg10": *null' "$place/out" || fail 'stalls are known, from where?' "$(cat "$place/out")"
grep -q '"basis": *"available_memory"' "$place/out" || fail 'the level goes by what?' "$(cat "$place/out")"
grep -q 'no status-notifier host was found' "$place/agent.log" || fail 'nothing was said of the tray'

kill -TERM "$agent"
code=0
wait "$agent" || code=$?
agent=''
[[ "$code" == 0 ]] || fail "it ended with $code"
grep -q 'stopped' "$place/agent.log" || fail 'it did not stop in order'
if grep -E '^error:|terminate called|runtime error|Sanitizer' "$place/agent.log"; then fail 'something broke'; fi
