// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/services/cache_tuner.h"
#include "agent/services/metrics_text.h"
#include "agent/services/run_counters.h"
#include "agent/services/size_stats.h"
#include "core/model/snapshot.h"

namespace lull::agent {

struct MetricsSources {
  model::Snapshot snapshot;
  std::vector<CacheCounts> caches;
  std::map<std::string, RunCounters::Job> runs;
  SizeStats sizes;
  std::uint64_t journal_write_errors = 0;
  std::size_t settings_remarks = 0;  // lines that `lull config show` warns with
};

// Everything `lull metrics` says, as text of that format, named as Prometheus recommends
// (https://prometheus.io/docs/practices/naming/). Unknown values have no sample.
std::string agent_metrics(const MetricsSources& sources,
                          MetricsFormat format = MetricsFormat::kOpenMetrics);

}  // namespace lull::agent
