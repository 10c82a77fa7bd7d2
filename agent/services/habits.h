// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/services/journal_service.h"
#include "agent/settings.h"
#include "core/base/clock.h"
#include "core/cache/usage_histogram.h"

namespace lull::agent {

// What a person usually looks at and when, over restarts: it says what is worth having ready, and
// leaves this machine in no way. Recorded only while performance.enable_background_refresh is on;
// turning that off deletes what was recorded. Engine thread.
class Habits {
 public:
  enum class Look {
    kGlance,  // the state of the machine
    kResult,  // what a scan or a walk found
  };
  static constexpr std::size_t kLooks = 2;
  // How long before an hour at which somebody usually begins to look results are made ready.
  static constexpr auto kLead = std::chrono::minutes(15);
  // A look counts if there was none of its kind for so long: a bar that asks every ten seconds is
  // no person who looks every ten seconds.
  static constexpr auto kGap = std::chrono::minutes(15);
  // Paths that are remembered, the hottest.
  static constexpr std::size_t kMostPaths = 200;
  // Uses of paths are written at most so often, and when the agent ends.
  static constexpr auto kSaveEvery = std::chrono::minutes(10);

  // Takes up what the journal knows.
  Habits(const base::Clock& clock, JournalService& journal, const Settings& settings);

  void looked(Look look);
  // Does a usual time begin within kLead?
  bool usual_time_ahead() const;
  // "Mon 09:00", the next one; "none" if there is no habit.
  std::string next_usual_time() const;

  // Paths with how much their uses count, hottest first.
  using Uses = std::vector<std::pair<std::string, double>>;
  // Gives back what was kept: path, score, and how long ago that was its score.
  void restore_uses(
      const std::function<void(const std::string&, double, base::Duration)>& restore) const;
  // Keeps what `hottest` (of at most so many) gives, if somebody asked for a result since the last
  // time, and it is time for that or `now`.
  void save_uses(const std::function<Uses(std::size_t limit)>& hottest, bool now);
  // After the settings have changed: true if everything was forgotten.
  bool apply_settings();

  // Of everything, here and in the journal.
  void forget();

  const cache::UsageHistogram& histogram() const { return histogram_; }

 private:
  bool enabled() const { return settings_.performance.enable_background_refresh; }
  unsigned hour_at(base::WallTime time) const;

  const base::Clock& clock_;
  JournalService& journal_;
  const Settings& settings_;
  cache::UsageHistogram histogram_;
  std::array<std::optional<base::SteadyTime>, kLooks> last_look_;
  std::optional<base::SteadyTime> saved_;
  bool used_ = false;  // since then
};

}  // namespace lull::agent
