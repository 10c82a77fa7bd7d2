// SPDX-License-Identifier: MIT
#include "core/platform/stat_parse.h"

#include <limits>

#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using base::ErrorCode;
using base::fail;

// The kernel's limit for names, of kernel threads with their work (fs/proc/array.c: tcomm[64]).
constexpr std::size_t kLongestName = 64;

// Fields that are not needed; the kernel parts them by one blank each.
bool skip_fields(std::string_view& rest, int count) {
  std::size_t at = 0;
  for (; at < rest.size() && count > 0; ++at) count -= rest[at] == ' ';
  rest.remove_prefix(at);
  return count == 0;
}

bool take_field(std::string_view& rest, std::uint64_t& value) {
  if (!take_number(rest, value) || !rest.starts_with(' ')) return false;
  rest.remove_prefix(1);
  return true;
}

// A resident set may be shown below zero for a moment: the kernel's counters are per CPU.
bool take_pages(std::string_view& rest, std::uint64_t& pages) {
  if (!rest.starts_with('-')) return take_number(rest, pages);
  rest.remove_prefix(1);
  const bool is_number = take_number(rest, pages);
  pages = 0;
  return is_number;
}

}  // namespace

base::Result<model::CpuTimes> parse_cpu_times(std::string_view text, std::string_view file) {
  const auto malformed = [&] {
    return fail(ErrorCode::kMalformed, "does not begin with the line of all processors",
                std::string(file));
  };
  std::string_view line;
  if (!take_line(text, line) || take_word(line) != "cpu") return malformed();
  // user nice system idle iowait irq softirq steal guest guest_nice; old kernels end earlier.
  constexpr int kIdle = 3, kIoWait = 4, kSteal = 7;
  model::CpuTimes times;
  std::uint64_t value = 0;
  int field = 0;
  for (; field <= kSteal && take_number(line, value); ++field) {
    times.total_ticks += value;
    if (field != kIdle && field != kIoWait) times.busy_ticks += value;
  }
  if (field <= kIdle) return malformed();
  return times;
}

unsigned count_cores(std::string_view text) {
  unsigned cores = 0;
  std::string_view line;
  while (take_line(text, line)) {
    if (!line.starts_with("cpu")) break;
    if (line.size() > 3 && line[3] >= '0' && line[3] <= '9') ++cores;
  }
  return cores;
}

std::optional<std::uint64_t> parse_boot_time(std::string_view text) {
  std::string_view line;
  while (take_line(text, line))
    if (take_word(line) == "btime") return to_number(line);
  return std::nullopt;
}

base::Result<double> parse_load(std::string_view text, std::string_view file) {
  double load = 0;
  if (!take_decimal(text, load))
    return fail(ErrorCode::kMalformed, "does not begin with a number", std::string(file));
  return load;
}

bool has_controlling_terminal(std::string_view process_stat) {
  const std::size_t close = process_stat.rfind(')');
  if (close == std::string_view::npos) return false;
  std::string_view rest = process_stat.substr(close + 1);
  if (!rest.starts_with(' ')) return false;
  rest.remove_prefix(1);
  if (!skip_fields(rest, 4)) return false;  // 3–6
  const std::string_view number = take_word(rest);
  return !number.empty() && number != "0" && rest.starts_with(' ');
}

bool parse_process_stat(std::string_view text, const StatUnits& units, model::RawProcess& process) {
  const std::size_t open = text.find('(');
  // No ')' follows the name, so the last one within its reach ends it.
  const std::size_t close =
      open == std::string_view::npos ? open : text.rfind(')', open + 1 + kLongestName);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return false;
  std::string_view head = text.substr(0, open);
  std::uint64_t pid = 0;
  if (!take_number(head, pid) || pid > std::numeric_limits<pid_t>::max()) return false;

  // Fields as proc_pid_stat(5) numbers them, from the third.
  std::string_view rest = text.substr(close + 1);
  std::uint64_t user = 0, system = 0, threads = 0, pages = 0;
  if (!rest.starts_with(' ')) return false;
  rest.remove_prefix(1);
  const bool complete = skip_fields(rest, 11) &&                               // 3–13
                        take_field(rest, user) && take_field(rest, system) &&  // 14, 15
                        skip_fields(rest, 4) &&                                // 16–19
                        take_field(rest, threads) &&                           // 20
                        skip_fields(rest, 1) &&                                // 21
                        take_field(rest, process.id.start_ticks) &&            // 22
                        skip_fields(rest, 1) &&                                // 23
                        take_pages(rest, pages);                               // 24
  if (!complete) return false;
  process.id.pid = static_cast<pid_t>(pid);
  process.name.assign(text.substr(open + 1, close - open - 1));
  process.cpu_time_ns = (user + system) * units.ns_per_tick;
  process.resident_bytes = pages * units.page_bytes;
  process.threads = static_cast<std::uint32_t>(threads);
  return true;
}

}  // namespace lull::platform
