# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What every script here shares. To be sourced, after `set -euo pipefail`. All talk goes to standard
# error: standard output belongs to the program that is run.

lull_root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)"
# shellcheck disable=SC2034  # used by those who source this
lull_scripts="$lull_root/packaging/scripts"

say() { printf 'lull: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}
have() { command -v -- "$1" >/dev/null 2>&1; }

# How many compilers fit: one per core, and 1.5 GiB of available memory for each.
build_jobs() {
  local cores available_kib fit
  cores="$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)"
  available_kib="$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null || true)"
  fit=$((${available_kib:-$((cores * 1572864))} / 1572864))
  ((fit < 1)) && fit=1
  echo $((fit < cores ? fit : cores))
}

# Reads ninja's output. On a terminal shows "[12/200]" in place, elsewhere says once how much there is to do.
# (Its [0/n] lines are about the build files, not about the build.)
show_progress() {
  local what="$1" line shown=0
  while IFS= read -r line; do
    [[ "$line" =~ ^(\[[1-9][0-9]*/([0-9]+)\]) ]] || continue
    if [[ -t 2 ]]; then
      printf '\r\033[Klull: %s %s' "$what" "${BASH_REMATCH[1]}" >&2
    elif ((!shown && BASH_REMATCH[2] > 1)); then
      say "$what (${BASH_REMATCH[2]} steps)"
    fi
    shown=1
  done
  if ((shown)) && [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# The part of a log that explains a failure: from the first error on, at most 60 lines.
show_failure() {
  local log="$1" first
  first="$(grep -nE -m1 '^FAILED:|[Ee]rror:|^CMake Error|ninja: error' "$log" | cut -d: -f1 || true)"
  tail -n "+${first:-1}" -- "$log" | head -n 60 >&2
  say "the whole log: $log"
}

# configure PRESET: runs cmake when the build directory is new, was moved, or is older than the presets.
# (Whatever else changes, the build itself notices.)
configure() {
  local preset="$1" build="$lull_root/build/$1" fresh=()
  local log="$build/configure.log" stamp="$build/.configured"
  mkdir -p "$build"
  if [[ -f "$build/build.ninja" && "$stamp" -nt "$lull_root/CMakePresets.json" ]] &&
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$lull_root" "$build/CMakeCache.txt"; then
    return 0
  fi
  if [[ -f "$build/CMakeCache.txt" ]]; then fresh=(--fresh); fi
  say "configuring build/$preset"
  if ! (cd "$lull_root" && cmake --preset "$preset" "${fresh[@]}") >"$log" 2>&1; then
    show_failure "$log"
    die "configuring failed"
  fi
  touch "$stamp"
}

# build PRESET [TARGET...]: builds quietly; one build at a time per directory.
build() {
  local preset="$1" build="$lull_root/build/$1" log targets=()
  shift
  log="$build/build.log"
  if (($#)); then targets=(--target "$@"); fi
  if ! cmake --build "$build" --parallel "$(build_jobs)" "${targets[@]}" 2>&1 |
    tee "$log" | show_progress "building build/$preset"; then
    show_failure "$log"
    die "the build failed"
  fi
}

# configure_and_build PRESET [TARGET...]: both, under one lock, so that two calls do not collide.
configure_and_build() {
  mkdir -p "$lull_root/build/$1"
  (
    flock 9
    configure "$1" 9>&-
    build "$@" 9>&-
  ) 9>"$lull_root/build/$1/.lock"
}
