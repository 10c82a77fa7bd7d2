// SPDX-License-Identifier: MIT
#include "core/platform/memory_limits_linux.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

constexpr std::size_t kStatBytes = 16 * 1024;
constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// mountinfo names places of the machine; ours may be a recorded tree. nullopt for a place that is
// not below /sys when that is elsewhere.
std::optional<std::string> below_root(const std::string& directory, const SystemRoots& roots) {
  if (roots.sys == "/sys") return directory;
  if (!directory.starts_with("/sys/")) return std::nullopt;
  return roots.sys + directory.substr(4);
}

// v1: whether the limits of this directory hold for its children. Always so since Linux 5.11.
bool limits_children(const std::string& directory) {
  const auto flag = read_word_file(directory + "/memory.use_hierarchy");
  return !flag || *flag != "0";
}

std::uint64_t minus(std::uint64_t from, std::uint64_t what) {
  return from > what ? from - what : 0;
}

}  // namespace

void MemoryLimits::discover(const SystemRoots& roots, std::uint64_t machine_bytes) {
  levels_.clear();
  const auto cgroup = read_kernel_file(roots.proc + "/self/cgroup");
  const auto mounts = read_kernel_file(roots.proc + "/self/mountinfo", std::size_t{8} << 20);
  if (!cgroup || !mounts) return;
  const auto place = find_memory_cgroup(*cgroup, *mounts);
  if (!place) return;
  version_ = place->version;
  bool own = true;
  for (const std::string& directory : place->directories) {
    const auto path = below_root(directory, roots);
    if (!path) return;
    if (!own && version_ == CgroupVersion::kV1 && !limits_children(*path)) return;
    add_level(*path, own, machine_bytes);
    own = false;
  }
  if (levels_.empty()) buffer_ = std::vector<char>();
}

void MemoryLimits::add_level(const std::string& directory, bool own, std::uint64_t machine_bytes) {
  const bool v1 = version_ == CgroupVersion::kV1;
  auto limit = KeptFile::open(directory + (v1 ? "/memory.limit_in_bytes" : "/memory.max"));
  auto usage = KeptFile::open(directory + (v1 ? "/memory.usage_in_bytes" : "/memory.current"));
  auto stat = KeptFile::open(directory + "/memory.stat");
  if (!limit || !usage || !stat) return;
  Level level{std::move(*limit), std::move(*usage), std::move(*stat), own};
  const auto figures = read(level);
  if (figures && figures->limit < machine_bytes) levels_.push_back(std::move(level));
}

base::Result<MemoryLimits::Figures> MemoryLimits::read(const Level& level) {
  std::array<char, 64> small;
  buffer_.resize(kStatBytes);
  const auto limit_text = level.limit.read(small);
  if (!limit_text) return tl::unexpected(limit_text.error());
  const auto limit = parse_cgroup_limit(*limit_text, level.limit.path());
  if (!limit) return tl::unexpected(limit.error());
  const auto usage_text = level.usage.read(small);
  if (!usage_text) return tl::unexpected(usage_text.error());
  const auto usage = to_number(*usage_text);
  if (!usage) return base::fail(base::ErrorCode::kMalformed, "is not a number", level.usage.path());
  const auto stat_text = level.stat.read_all(buffer_);
  if (!stat_text) return tl::unexpected(stat_text.error());
  Figures figures{limit->value_or(kNoLimit), *usage,
                  parse_cgroup_memory_stat(*stat_text, version_)};
  // v1 tells of limits of parents that a namespace hides; only our own usage is known for them.
  if (level.own && figures.stat.hierarchical_limit)
    figures.limit = std::min(figures.limit, *figures.stat.hierarchical_limit);
  return figures;
}

bool MemoryLimits::apply(model::MemorySample& sample) {
  bool complete = true;
  for (const Level& level : levels_) {
    const auto figures = read(level);
    complete &= figures.has_value();
    if (!figures) continue;
    const CgroupMemoryStat& stat = figures->stat;
    // Cache that nobody used lately goes before the limit is felt.
    const std::uint64_t held = minus(figures->usage, stat.inactive_file);
    sample.available_bytes = std::min(sample.available_bytes, minus(figures->limit, held));
    if (figures->limit >= sample.total_bytes) continue;
    sample.limited_by_cgroup = true;
    sample.total_bytes = figures->limit;
    sample.free_bytes = std::min(sample.free_bytes, minus(figures->limit, figures->usage));
    sample.cached_bytes =
        std::min(sample.cached_bytes, minus(stat.file + stat.reclaimable_slab, stat.shared));
  }
  sample.available_bytes = std::min(sample.available_bytes, sample.total_bytes);
  return complete;
}

}  // namespace lull::platform
