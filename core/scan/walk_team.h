// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <oneapi/tbb/task_group.h>

namespace lull::scan {
struct WalkNode;
}

// Who reads what: stacks of work, one for each task, and how work moves between them.
namespace lull::scan::detail {

inline constexpr std::size_t kBufferBytes = 32 * 1024;  // about 800 entries; larger gains nothing

struct alignas(std::uint64_t) Buffer {
  std::byte bytes[kBufferBytes];
};

// Entries of one directory that another task visits.
struct Batch {
  std::unique_ptr<Buffer> buffer;
  std::size_t length = 0;
};

// A directory to read, or a batch of one that is being read.
struct Item {
  WalkNode* node = nullptr;
  std::unique_ptr<Batch> batch;
};

// What one task has to itself.
struct Slot {
  unsigned index = 0;
  std::vector<Item> stack;  // last in, first out: the tree is walked in depth, few are open
  std::unique_ptr<Buffer> buffer = std::make_unique<Buffer>();
  WalkNode* retained = nullptr;  // see OpenDirectories::retain()
};

// At most `width` tasks of the caller's oneTBB arena, each with its own slot. Nobody takes from
// another's stack: who has more than one item gives its older half away when fewer tasks run than
// may, so an undisturbed task pays one relaxed load an item.
class WalkTeam {
 public:
  class Worker {
   public:
    virtual ~Worker() = default;
    // Called by several threads at once, never by two with the same slot. Must not throw.
    virtual void take(Slot& slot, Item item) = 0;
    virtual void leave(Slot& slot) = 0;  // its stack is empty
  };

  WalkTeam(unsigned width, Worker& worker);
  ~WalkTeam() noexcept = default;
  WalkTeam(const WalkTeam&) = delete;
  WalkTeam& operator=(const WalkTeam&) = delete;

  // The caller's own slot, to be filled before run().
  Slot& first() { return *first_; }
  // Returns when every item, also those that came meanwhile, is done. What the tasks wrote is then
  // visible to the caller.
  void run();

  // The rest is for workers. Could one more task run? Cheap, and may be out of date.
  bool may_share() const { return active_.load(std::memory_order_relaxed) < width_; }
  void share_surplus(Slot& slot);
  // A free slot with an empty stack, if one more task may run; it must be filled and started.
  Slot* claim();
  void start(Slot& slot);

 private:
  struct Handover;
  void begin(Slot& slot);
  void work(Slot& slot);

  const unsigned width_;
  Worker& worker_;
  std::atomic<unsigned> active_{0};  // slots claimed
  std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_;
  Slot* first_ = nullptr;
  tbb::task_group tasks_;
};

}  // namespace lull::scan::detail
