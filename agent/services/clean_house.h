// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <utility>

#include "agent/services/journal_service.h"
#include "core/base/cancel.h"
#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/clean/run_lock.h"
#include "core/clean/trash.h"
#include "core/clean/trash_shelf.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/executor.h"

namespace lull::agent {

// What cleaning, undoing and purging share: the journal, the trashes of the user, and that only one
// of them goes on at a time, in this process or another. Engine thread.
class CleanHouse {
 public:
  CleanHouse(scheduler::Engine& engine, scheduler::Executor& blocking, JournalService& journal,
             base::UserDirectories directories);

  // The right to move things, and what that takes. Ends with the object.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

    clean::CleanJournal& journal() const { return *journal_; }
    const clean::TrashPlaces& places() const { return places_; }
    // Blocks when used; any thread, one at a time.
    clean::TrashPort trash() const;

   private:
    friend class CleanHouse;
    Turn(CleanHouse& house, clean::CleanJournal& journal, clean::RunLock lock);

    CleanHouse* house_;
    clean::CleanJournal* journal_;
    clean::RunLock lock_;
    clean::TrashPlaces places_;
  };

  // Waits for the turns of this process; kBusy while another process has one, kUnavailable without
  // a journal that can be written, kCancelled. What earlier runs left open, of whatever process, is
  // settled first. Parks.
  base::Result<Turn> enter(const base::CancelToken& cancel);

  const base::UserDirectories& directories() const { return directories_; }
  // The journal without a turn, for reading and for plans.
  JournalService& journal() { return journal_; }

 private:
  base::Result<Turn> take_turn();
  base::Status settle(const Turn& turn);
  void leave() { free_.set(); }

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  JournalService& journal_;
  const base::UserDirectories directories_;
  scheduler::Event free_;
  bool looked_at_infos_ = false;  // that a power cut may have taken; once in a process
  std::size_t left_open_ = 0;     // by the last turn, of what was open
};

}  // namespace lull::agent
