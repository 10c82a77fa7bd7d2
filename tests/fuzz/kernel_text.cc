// SPDX-License-Identifier: MIT
#include <optional>
#include <string>
#include <string_view>

#include "core/platform/cgroup_parse.h"
#include "core/platform/java_programs.h"
#include "core/platform/memory_parse.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/own_pressure.h"
#include "core/platform/power_events.h"
#include "core/platform/psi_parse.h"
#include "core/platform/scope_parse.h"
#include "core/platform/stat_parse.h"
#include "core/platform/swap_probe.h"
#include "tests/fuzz/fuzz.h"

namespace platform = lull::platform;

namespace {

void read_memory(std::string_view text) {
  if (const auto info = platform::parse_meminfo(text, "fuzz")) {
    auto sample = platform::sample_of(*info);
    (void)platform::estimate_available(*info);
    if (const auto arc = platform::parse_arcstats(text, "fuzz")) platform::add_arc(sample, *arc);
  }
  (void)platform::parse_arcstats(text, "fuzz");
  (void)platform::parse_zram_mm_stat(text, "fuzz");
  (void)platform::parse_zram_swaps(text);
  (void)platform::parse_smaps_rollup(text, "fuzz");
}

void read_swap(std::string_view text) {
  const auto areas = platform::parse_swaps(text);
  for (const auto& area : areas) lull::fuzz::must(area.used_bytes <= area.total_bytes);
  const auto* next = platform::next_swap(areas);
  lull::fuzz::must(next == nullptr || next->used_bytes < next->total_bytes);
  (void)platform::parse_swapped_out(text);
  (void)platform::parse_refaults(text);
}

void read_limits(std::string_view text) {
  for (const auto version : {platform::CgroupVersion::kV1, platform::CgroupVersion::kV2}) {
    (void)platform::parse_cgroup_limit(text, "fuzz");
    (void)platform::parse_cgroup_memory_stat(text, version);
  }
  // Both texts of the question in one input.
  const std::size_t half = text.find('\0');
  if (half != std::string_view::npos)
    (void)platform::find_memory_cgroup(text.substr(0, half), text.substr(half + 1));
}

void read_mounts(std::string_view text) {
  for (const auto& volume : platform::select_volumes(text, [](const std::string&) { return true; }))
    lull::fuzz::must(!volume.mount.empty());
}

void read_processes(std::string_view text) {
  lull::model::RawProcess process;
  (void)platform::parse_process_stat(text, {}, process);
  (void)platform::parse_cpu_times(text, "fuzz");
  (void)platform::count_cores(text);
  (void)platform::parse_boot_time(text);
  (void)platform::parse_load(text, "fuzz");
  (void)platform::parse_psi(text, "fuzz");
  (void)platform::is_power_event(text);
}

void read_scopes(std::string_view text) {
  lull::model::ScopeReading scope;
  (void)platform::parse_scope_memory(text, scope);
  (void)platform::parse_scope_events(text, scope);
  (void)platform::parse_scope_cpu(text);
  (void)platform::unit_kind(text);
}

// Whoever is asked to collect garbage gets SIGQUIT: only if the kernel says that it is caught.
void read_java(std::string_view text) {
  const auto program = platform::describe_java_program(text, text, text);
  lull::fuzz::must(!program.unfit.empty() || text.find("SigCgt:") != std::string_view::npos);
  lull::fuzz::must(program.unit.find('/') == std::string::npos);
  (void)platform::is_done_answer(text);
}

// What a service manager says to watch, as name of a file and as text for it.
void read_own_pressure(std::string_view text) {
  const auto own = platform::find_own_pressure([&](std::string_view name) {
    return std::optional(name == "MEMORY_PRESSURE_WRITE" ? std::string(text)
                                                         : "/cgroup/memory.pressure");
  });
  if (own)
    lull::fuzz::must(own->trigger.stall_us > 0 && own->trigger.stall_us <= own->trigger.window_us);
  (void)platform::find_own_pressure(
      [&](std::string_view) { return std::optional(std::string(text)); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = lull::fuzz::text_of(data, size);
  read_memory(text);
  read_swap(text);
  read_limits(text);
  read_mounts(text);
  read_processes(text);
  read_scopes(text);
  read_java(text);
  read_own_pressure(text);
  return 0;
}
