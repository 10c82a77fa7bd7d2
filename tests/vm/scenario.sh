#!/bin/bash
# SPDX-License-Identifier: MIT
# Within the machine, as alice: one scenario, its figures as lines "KEY VALUE".
#   arrival MIB on|off|ahead   an idle app of 300 MiB, a busy one of 200, films read once; relief is asked for, or
#                        makes room by itself before anybody needs it, or does nothing; an application of MIB
#                        arrives; the user goes back to the idle app
#   touched              the idle app is touched while it is taken from
#   calm                 ten minutes of the agent with nothing to do
#   facilities           what `lull optimize` says here
out=/var/lib/lull-vm/out
milliseconds() { awk -v kind="$1" '$1 == kind { sub(".*total=", ""); printf "%d\n", $0 / 1000 }' /proc/pressure/memory; }
counter() { awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat; }
available() { awk '/^MemAvailable/ { printf "%d\n", $2 / 1024 }' /proc/meminfo; }
wait_for() { until [ -s "$1" ]; do sleep 0.1; done; }
app() { # NAME WORD...: an app of its own
  local name="$1"
  shift
  systemd-run --user --quiet --collect --slice=app.slice --unit="app-$name" -- /var/lib/lull-vm/lull_memory_load "$@"
}

swap_state() { # WHEN
  echo "swap_used_mib_$1 $(awk '/^SwapTotal/ { t = $2 } /^SwapFree/ { f = $2 } END { printf "%d", (t - f) / 1024 }' /proc/meminfo)"
  if [ -r /sys/block/zram0/mm_stat ]; then
    # bytes as they were, compressed, and in all
    echo "zram_mib_$1 $(awk '{ printf "%d %d %d", $1 / 1048576, $2 / 1048576, $3 / 1048576 }' /sys/block/zram0/mm_stat)"
  fi
}

slice=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice
holds() { echo $(($(cat "$slice/app-$1.service/memory.current") / 1048576)); } # MiB
refaults() { awk '/^workingset_refault/ { sum += $2 } END { print sum + 0 }' "$slice/app-$1.service/memory.stat"; }

start_idle() {
  app idle hold 300 "$out/idle.pid" "$out/idle.ms"
  wait_for "$out/idle.pid"
}
start_all() {
  start_idle
  app hot hot 150 /home/alice/hot/code "$out/hot.ready"
  wait_for "$out/hot.ready"
  cat /home/alice/Videos/film* >/dev/null
}

arrival() {
  local mib="$1" kind="$2" some full out_before hot_before
  start_all
  sleep 2
  some=$(milliseconds some) full=$(milliseconds full) out_before=$(counter pswpout)
  echo "available_before $(available)"
  echo "idle_mib_before $(holds idle)"
  hot_before=$(refaults hot)
  case "$kind" in
    on) ./lull_relief_trial optimize ;;
    ahead) ./lull_relief_trial make-room ;;
    *) sleep 45 ;;
  esac
  echo "available_after $(available)"
  echo "idle_mib_after $(holds idle)"
  # of the 200 MiB that it uses all the time
  echo "hot_refaults_permille $((($(refaults hot) - hot_before) * 1000 / 51200))"
  echo "action_some_ms $(($(milliseconds some) - some))"
  echo "action_swapped_pages $(($(counter pswpout) - out_before))"
  echo "swapped_out_pages_before_arrival $(counter pswpout)"
  swap_state before
  kill -USR1 "$(cat "$out/hot.ready")"
  app arriving arrive "$mib" 8 "$out/fill.ms"
  sleep 12
  wait_for "$out/fill.ms"
  echo "fill_ms $(cat "$out/fill.ms")"
  kill -USR1 "$(cat "$out/hot.ready")"
  wait_for "$out/hot.ready.touch"
  echo "hot_p50_p99_worst_ms $(cat "$out/hot.ready.touch")"
  echo "arrival_swapped_pages $(($(counter pswpout) - out_before))"
  swap_state after
  echo "arrival_some_ms $(($(milliseconds some) - some))"
  systemctl --user stop app-arriving 2>/dev/null
  echo "idle_mib_at_return $(holds idle)"
  kill -USR1 "$(cat "$out/idle.pid")"
  wait_for "$out/idle.ms"
  echo "return_ms $(cat "$out/idle.ms")"
  echo "total_some_ms $(($(milliseconds some) - some))"
  echo "total_full_ms $(($(milliseconds full) - full))"
}

touched() {
  start_all
  ./lull_relief_trial touched "$(cat "$out/idle.pid")"
}

calm() {
  local some swapped
  start_idle
  systemd-run --user --quiet --collect --slice=app.slice --unit=lull -E LD_LIBRARY_PATH="$LD_LIBRARY_PATH" \
    -- /var/lib/lull-vm/lull agent --no-tray
  sleep 5
  some=$(awk '$1 == "some" { sub(".*total=", ""); print }' /proc/pressure/memory) swapped=$(counter pswpout)
  sleep 600
  echo "acts $(./lull history --json | grep -o '"kind":"\(relief\|optimize\)"' | wc -l)"
  echo "swapped_pages $(($(counter pswpout) - swapped))"
  echo "some_ms $((($(awk '$1 == "some" { sub(".*total=", ""); print }' /proc/pressure/memory) - some) / 1000))"
  ./lull why make-room
  ./lull why relief
}

facilities() {
  ./lull optimize --yes
  ./lull optimize --yes --json >"$out/optimize.json"
  echo "answered $(grep -o '"outcome":"\(freed\|no-effect\|unproven\|unavailable\|skipped\)"' "$out/optimize.json" | wc -l)"
  ./lull_relief_trial touched >"$out/inside"
  cat "$out/inside"
  if grep -q '^end' "$out/inside" && ! grep -q 'cannot be asked' "$out/inside"; then echo "inside 1"; fi
}

uname -r
"$@"
