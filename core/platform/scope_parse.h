// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/app_scope.h"
#include "core/platform/cgroup_parse.h"

// Pure readers of the files of a cgroup of version 2. Safe on any bytes.
namespace lull::platform {

// Each fills its part of `scope`; false if the text lacks what every kernel writes, or has a number
// that is none, and then what was filled means nothing.
bool parse_scope_memory(std::string_view memory_stat, model::ScopeReading& scope);
bool parse_scope_events(std::string_view memory_events, model::ScopeReading& scope);
// usage_usec of cpu.stat; nullopt if it is not there.
std::optional<std::uint64_t> parse_scope_cpu(std::string_view cpu_stat);

// Whether a cgroup's directory is that of an app (a unit with processes), or of a slice, which only
// holds others. Anything else is none of ours.
enum class UnitKind : std::uint8_t { kOther, kUnit, kSlice };
UnitKind unit_kind(std::string_view name);

// Where the apps of `user_id` are, from where this process is: the directory "app.slice" of their
// user manager ("user@1000.service"), whether we run in it or beside it in a login session.
struct AppSlice {
  std::string directory;
  std::string own_unit;  // ours, as in ScopeReading::unit; empty if we are not below it
};
// nullopt with version 1, with no slice of that user above us, or hidden by a namespace.
std::optional<AppSlice> find_app_slice(const CgroupPlace& place, unsigned user_id);

}  // namespace lull::platform
