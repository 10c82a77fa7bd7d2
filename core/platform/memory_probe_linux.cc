// SPDX-License-Identifier: MIT
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/memory_limits_linux.h"
#include "core/platform/memory_parse.h"
#include "core/platform/memory_probe.h"

namespace lull::platform {
namespace {

// meminfo is about 1.6 KiB.
constexpr std::size_t kMemInfoBytes = 4 * 1024;
constexpr std::size_t kArcStatsBytes = 16 * 1024;

// A sample is one pread where there is neither limit nor ZFS nor zram. Whether there is, is looked
// up on the first sample and then at most each minute, when a sample is taken anyway; zram also as
// soon as the size of the swap changes.
class LinuxMemoryProbe final : public MemoryProbe {
 public:
  LinuxMemoryProbe(SystemRoots roots, const base::Clock& clock)
      : roots_(std::move(roots)), clock_(clock) {}

  base::Result<model::MemorySample> sample() override {
    // Stamped first: whoever asks whether a sample is from after an act must not be told yes early.
    const base::SteadyTime now = clock_.now();
    const auto info = read_meminfo();
    if (!info) return tl::unexpected(info.error());
    model::MemorySample sample = sample_of(*info);
    sample.taken_at = now;
    look_around(sample.taken_at, *info);
    add_zfs(sample);
    add_zram(sample);
    if (limits_.any() && !limits_.apply(sample)) looked_at_.reset();
    return sample;
  }

 private:
  static constexpr auto kLookInterval = std::chrono::seconds(60);

  base::Result<MemInfo> read_meminfo() {
    if (!meminfo_) {
      auto file = KeptFile::open(roots_.proc + "/meminfo");
      if (!file) return tl::unexpected(file.error());
      meminfo_ = std::move(*file);
    }
    std::array<char, kMemInfoBytes> buffer;
    const auto text = meminfo_->read(buffer);
    if (!text) return tl::unexpected(text.error());
    return parse_meminfo(*text, meminfo_->path());
  }

  void look_around(base::SteadyTime now, const MemInfo& info) {
    const bool due = !looked_at_ || now - *looked_at_ >= kLookInterval;
    if (due || info.swap_total != swap_total_) find_zram(info.swap_total);
    if (!due) return;
    looked_at_ = now;
    limits_.discover(roots_, info.total);
    arcstats_.reset();
    if (auto file = KeptFile::open(roots_.proc + "/spl/kstat/zfs/arcstats"))
      arcstats_ = std::move(*file);
  }

  // Only devices that are swapped to: a file system on zram is not swap.
  void find_zram(std::uint64_t swap_total) {
    swap_total_ = swap_total;
    zram_.clear();
    if (swap_total == 0) return;
    const auto swaps = read_kernel_file(roots_.proc + "/swaps");
    if (!swaps) return;
    for (const std::string& name : parse_zram_swaps(*swaps))
      if (auto file = KeptFile::open(roots_.sys + "/block/" + name + "/mm_stat"))
        zram_.push_back(std::move(*file));
  }

  void add_zfs(model::MemorySample& sample) {
    if (!arcstats_) return;
    std::vector<char> buffer(kArcStatsBytes);
    const auto text = arcstats_->read_all(buffer);
    if (!text) return;
    if (const auto arc = parse_arcstats(*text, arcstats_->path())) add_arc(sample, *arc);
  }

  void add_zram(model::MemorySample& sample) const {
    std::array<char, 256> buffer;
    for (const KeptFile& file : zram_) {
      const auto text = file.read(buffer);
      if (!text) continue;
      const auto state = parse_zram_mm_stat(*text, file.path());
      if (!state) continue;
      if (!sample.zram) sample.zram.emplace();
      sample.zram->original_bytes += state->original_bytes;
      sample.zram->compressed_bytes += state->compressed_bytes;
    }
  }

  const SystemRoots roots_;
  const base::Clock& clock_;
  std::optional<KeptFile> meminfo_;
  std::optional<KeptFile> arcstats_;
  std::vector<KeptFile> zram_;
  MemoryLimits limits_;
  std::optional<base::SteadyTime> looked_at_;
  std::uint64_t swap_total_ = 0;
};

}  // namespace

std::unique_ptr<MemoryProbe> make_memory_probe(const SystemRoots& roots, const base::Clock& clock) {
  return std::make_unique<LinuxMemoryProbe>(roots, clock);
}

}  // namespace lull::platform
