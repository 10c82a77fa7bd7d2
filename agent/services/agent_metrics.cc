// SPDX-License-Identifier: MIT
#include "agent/services/agent_metrics.h"

#include <array>
#include <utility>

namespace lull::agent {
namespace {

using Type = MetricsText::Type;
using Label = std::pair<std::string_view, std::string_view>;

double as_double(std::uint64_t value) { return static_cast<double>(value); }

double seconds_since_epoch(base::WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void add_agent(MetricsText& text, const model::Snapshot& snapshot) {
  text.family("lull_build", Type::kInfo, "", "Version of Lull.");
  text.sample(1, std::array{Label{"version", snapshot.version}});
  if (snapshot.taken_at != base::WallTime{})
    text.gauge("lull_metrics_timestamp_seconds", "seconds", "When these numbers were taken.",
               seconds_since_epoch(snapshot.taken_at));
  if (!snapshot.agent) return;
  const model::AgentInfo& agent = *snapshot.agent;
  text.gauge("lull_agent_uptime_seconds", "seconds", "Time since the agent started.",
             base::to_seconds(agent.uptime));
  text.counter("lull_agent_cpu_seconds", "seconds", "CPU time of the agent, user and system.",
               agent.cpu_seconds);
  if (agent.pss_bytes)
    text.gauge("lull_agent_pss_bytes", "bytes", "Proportional set size of the agent.",
               as_double(*agent.pss_bytes));
}

void add_memory(MetricsText& text, const model::MemorySample& memory) {
  text.gauge("lull_memory_total_bytes", "bytes", "Memory of the machine or of its cgroup limit.",
             as_double(memory.total_bytes));
  text.gauge("lull_memory_available_bytes", "bytes",
             "Memory that can be had without swapping, by the kernel's estimate.",
             as_double(memory.available_bytes));
  text.gauge("lull_memory_cached_bytes", "bytes", "Page cache and reclaimable slab.",
             as_double(memory.cached_bytes));
  text.gauge("lull_swap_total_bytes", "bytes", "Swap space.", as_double(memory.swap_total_bytes));
  text.gauge("lull_swap_used_bytes", "bytes", "Swap space in use.",
             as_double(memory.swap_used_bytes));
}

void add_pressure(MetricsText& text, const model::Pressure& pressure) {
  if (!pressure.reading.told) {
    text.counter("lull_memory_pressure_some_seconds", "seconds",
                 "Time in which some task waited for memory, since boot.",
                 as_double(pressure.reading.some_total_us) / 1e6);
    text.counter("lull_memory_pressure_full_seconds", "seconds",
                 "Time in which all tasks waited for memory, since boot.",
                 as_double(pressure.reading.full_total_us) / 1e6);
  }
  text.gauge("lull_memory_pressure_level", "", "0 normal, 1 warning, 2 critical.",
             static_cast<double>(pressure.level));
}

void add_disks(MetricsText& text, const model::Snapshot& snapshot) {
  text.family("lull_disk_available_bytes", Type::kGauge, "bytes",
              "Space an unprivileged user can still use.");
  for (const auto& disk : snapshot.disks)
    if (disk.total_bytes > 0)
      text.sample(as_double(disk.available_bytes), std::array{Label{"mount", disk.mount}});
  text.family("lull_disk_total_bytes", Type::kGauge, "bytes", "Size of the file system.");
  for (const auto& disk : snapshot.disks)
    if (disk.total_bytes > 0)
      text.sample(as_double(disk.total_bytes), std::array{Label{"mount", disk.mount}});
  if (!snapshot.reclaimable) return;
  text.gauge("lull_reclaimable_bytes", "bytes", "What the last complete scan found reclaimable.",
             as_double(snapshot.reclaimable->bytes));
  text.gauge("lull_reclaimable_timestamp_seconds", "seconds", "When that scan was made.",
             seconds_since_epoch(snapshot.reclaimable->as_of));
}

void add_jobs(MetricsText& text, const model::Snapshot& snapshot) {
  text.family("lull_job_running", Type::kGauge, "", "1 while the job runs.");
  for (const auto& job : snapshot.jobs)
    text.sample(job.state == "running" ? 1.0 : 0.0, std::array{Label{"job", job.name}});
  text.family("lull_job_last_start_timestamp_seconds", Type::kGauge, "seconds",
              "When the job last started.");
  for (const auto& job : snapshot.jobs)
    if (job.last_started_at)
      text.sample(seconds_since_epoch(*job.last_started_at), std::array{Label{"job", job.name}});
}

struct CacheFamily {
  std::string_view name;
  Type type;
  std::string_view unit, help;
  std::uint64_t (*value)(const CacheCounts&);
};
constexpr std::array kCacheFamilies = {
    CacheFamily{"lull_cache_hits", Type::kCounter, "", "Questions answered from the cache.",
                [](const CacheCounts& c) { return c.hits; }},
    CacheFamily{"lull_cache_misses", Type::kCounter, "", "Questions the cache had no answer to.",
                [](const CacheCounts& c) { return c.misses; }},
    CacheFamily{"lull_cache_evictions", Type::kCounter, "", "Entries dropped for want of room.",
                [](const CacheCounts& c) { return c.evictions; }},
    CacheFamily{"lull_cache_entries", Type::kGauge, "", "Entries in memory.",
                [](const CacheCounts& c) { return std::uint64_t{c.entries}; }},
    CacheFamily{"lull_cache_max_entries", Type::kGauge, "",
                "Entries there may be now: the setting, or less after memory ran short.",
                [](const CacheCounts& c) { return std::uint64_t{c.capacity}; }},
    CacheFamily{"lull_cache_bytes", Type::kGauge, "bytes", "Memory the entries take, estimated.",
                [](const CacheCounts& c) { return std::uint64_t{c.bytes}; }},
};

void add_caches(MetricsText& text, const std::vector<CacheCounts>& caches) {
  if (caches.empty()) return;
  for (const CacheFamily& family : kCacheFamilies) {
    text.family(family.name, family.type, family.unit, family.help);
    for (const CacheCounts& one : caches)
      text.sample(as_double(family.value(one)), std::array{Label{"cache", one.cache}});
  }
  text.family("lull_cache_hit_ratio", Type::kGauge, "ratio",
              "Share of all questions that were answered from the cache.");
  for (const CacheCounts& one : caches)
    if (one.hits + one.misses > 0)
      text.sample(as_double(one.hits) / as_double(one.hits + one.misses),
                  std::array{Label{"cache", one.cache}});
}

void add_runs(MetricsText& text, const std::map<std::string, RunCounters::Job>& runs) {
  if (runs.empty()) return;
  text.family("lull_job_runs", Type::kCounter, "", "Runs of the job that ended so.");
  for (const auto& [job, counters] : runs)
    for (std::size_t i = 0; i < RunCounters::kOutcomes.size(); ++i)
      text.sample(as_double(counters.runs[i]),
                  std::array{Label{"job", job},
                             Label{"outcome", scheduler::outcome_name(RunCounters::kOutcomes[i])}});
  text.family("lull_job_run_seconds", Type::kCounter, "seconds", "Time all runs of the job took.");
  for (const auto& [job, counters] : runs)
    text.sample(base::to_seconds(counters.elapsed), std::array{Label{"job", job}});
  text.family("lull_job_last_run_seconds", Type::kGauge, "seconds",
              "Time the last run of the job took.");
  for (const auto& [job, counters] : runs)
    text.sample(base::to_seconds(counters.last), std::array{Label{"job", job}});
}

void add_sizes(MetricsText& text, const SizeStats& sizes) {
  text.counter("lull_size_store_recalled", "",
               "Of the hits on directory sizes, from the store on disk.",
               as_double(sizes.recalled));
  text.gauge("lull_size_store_trees", "",
             "Trees whose directories are known, when it was last used.",
             as_double(sizes.store.trees));
  text.gauge("lull_size_store_bytes", "bytes", "Space they take on disk, when it was last used.",
             as_double(sizes.store.bytes));
  text.counter("lull_size_store_evictions", "", "Trees dropped for want of room.",
               as_double(sizes.store.evictions));
  text.counter("lull_size_directories_checked", "", "Directories that were asked for changes.",
               as_double(sizes.directories_checked));
  text.counter("lull_size_directories_read", "", "Directories that were listed.",
               as_double(sizes.directories_read));
  text.gauge("lull_size_watched_directories", "", "Directories whose changes are noted.",
             as_double(sizes.watched));
}

}  // namespace

std::string agent_metrics(const MetricsSources& sources, MetricsFormat format) {
  MetricsText text(format);
  const model::Snapshot& snapshot = sources.snapshot;
  add_agent(text, snapshot);
  if (snapshot.memory) add_memory(text, *snapshot.memory);
  if (snapshot.pressure) add_pressure(text, *snapshot.pressure);
  if (snapshot.cpu && snapshot.cpu->percent)
    text.gauge("lull_cpu_busy_ratio", "ratio", "Busy share of all processors.",
               *snapshot.cpu->percent / 100);
  add_disks(text, snapshot);
  add_jobs(text, snapshot);
  add_runs(text, sources.runs);
  add_caches(text, sources.caches);
  add_sizes(text, sources.sizes);
  text.counter("lull_journal_write_errors", "", "Writes to the journal that the disk refused.",
               as_double(sources.journal_write_errors));
  text.gauge("lull_settings_remarks", "",
             "What `lull config show` warns of: a broken file of the machine, ignored settings.",
             static_cast<double>(sources.settings_remarks));
  return std::move(text).finish();
}

}  // namespace lull::agent
