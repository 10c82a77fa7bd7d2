# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Fresh Debian machines to try things on: a minimal root directory and what runs in it, in mount and
# process namespaces of its own. To be sourced after lib.sh; needs root and mmdebstrap. Whoever sources it
# sets `suite`, and may set the others.
#
# Downloaded packages and the minimal machines are kept in ~/.cache/lull-fresh-check.

: "${suite:=bookworm}"
: "${keep:=0}"         # 1: the machine is left where it is
: "${objects:=ccache}" # where compiled objects are kept, in $cache
cache="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/lull-fresh-check"
machine='' # the root directory of the fresh machine
results=()
failed=0   # 1 once a step has failed

need_machines() {
  local tool
  ((EUID == 0)) || die "fresh machines need root (chroot, mounts)"
  for tool in mmdebstrap unshare git python3; do
    have "$tool" || die "fresh machines need $tool: apt-get install mmdebstrap util-linux git python3"
  done
  mkdir -p "$cache"
}

# The Debian mirrors that this machine itself uses, for another suite. Nothing on a machine that is not
# Debian: mmdebstrap then takes its own default.
mirror_lines() {
  local host
  host="$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")"
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v host="$host" -v suite="$suite" '
      $1 == "Debian" && ($3 == host || index($3, host "-") == 1) {
        print "deb", $2, suite substr($3, length(host) + 1), $4
      }' | sort -u
}

# How this machine's apt reaches its mirrors: proxies, retries, trust in clocks.
apt_options() {
  apt-config dump --no-empty --format '%F "%v"%n' |
    grep -E '^Acquire::(Check-|http::|https::|Retries)' | sed 's/^/--aptopt=/' || true
}

make_base() {
  local base="$cache/$suite.tar" options mirrors
  if [[ -n "$(find "$base" -mtime -14 2>/dev/null)" ]]; then return 0; fi
  say "making a minimal $suite"
  mapfile -t options < <(apt_options)
  mirrors="$(mirror_lines)"
  # An empty list on standard input would mean no mirror; no argument at all means the default.
  if ! mmdebstrap --quiet --variant=minbase "${options[@]}" "$suite" "$cache/$suite.new.tar" \
    ${mirrors:+-} <<<"$mirrors" >"$cache/$suite.log" 2>&1; then
    tail -n 20 -- "$cache/$suite.log" >&2
    die "mmdebstrap failed"
  fi
  mv -- "$cache/$suite.new.tar" "$base"
}

# Sets `machine`; it goes when the script ends.
unpack_base() {
  machine="$(mktemp -d "${TMPDIR:-/tmp}/lull-$suite.XXXXXX")"
  trap remove_machine EXIT
  tar -xf "$cache/$suite.tar" -C "$machine"
  cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
  mkdir -p "$machine/var/cache/ccache" "$cache/$suite-debs" "$cache/$suite-$objects"
}

remove_machine() {
  if ((keep)); then
    say "the fresh machine is left in $machine"
  else
    # Its mounts lived in a namespace of their own and are gone.
    rm -rf --one-file-system -- "$machine"
  fi
}

# on_machine_as USER HOME DIRECTORY COMMAND...: runs it there with a clean environment. The mounts and all
# processes end with it, however it ends.
on_machine_as() {
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount --pid --fork --kill-child --propagation private bash -c '
    set -euo pipefail
    machine="$1" debs="$2" objects="$3" user="$4" home="$5" directory="$6"; shift 6
    mount -t proc proc "$machine/proc"
    mount -t sysfs -o ro sysfs "$machine/sys"
    mount --rbind /dev "$machine/dev"
    mount -t tmpfs tmpfs "$machine/dev/shm"
    mount --bind "$debs" "$machine/var/cache/apt/archives"
    mount --bind "$objects" "$machine/var/cache/ccache"
    if [[ "$user" != root ]]; then chroot "$machine" chown "$user:" /var/cache/ccache; fi
    exec chroot --userspec="$user:$user" "$machine" /usr/bin/env -i HOME="$home" USER="$user" LANG=C.UTF-8 \
      TERM=dumb CCACHE_DIR=/var/cache/ccache PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      bash -c "cd -- \"\$0\" && exec \"\$@\"" "$directory" "$@"
  ' fresh "$machine" "$cache/$suite-debs" "$cache/$suite-$objects" "$@"
}

# step NAME COMMAND...: runs it and remembers how it went.
step() {
  local name="$1" started="$SECONDS" outcome=ok
  shift
  say "$suite: $name"
  "$@" || outcome="FAILED ($?)"
  # shellcheck disable=SC2034  # for those who source this
  if [[ "$outcome" != ok ]]; then failed=1; fi
  results+=("$(printf '%-44s %-12s %5d s' "$name" "$outcome" "$((SECONDS - started))")")
}
