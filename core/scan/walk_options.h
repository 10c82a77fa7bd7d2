// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/cancel.h"
#include "core/base/progress.h"

namespace lull::scan {

class MountsThatMayHang;

// Common to everything that reads trees. Called on a thread where blocking is allowed; oneTBB tasks
// run in the caller's arena.
struct WalkOptions {
  unsigned width = 0;  // tasks at once; 0: as wide as the arena. See core/scan/walk_width.h
  base::CancelToken cancel;
  base::Progress* progress = nullptr;  // items = entries read, bytes = allocated bytes; may be null
  // What no walk touches, for an operation of many walks; null: each walk asks for itself. Must
  // outlive the walk.
  const MountsThatMayHang* mounts = nullptr;
};

}  // namespace lull::scan
