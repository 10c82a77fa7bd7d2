// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/services/clean_house.h"
#include "agent/settings.h"
#include "core/base/buffer_pool.h"
#include "core/base/cancel.h"
#include "core/clean/careful_copy.h"
#include "core/relief/temp_allocations.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// Moves stale files out of memory to the trash on the disk, through the cleaner: intents in the
// journal, every guard of a clean, the keep list, and undo as of every run
// (core/clean/copying_trash.h). Only with the setting relief.move_stale_files. Engine thread.
class ReliefStaleFiles {
 public:
  // What the file systems hold that these are on; blocks.
  using Held = std::function<std::optional<std::uint64_t>(const std::vector<std::string>&)>;
  ReliefStaleFiles(scheduler::Engine& engine, scheduler::Executor& executor, CleanHouse& house,
                   const Settings& settings, Held held = relief::held_bytes)
      : engine_(engine),
        executor_(executor),
        house_(house),
        settings_(settings),
        held_(std::move(held)) {}

  // Between runs nothing is kept; during one up to performance.memory_pool_size buffers are.
  void shed() { buffers_.shed(); }
  bool may_move() const { return settings_.relief.move_stale_files; }
  // Parks; ends within kLongest, with whole files. What fails is said in the answer, and what
  // memory that gave is measured before and after.
  relief::MovedStale move(const relief::StaleFiles& stale, bool automatic,
                          const base::CancelToken& cancel);

  static constexpr auto kLongest = std::chrono::seconds(20);

 private:
  scheduler::Engine& engine_;
  scheduler::Executor& executor_;
  CleanHouse& house_;
  const Settings& settings_;
  const Held held_;
  base::BufferPool buffers_{clean::kCopyPiece, 0};
};

}  // namespace lull::agent
