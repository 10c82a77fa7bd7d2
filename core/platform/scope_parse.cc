// SPDX-License-Identifier: MIT
#include "core/platform/scope_parse.h"

#include <algorithm>
#include <array>

#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using model::ScopeReading;

struct Key {
  std::string_view name;
  std::uint64_t ScopeReading::*field;
};

// In the kernel's order (mm/memcontrol.c, memory_stats and memcg_vm_event_stat): each is looked for
// from where the last was found, so that a line costs one comparison.
constexpr std::array kMemoryKeys = {
    Key{"anon", &ScopeReading::anonymous_bytes},
    Key{"file", &ScopeReading::file_bytes},
    Key{"inactive_anon", &ScopeReading::inactive_anonymous_bytes},
    Key{"inactive_file", &ScopeReading::inactive_file_bytes},
    Key{"workingset_refault_anon", &ScopeReading::refaults_anonymous},
    Key{"workingset_refault_file", &ScopeReading::refaults_file},
    Key{"pgscan", &ScopeReading::pages_scanned},
    Key{"pgsteal", &ScopeReading::pages_reclaimed},
};
constexpr unsigned kNeeded = 0b1111;  // the bytes; counters came one by one with newer kernels

const Key* find_key(std::string_view name, std::size_t& next) {
  for (std::size_t tried = 0; tried < kMemoryKeys.size(); ++tried) {
    const std::size_t at = (next + tried) % kMemoryKeys.size();
    if (kMemoryKeys[at].name != name) continue;
    next = at + 1;
    return &kMemoryKeys[at];
  }
  return nullptr;
}

// "name number", nothing else.
bool split(std::string_view line, std::string_view& name, std::string_view& number) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return false;
  name = line.substr(0, blank);
  number = line.substr(blank + 1);
  return true;
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool parse_scope_memory(std::string_view memory_stat, ScopeReading& scope) {
  unsigned found = 0;
  std::size_t next = 0;
  std::string_view line, name, number;
  while (take_line(memory_stat, line)) {
    if (!split(line, name, number)) return false;
    const bool swapped_in = name == "pswpin";
    const Key* key = swapped_in ? nullptr : find_key(name, next);
    if (!swapped_in && key == nullptr) continue;
    const auto value = to_number(number);
    if (!value) return false;
    if (swapped_in) {
      scope.pages_swapped_in = value;
      continue;
    }
    scope.*key->field = *value;
    found |= 1u << (key - kMemoryKeys.data());
  }
  return (found & kNeeded) == kNeeded;
}

bool parse_scope_events(std::string_view memory_events, ScopeReading& scope) {
  bool found = false;
  std::string_view line, name, number;
  scope.limit_hits = 0;
  while (take_line(memory_events, line)) {
    if (!split(line, name, number)) return false;
    const auto value = to_number(number);
    if (!value) return false;
    if (name == "high" || name == "max") scope.limit_hits += *value;
    if (name != "oom_kill") continue;
    scope.oom_kills = *value;
    found = true;
  }
  return found;
}

std::optional<std::uint64_t> parse_scope_cpu(std::string_view cpu_stat) {
  std::string_view line, name, number;
  while (take_line(cpu_stat, line))
    if (split(line, name, number) && name == "usage_usec") return to_number(number);
  return std::nullopt;
}

UnitKind unit_kind(std::string_view name) {
  if (name.ends_with(".scope") || name.ends_with(".service")) return UnitKind::kUnit;
  return name.ends_with(".slice") ? UnitKind::kSlice : UnitKind::kOther;
}

std::optional<AppSlice> find_app_slice(const CgroupPlace& place, unsigned user_id) {
  if (place.version != CgroupVersion::kV2 || place.directories.empty()) return std::nullopt;
  const std::string user = std::to_string(user_id);
  const std::string manager = "user@" + user + ".service";
  const std::string slice = "user-" + user + ".slice";
  for (const std::string& directory : place.directories) {
    const bool is_manager = last_name(directory) == manager;
    if (!is_manager && last_name(directory) != slice) continue;
    AppSlice found{directory + (is_manager ? "/app.slice" : "/" + manager + "/app.slice"), {}};
    const std::string& own = place.directories.front();
    if (own.starts_with(found.directory + "/"))
      found.own_unit = own.substr(found.directory.size() + 1);
    return found;
  }
  return std::nullopt;
}

}  // namespace lull::platform
