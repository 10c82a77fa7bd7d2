#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What the autostart entry does, with a `systemctl` and a `lull` that only write down how they were called.
#
#   start_session_test.sh packaging/linux/start-session.in
set -euo pipefail
place="$(mktemp -d)"
trap 'rm -rf -- "$place"' EXIT
mkdir "$place/bin"
sed "s,@CMAKE_INSTALL_FULL_BINDIR@,$place/bin," "$1" >"$place/start-session"
cat >"$place/bin/lull" <<'FAKE'
#!/bin/sh
echo "lull $*" >>"$CALLS"
FAKE
cat >"$place/systemctl" <<'FAKE'
#!/bin/sh
case "$2" in
  show-environment) exit "$MANAGER" ;;
  is-enabled) echo "$STATE"; [ "$STATE" = enabled ] ;;
  *) echo "systemctl $*" >>"$CALLS" ;;
esac
FAKE
chmod +x "$place/bin/lull" "$place/systemctl"
failed=0

# expect NAME WANTED [VARIABLE=VALUE...]: one line a call.
expect() {
  local name="$1" wanted="$2" found
  shift 2
  : >"$place/calls"
  env -i PATH="$place/bin:/usr/bin:/bin" CALLS="$place/calls" MANAGER=0 STATE=enabled "$@" sh "$place/start-session" || true
  found="$(paste -sd';' "$place/calls")"
  if [[ "$found" != "$wanted" ]]; then
    printf '%s: called "%s", wanted "%s"\n' "$name" "$found" "$wanted"
    failed=1
  fi
}

# (A path that begins with a place without systemctl still finds the system's; one that fails stands for none.)
printf '#!/bin/sh\nexit 127\n' >"$place/bin/systemctl" && chmod +x "$place/bin/systemctl"
expect 'no service manager program' 'lull agent'
cp -- "$place/systemctl" "$place/bin/systemctl"
expect 'a manager that does not answer' 'lull agent' MANAGER=1
expect 'the unit is on' 'systemctl --user start lull.service'
expect 'the unit is on, in a session with a display' \
  'systemctl --user import-environment DISPLAY;systemctl --user import-environment XAUTHORITY;systemctl --user start lull.service' \
  DISPLAY=:0 XAUTHORITY=/tmp/x
expect 'the unit is static' 'systemctl --user start lull.service' STATE=static
expect 'somebody switched it off' '' STATE=disabled
expect 'somebody forbade it' '' STATE=masked
expect 'the manager knows no such unit' 'lull agent' STATE=not-found
exit "$failed"
