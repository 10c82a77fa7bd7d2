// SPDX-License-Identifier: MIT
#include "core/scan/walk_team.h"

#include <iterator>
#include <utility>

#include <oneapi/tbb/task_arena.h>

namespace lull::scan::detail {
namespace {

// oneTBB orders the start of a task after what happened before run(), with fences. ThreadSanitizer
// does not follow fences; this says the same in words that it does, so that it can judge the walk
// itself. Static, because the atomic too must have been made before it is first read.
std::atomic<std::uint32_t> handovers{0};

}  // namespace

struct WalkTeam::Handover {
  WalkTeam* team;
  Slot* slot;
  // These two words lie in oneTBB's memory: read unseen.
  __attribute__((no_sanitize("thread"))) void operator()() const { team->begin(*slot); }
};

WalkTeam::WalkTeam(unsigned width, Worker& worker) : width_(width), worker_(worker) {
  first_ = claim();
}

void WalkTeam::run() {
  if (width_ == 1) {
    work(*first_);
    return;
  }
  // Isolated: while it waits, this thread takes no foreign task of the arena.
  tbb::this_task_arena::isolate([&] {
    work(*first_);
    tasks_.wait();
  });
  // Every task's last act was to give its slot back under this mutex.
  const std::lock_guard all_slots_are_back(mutex_);
}

// The older half of the stack, the bigger trees, goes to a task of its own, if one more may run.
void WalkTeam::share_surplus(Slot& slot) {
  if (slot.stack.size() < 2 || !may_share()) return;
  Slot* other = claim();
  if (other == nullptr) return;
  const auto half = slot.stack.begin() + static_cast<std::ptrdiff_t>(slot.stack.size() / 2);
  std::move(slot.stack.begin(), half, std::back_inserter(other->stack));
  slot.stack.erase(slot.stack.begin(), half);
  start(*other);
}

Slot* WalkTeam::claim() {
  const std::lock_guard lock(mutex_);
  if (active_.load(std::memory_order_relaxed) >= width_) return nullptr;
  active_.fetch_add(1, std::memory_order_relaxed);
  if (free_.empty()) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->index = static_cast<unsigned>(slots_.size() - 1);
    return slots_.back().get();
  }
  Slot* slot = free_.back();
  free_.pop_back();
  return slot;
}

void WalkTeam::start(Slot& slot) {
  handovers.fetch_add(1, std::memory_order_release);
  tasks_.run(Handover{this, &slot});
}

void WalkTeam::begin(Slot& slot) {
  (void)handovers.load(std::memory_order_acquire);
  work(slot);
}

void WalkTeam::work(Slot& slot) {
  while (!slot.stack.empty()) {
    Item item = std::move(slot.stack.back());
    slot.stack.pop_back();
    worker_.take(slot, std::move(item));
    share_surplus(slot);
  }
  worker_.leave(slot);
  const std::lock_guard lock(mutex_);
  free_.push_back(&slot);
  active_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace lull::scan::detail
