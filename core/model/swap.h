// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace lull::model {

// Where the next page that is swapped out goes.
enum class SwapKind : std::uint8_t {
  kNone,        // nowhere: there is none, or it is full
  kZram,        // compressed, into memory
  kSolidState,  // a disk that does not turn
  kRotational,  // one that does, or one that does not say: coming back takes long
};
constexpr std::string_view swap_kind_name(SwapKind kind) {
  switch (kind) {
    case SwapKind::kNone:
      return "none";
    case SwapKind::kZram:
      return "zram";
    case SwapKind::kSolidState:
      return "solid-state";
    case SwapKind::kRotational:
      return "rotational";
  }
  return "none";
}

struct SwapState {
  SwapKind kind = SwapKind::kNone;
  std::uint64_t swapped_out_bytes = 0;  // by the machine since boot
  bool zswap = false;                   // pages are compressed in memory on their way to the disk
  // Pages that were wanted again soon after they had been taken, since boot; nullopt: not told.
  std::optional<std::uint64_t> refaults = std::nullopt;
};

}  // namespace lull::model
