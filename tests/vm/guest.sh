#!/bin/bash
# SPDX-License-Identifier: MIT
# Within the machine, as root: swap, then scenario.sh as alice in her own user manager. What is said goes out
# by a port of the machine.
exec >/dev/virtio-ports/lull.out 2>&1
cd /var/lib/lull-vm || exit 1
chmod -R a+rX . && chmod 755 lull lull_relief_trial lull_memory_load ./*.sh
mkdir -m 777 -p out
mapfile -t words <words
swap=$(sed -n 's/.*lull.swap=\([a-z]*\).*/\1/p' /proc/cmdline)
if [ "$swap" = disk ]; then
  # The kernel takes every virtual disk for one that turns.
  echo 0 >/sys/block/vdc/queue/rotational
  mkswap /dev/vdc >/dev/null && swapon /dev/vdc
fi
if [ "$swap" = zram ]; then
  modprobe zram && echo zstd >/sys/block/zram0/comp_algorithm
  echo 768M >/sys/block/zram0/disksize
  mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
fi
for _ in $(seq 100); do
  [ -S /run/user/1000/bus ] && break
  sleep 0.1
done
sync
echo 3 >/proc/sys/vm/drop_caches
as_alice=(runuser -u alice -- env HOME=/home/alice XDG_RUNTIME_DIR=/run/user/1000
  DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus LD_LIBRARY_PATH=/var/lib/lull-vm/lib)
# The same outside of her manager: no app can be asked from there.
if [ "${words[0]}" = facilities ]; then
  if "${as_alice[@]}" ./lull_relief_trial touched | grep -q 'end apps cannot be asked'; then echo "outside 1"; fi
fi
"${as_alice[@]}" systemd-run --user --quiet --pipe --wait --collect --unit=lull-vm-job \
  --working-directory=/var/lib/lull-vm -E HOME=/home/alice -E LD_LIBRARY_PATH=/var/lib/lull-vm/lib \
  -E XDG_RUNTIME_DIR=/run/user/1000 -- ./scenario.sh "${words[@]}"
echo "ended"
sync
