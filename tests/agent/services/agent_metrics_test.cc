// SPDX-License-Identifier: MIT
#include "agent/services/agent_metrics.h"

#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

MetricsSources full() {
  MetricsSources sources;
  model::Snapshot& snapshot = sources.snapshot;
  snapshot.version = "1.2.3";
  snapshot.agent = model::AgentInfo{1, std::chrono::seconds(90), 3'000'000, 0.25};
  snapshot.memory.emplace();
  snapshot.memory->total_bytes = 1000;
  snapshot.pressure.emplace();
  snapshot.pressure->level = model::PressureLevel::kWarning;
  snapshot.pressure->reading.some_total_us = 2'500'000;
  snapshot.cpu = model::CpuSample{50.0, 2, 1};
  snapshot.disks = {{"/", "/dev/a", "ext4", 100, 40, 60}, {"/net", "srv:/x", "nfs", 0, 0, 0}};
  snapshot.reclaimable = model::Reclaimable{77, base::WallTime(std::chrono::seconds(1000))};
  model::JobStatus job;
  job.name = "scan";
  job.state = "running";
  snapshot.jobs = {job};
  sources.caches = {{"directory_sizes", 3, 1, 2, 10, 4096, 1000},
                    {"file_metadata", 0, 0, 0, 0, 0, 5000}};
  sources.runs["scan"].runs = {4, 0, 0, 1};
  sources.runs["scan"].elapsed = std::chrono::milliseconds(2500);
  sources.runs["scan"].last = std::chrono::milliseconds(500);
  sources.sizes.recalled = 2;
  sources.journal_write_errors = 2;
  return sources;
}

TEST(AgentMetrics, SayWhatIsKnown) {
  const std::string text = agent_metrics(full());
  for (const char* line : {"lull_build_info{version=\"1.2.3\"} 1\n",
                           "lull_agent_cpu_seconds_total 0.25\n",
                           "lull_memory_total_bytes 1000\n",
                           "lull_memory_pressure_some_seconds_total 2.5\n",
                           "lull_memory_pressure_level 1\n",
                           "lull_cpu_busy_ratio 0.5\n",
                           "lull_disk_available_bytes{mount=\"/\"} 40\n",
                           "lull_reclaimable_bytes 77\n",
                           "lull_job_running{job=\"scan\"} 1\n",
                           "lull_cache_hits_total{cache=\"directory_sizes\"} 3\n",
                           "lull_cache_misses_total{cache=\"directory_sizes\"} 1\n",
                           "lull_cache_evictions_total{cache=\"directory_sizes\"} 2\n",
                           "lull_cache_entries{cache=\"directory_sizes\"} 10\n",
                           "lull_cache_max_entries{cache=\"file_metadata\"} 5000\n",
                           "lull_cache_bytes{cache=\"directory_sizes\"} 4096\n",
                           "lull_cache_hit_ratio{cache=\"directory_sizes\"} 0.75\n",
                           "lull_job_runs_total{job=\"scan\",outcome=\"done\"} 4\n",
                           "lull_job_runs_total{job=\"scan\",outcome=\"cancelled\"} 1\n",
                           "lull_job_run_seconds_total{job=\"scan\"} 2.5\n",
                           "lull_job_last_run_seconds{job=\"scan\"} 0.5\n",
                           "lull_journal_write_errors_total 2\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(AgentMetrics, AnUnaskedNetworkVolumeHasNoSample) {
  EXPECT_EQ(agent_metrics(full()).find("/net"), std::string::npos);
}

TEST(AgentMetrics, ACacheNobodyAskedHasNoHitRatio) {
  EXPECT_EQ(agent_metrics(full()).find("lull_cache_hit_ratio{cache=\"file_metadata\"}"),
            std::string::npos);
}

TEST(AgentMetrics, AnEmptySnapshotIsStillADocument) {
  const std::string text = agent_metrics({});
  EXPECT_EQ(text.find("lull_memory"), std::string::npos);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

// The rules of OpenMetrics 1.0 that a scraper checks: metadata first and once, names of samples
// belong to the family, units are suffixes of names.
TEST(AgentMetrics, FollowTheFormat) {
  std::istringstream lines(agent_metrics(full()));
  const std::regex sample(R"(([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+)");
  std::set<std::string> families;
  std::string family;
  std::string last;
  for (std::string line; std::getline(lines, line); last = line) {
    std::smatch match;
    if (line.rfind("# TYPE ", 0) == 0) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << "twice: " << family;
    } else if (line.rfind("# UNIT ", 0) == 0) {
      const std::string unit = line.substr(line.rfind(' ') + 1);
      EXPECT_TRUE(family.ends_with("_" + unit)) << line;
    } else if (line[0] != '#') {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      EXPECT_EQ(match[1].str().rfind(family, 0), 0u) << line;
    }
  }
  EXPECT_EQ(last, "# EOF");
}

}  // namespace
}  // namespace lull::agent
