// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/swap.h"
#include "core/platform/roots.h"

namespace lull::platform {

// One line of /proc/swaps. Bytes.
struct SwapArea {
  std::string path;  // a device or a file
  bool is_file = false;
  std::uint64_t total_bytes = 0, used_bytes = 0;
  std::int64_t priority = 0;
};
// Pure, safe on any bytes; lines that make no sense are left out.
std::vector<SwapArea> parse_swaps(std::string_view text);
// The one that is filled next: of those with room the one of the highest priority, the first of
// equals. nullptr if there is none.
const SwapArea* next_swap(const std::vector<SwapArea>& areas);
// pswpout of /proc/vmstat, in pages.
std::optional<std::uint64_t> parse_swapped_out(std::string_view vmstat);
// workingset_refault_anon and _file together (before kernel 5.9 one workingset_refault), in pages.
std::optional<std::uint64_t> parse_refaults(std::string_view vmstat);

// What swap is like. One owner, one thread at a time; reads the kernel's own files, and the status
// of the area that is filled next. A disk that cannot be found (a file on a file system of several)
// counts as rotational: what is not known must not make anybody wait.
// macOS: vm.swapusage would tell how much, not where; kUnavailable.
class SwapProbe {
 public:
  virtual ~SwapProbe() = default;
  virtual base::Result<model::SwapState> read() = 0;
};
std::unique_ptr<SwapProbe> make_swap_probe(const SystemRoots& roots);

}  // namespace lull::platform
