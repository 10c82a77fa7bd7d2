// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/cache/dir_size_cache.h"
#include "core/model/snapshot.h"

namespace lull::agent {

struct MetricsSources {
  model::Snapshot snapshot;
  cache::DirSizeCache::Stats size_cache;
  std::uint64_t journal_write_errors = 0;
};

// Everything `lull metrics` says, as OpenMetrics 1.0 text. Unknown values have no sample.
std::string agent_metrics(const MetricsSources& sources);

}  // namespace lull::agent
