// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "agent/services/journal_service.h"
#include "core/base/clock.h"
#include "core/base/progress.h"

namespace lull::agent {

// What work took the last time, over restarts: its progress can then say from the start how much
// there will be. Work is named by the job and what it was asked to do ("scan", "size /home/u").
// Engine thread.
class RunCosts {
 public:
  struct Cost {
    std::uint64_t items = 0, bytes = 0;
    base::Duration elapsed{};
  };
  // Shorter work needs no forecast, and no write to the disk.
  static constexpr auto kShort = std::chrono::milliseconds(200);

  RunCosts(const base::Clock& clock, JournalService& journal);

  std::optional<Cost> last(const std::string& work) const;
  // Tells the progress what to expect, if that is known.
  void expect(const std::string& work, base::Progress& progress) const;
  // A complete run has ended.
  void learn(const std::string& work, const base::ProgressSnapshot& done, base::Duration elapsed);
  // Of everything; what the journal has is the journal's to drop.
  void forget() { costs_.clear(); }

 private:
  const base::Clock& clock_;
  JournalService& journal_;
  std::map<std::string, Cost> costs_;
};

}  // namespace lull::agent
