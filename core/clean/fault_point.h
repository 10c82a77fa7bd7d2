// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <functional>

namespace lull::clean {

// Where a run may be killed: after each of its steps that leaves a trace on the disk. In the order
// in which a clean, its settling after a kill, and an undo pass them.
enum class FaultPoint : std::uint8_t {
  kRunBegun,         // the journal has a row for the run
  kIntentsWritten,   // and for every item of a batch
  kReserved,         // the trash has an info, the item is where it was
  kTaken,            // the item is in the trash
  kReleased,         // an info was taken back, as the move failed
  kMovesDone,        // all moves of a batch; the journal does not know yet
  kOutcomesWritten,  // it does
  kRunFinished,      // the run's row is complete
  kSettling,         // settling found out about one item
  kSettled,          // and has written it down
  kParentMade,       // the directory an item goes back to is there
  kGivenBack,        // the item is where it was
  kRestored,         // and the journal knows
  kCondemned,        // the journal has what is to be removed for good
  kRemoved,          // it is removed
  kPurged,           // and the journal knows
};
inline constexpr std::array kFaultPoints = {
    FaultPoint::kRunBegun,        FaultPoint::kIntentsWritten, FaultPoint::kReserved,
    FaultPoint::kTaken,           FaultPoint::kReleased,       FaultPoint::kMovesDone,
    FaultPoint::kOutcomesWritten, FaultPoint::kRunFinished,    FaultPoint::kSettling,
    FaultPoint::kSettled,         FaultPoint::kParentMade,     FaultPoint::kGivenBack,
    FaultPoint::kRestored};
// Those of a purge.
inline constexpr std::array kPurgePoints = {FaultPoint::kRunBegun, FaultPoint::kCondemned,
                                            FaultPoint::kRemoved, FaultPoint::kPurged,
                                            FaultPoint::kRunFinished};

// Told of every point that is passed, on whatever thread; empty in the product. Tests kill
// themselves in it, or change what a run stands on.
using FaultHook = std::function<void(FaultPoint)>;
inline void pass(const FaultHook& hook, FaultPoint point) {
  if (hook) hook(point);
}

}  // namespace lull::clean
