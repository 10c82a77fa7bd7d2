// SPDX-License-Identifier: MIT
#include "core/scan/parallel.h"

#include <algorithm>
#include <atomic>

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include "core/scan/walker.h"

namespace lull::scan {

bool for_each_index(std::size_t count, const WalkOptions& options,
                    const std::function<void(unsigned slot, std::size_t index)>& body) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  const auto work = [&](unsigned slot) {
    for (std::size_t index = next++; index < count; index = next++) {
      if (options.cancel.cancelled()) {
        stopped.store(true);
        return;
      }
      body(slot, index);
    }
  };
  const auto tasks = static_cast<unsigned>(std::min<std::size_t>(walk_width(options), count));
  if (tasks <= 1) {
    if (count > 0) work(0);
    return !stopped.load();
  }
  // Isolated: while it waits, this thread takes no foreign task of the arena.
  tbb::this_task_arena::isolate([&] {
    tbb::task_group group;
    for (unsigned slot = 1; slot < tasks; ++slot) group.run([&work, slot] { work(slot); });
    work(0);
    group.wait();
  });
  return !stopped.load();
}

}  // namespace lull::scan
