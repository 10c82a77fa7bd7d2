// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"

namespace lull::model {

enum class ScopeState : std::uint8_t {
  kRead,          // every figure that is not optional holds
  kGone,          // it ended between being listed and being read: as normal as a process ending
  kNoController,  // it is there, but the kernel keeps no memory figures for it
  kUnreadable,    // a file could not be read or understood: see os_error
};
constexpr std::string_view scope_state_name(ScopeState state) {
  switch (state) {
    case ScopeState::kRead:
      return "read";
    case ScopeState::kGone:
      return "gone";
    case ScopeState::kNoController:
      return "no-controller";
    case ScopeState::kUnreadable:
      return "unreadable";
  }
  return "unreadable";
}

// One app as systemd's user manager runs it: a scope or service and everything below it, by its
// cgroup (Documentation/admin-guide/cgroup-v2.rst). Bytes; counters are pages since it began.
struct ScopeReading {
  std::string unit;             // its way below the app slice: "app-firefox-4711.scope"
  std::uint64_t cgroup_id = 0;  // inode of its directory: a unit of the same name later has another
  ScopeState state = ScopeState::kGone;
  int os_error = 0;  // of the read that failed; 0 for text that makes no sense

  std::uint64_t current_bytes = 0;             // memory.current: all it is charged for
  std::optional<std::uint64_t> swap_bytes;     // memory.swap.current; nullopt: no swap accounting
  std::uint64_t anonymous_bytes = 0;           // heaps and stacks
  std::uint64_t file_bytes = 0;                // page cache, tmpfs and shared memory included
  std::uint64_t inactive_anonymous_bytes = 0;  // of those, what the kernel would take first
  std::uint64_t inactive_file_bytes = 0;
  std::uint64_t refaults_anonymous = 0;  // evicted pages that were wanted again soon
  std::uint64_t refaults_file = 0;
  std::uint64_t pages_scanned = 0;  // looked at by reclaim, whoever asked for it
  std::uint64_t pages_reclaimed = 0;
  std::optional<std::uint64_t> pages_swapped_in;  // only newer kernels count these by cgroup

  std::uint64_t limit_hits = 0;  // memory.events: over memory.high, and at memory.max
  std::uint64_t oom_kills = 0;
  std::optional<std::uint64_t> cpu_us;          // cpu.stat, user and system since it began
  std::optional<double> stalled_avg60_percent;  // memory.pressure, some; nullopt without PSI
};

// One app by its name for people, whatever units and processes it has.
struct AppMemory {
  std::string name;
  std::uint64_t memory_bytes = 0;  // all its units are charged for
};

// All apps of the user's slice, each read on its own: figures of two of them may be of slightly
// different moments.
struct ScopeTree {
  base::SteadyTime taken_at{};  // before the first was read
  std::vector<ScopeReading> scopes;
  std::size_t omitted = 0;  // more than a reading holds
};

}  // namespace lull::model
