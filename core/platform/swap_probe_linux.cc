// SPDX-License-Identifier: MIT
#include <string>
#include <utility>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/swap_probe.h"

namespace lull::platform {
namespace {

bool is_zram(std::string_view path) {
  return path.substr(path.rfind('/') + 1).starts_with("zram") && path.starts_with("/dev/");
}

class LinuxSwapProbe final : public SwapProbe {
 public:
  explicit LinuxSwapProbe(SystemRoots roots) : roots_(std::move(roots)) {}

  base::Result<model::SwapState> read() override {
    const auto swaps = read_kernel_file(roots_.proc + "/swaps");
    if (!swaps) return tl::unexpected(swaps.error());
    const auto vmstat = read_kernel_file(roots_.proc + "/vmstat");
    if (!vmstat) return tl::unexpected(vmstat.error());
    model::SwapState state;
    const auto areas = parse_swaps(*swaps);
    if (const SwapArea* area = next_swap(areas)) state.kind = kind_of(*area);
    state.swapped_out_bytes = parse_swapped_out(*vmstat).value_or(0) * page_;
    state.refaults = parse_refaults(*vmstat);
    const auto zswap = read_word_file(roots_.sys + "/module/zswap/parameters/enabled");
    state.zswap = zswap && *zswap == "Y";
    return state;
  }

 private:
  model::SwapKind kind_of(const SwapArea& area) const {
    if (is_zram(area.path)) return model::SwapKind::kZram;
    const auto turns = rotational(area);
    return turns == "0" ? model::SwapKind::kSolidState : model::SwapKind::kRotational;
  }

  // Of the disk, which for a partition is the directory above
  // (Documentation/ABI/stable/sysfs-block).
  std::optional<std::string> rotational(const SwapArea& area) const {
    struct ::stat status {};
    if (::stat(area.path.c_str(), &status) != 0) return std::nullopt;
    const dev_t device = area.is_file ? status.st_dev : status.st_rdev;
    const std::string block = roots_.sys + "/dev/block/" + std::to_string(::major(device)) + ":" +
                              std::to_string(::minor(device));
    if (auto own = read_word_file(block + "/queue/rotational")) return own;
    return read_word_file(block + "/../queue/rotational");
  }

  const SystemRoots roots_;
  const std::uint64_t page_ = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
};

}  // namespace

std::unique_ptr<SwapProbe> make_swap_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxSwapProbe>(roots);
}

}  // namespace lull::platform
