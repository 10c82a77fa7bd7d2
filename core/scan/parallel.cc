// SPDX-License-Identifier: MIT
#include "core/scan/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include "core/scan/walker.h"

namespace lull::scan {
namespace {

// As in walk_team.cc: what oneTBB orders by fences, said so that ThreadSanitizer can follow.
std::atomic<std::uint32_t> handovers{0};

struct Errand {
  const std::function<void(unsigned)>* work;
  unsigned slot;
  // These two words lie in oneTBB's memory: read unseen.
  __attribute__((no_sanitize("thread"))) void operator()() const { run(*work, slot); }

  static void run(const std::function<void(unsigned)>& work, unsigned slot) {
    (void)handovers.load(std::memory_order_acquire);
    work(slot);
    handovers.fetch_add(1, std::memory_order_release);
  }
};

}  // namespace

bool for_each_index(std::size_t count, const WalkOptions& options,
                    const std::function<void(unsigned slot, std::size_t index)>& body) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  const std::function<void(unsigned)> work = [&](unsigned slot) {
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
    handovers.fetch_add(1, std::memory_order_release);
    for (unsigned slot = 1; slot < tasks; ++slot) group.run(Errand{&work, slot});
    work(0);
    group.wait();
    (void)handovers.load(std::memory_order_acquire);
  });
  return !stopped.load();
}

}  // namespace lull::scan
