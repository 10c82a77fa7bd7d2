// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "tests/support/temp_dir.h"

// The files of one cgroup as Linux 6.12 writes them, for trees that stand in for a user's apps.
namespace lull::support {

struct ScopeFigures {
  std::uint64_t current = 300ull << 20, anon = 200ull << 20, file = 90ull << 20;
  std::uint64_t inactive_anon = 150ull << 20, inactive_file = 60ull << 20, swap = 5ull << 20;
  std::uint64_t refault_anon = 0, refault_file = 0, pgscan = 0, pgsteal = 0;
  std::uint64_t cpu_us = 1'000'000, high = 0, max = 0, oom_kill = 0;
  std::string stalled_avg60 = "0.00";
};

inline std::string scope_memory_stat(const ScopeFigures& figures) {
  const auto line = [](const char* name, std::uint64_t value) {
    return std::string(name) + " " + std::to_string(value) + "\n";
  };
  std::string text = line("anon", figures.anon) + line("file", figures.file);
  for (const char* name :
       {"kernel", "kernel_stack", "pagetables", "sec_pagetables", "percpu", "sock", "vmalloc",
        "shmem", "zswap", "zswapped", "file_mapped", "file_dirty", "file_writeback", "swapcached",
        "anon_thp", "file_thp", "shmem_thp"})
    text += line(name, 3'145'728);
  text += line("inactive_anon", figures.inactive_anon) + line("active_anon", 1 << 20) +
          line("inactive_file", figures.inactive_file) + line("active_file", 1 << 20);
  for (const char* name : {"unevictable", "slab_reclaimable", "slab_unreclaimable", "slab"})
    text += line(name, 1'234'567);
  text += line("workingset_refault_anon", figures.refault_anon) +
          line("workingset_refault_file", figures.refault_file);
  for (const char* name :
       {"workingset_activate_anon", "workingset_activate_file", "workingset_restore_anon",
        "workingset_restore_file", "workingset_nodereclaim"})
    text += line(name, 12);
  text += line("pgscan", figures.pgscan) + line("pgsteal", figures.pgsteal);
  for (const char* name : {"pgscan_kswapd",     "pgscan_direct",
                           "pgscan_khugepaged", "pgsteal_kswapd",
                           "pgsteal_direct",    "pgsteal_khugepaged",
                           "pgfault",           "pgmajfault",
                           "pgrefill",          "pgactivate",
                           "pgdeactivate",      "pglazyfree",
                           "pglazyfreed",       "zswpin",
                           "zswpout",           "zswpwb",
                           "thp_fault_alloc",   "thp_collapse_alloc",
                           "thp_swpout",        "thp_swpout_fallback"})
    text += line(name, 98'765);
  return text;
}

// Writes the unit `name` (a way below the directory) with these figures.
inline void write_scope(const TempDir& root, const std::string& name,
                        const ScopeFigures& figures = {}) {
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  root.write(name + "/memory.current", number(figures.current) + "\n");
  root.write(name + "/memory.swap.current", number(figures.swap) + "\n");
  root.write(name + "/memory.stat", scope_memory_stat(figures));
  root.write(name + "/memory.events", "low 0\nhigh " + number(figures.high) + "\nmax " +
                                          number(figures.max) + "\noom 0\noom_kill " +
                                          number(figures.oom_kill) + "\noom_group_kill 0\n");
  root.write(name + "/cpu.stat", "usage_usec " + number(figures.cpu_us) +
                                     "\nuser_usec 600000\nsystem_usec 400000\nnice_usec 0\n"
                                     "core_sched.force_idle_usec 0\n");
  const std::string line = " avg10=0.00 avg60=" + figures.stalled_avg60 + " avg300=0.00 total=4\n";
  root.write(name + "/memory.pressure", "some" + line + "full" + line);
  root.write(name + "/memory.reclaim", "");
}

}  // namespace lull::support
