// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/process.h"
#include "core/model/system.h"

// Pure readers of /proc/stat, /proc/loadavg and /proc/PID/stat. `file` only names the source in
// errors, which are kMalformed. Safe on any bytes.
namespace lull::platform {

// The first line of /proc/stat. Guest time is already in user; iowait and idle are not busy.
base::Result<model::CpuTimes> parse_cpu_times(std::string_view text, std::string_view file);
// The number of "cpuN" lines: the cores that are online.
unsigned count_cores(std::string_view text);
// "btime": seconds since the epoch at which the machine was started.
std::optional<std::uint64_t> parse_boot_time(std::string_view text);

// The first number of /proc/loadavg.
base::Result<double> parse_load(std::string_view text, std::string_view file);

// The factors between the kernel's units and ours.
struct StatUnits {
  std::uint64_t ns_per_tick = 10'000'000;
  std::uint64_t page_bytes = 4096;
};
// Fills everything but the uid; false if the text is not one of /proc/PID/stat. The name is what
// stands between the first '(' and the last ')': it may itself contain both, and blanks. Reuses the
// memory of `process.name`.
bool parse_process_stat(std::string_view text, const StatUnits& units, model::RawProcess& process);
// Whether it has a controlling terminal (tty_nr, the seventh field, is not 0). False for other
// text.
bool has_controlling_terminal(std::string_view process_stat);

}  // namespace lull::platform
