// SPDX-License-Identifier: MIT
#include "agent/services/auto_clean_teller.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/untold_news.h"
#include "core/clean/auto_policy.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Runs that are further back are in the history, and nowhere else.
constexpr std::size_t kRunsLookedAt = 500;
// Rehearsals whose rules are named.
constexpr std::size_t kRehearsalsLookedAt = 20;
// Until a day that was told of is over.
constexpr base::Duration kPauseOfTheDay = std::chrono::minutes(30);

}  // namespace

AutoCleanTeller::AutoCleanTeller(Parts parts) : parts_(std::move(parts)) {}

bool AutoCleanTeller::run_ended(bool automatic) {
  maybe_ = true;
  if (!automatic) asked_ = true;
  if (asked_) not_before_ = {};
  return occasion();
}

bool AutoCleanTeller::occasion() const {
  return maybe_ && !telling_ && parts_.engine.now() >= not_before_;
}

bool AutoCleanTeller::somebody_listens() {
  came_ = true;
  if (telling_) return false;
  not_before_ = {};
  pause_ = kFirstPause;
  return occasion();
}

void AutoCleanTeller::look(const base::CancelToken& cancel) {
  if (!occasion()) return;
  telling_ = true;
  came_ = false;
  const bool first_try = pause_ == kFirstPause;
  tell(cancel);
  // Just too late for whoever came. (Only once: our notice may be what starts it, and what ends
  // it.)
  if (first_try && came_ && maybe_ && !cancel.cancelled()) tell(cancel);
  telling_ = false;
}

void AutoCleanTeller::pause_for(base::Duration pause) { not_before_ = parts_.engine.now() + pause; }

void AutoCleanTeller::tell(const base::CancelToken& cancel) {
  maybe_ = false;  // unless a run ends meanwhile
  const bool asked = std::exchange(asked_, false);
  const auto state = parts_.journal.auto_state();
  if (!state) return spdlog::warn("nobody is told of cleaning: {}", state.error().to_string());
  const auto news = untold(*state);
  if (!news) return spdlog::warn("nobody is told of cleaning: {}", news.error().to_string());
  if (!*news) return;
  const base::WallTime now = parts_.engine.time().wall_now();
  if (!asked && !parts_.nearly_full() && !may_tell(state->told_at, now)) {
    maybe_ = true;
    return pause_for(kPauseOfTheDay);
  }
  if (!parts_.show(**news, cancel)) {
    maybe_ = true;
    pause_for(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
    return;
  }
  pause_ = kFirstPause;
  const auto journal = parts_.journal.autos();
  if (!journal) return;
  const base::Status saved = scheduler::offload(parts_.engine, parts_.blocking, [&] {
    return (*journal)->save_told(now, (*news)->newest());
  });
  if (!saved) spdlog::warn("that a person was told is not noted: {}", saved.error().to_string());
}

base::Result<std::optional<AutoCleanNews>> AutoCleanTeller::untold(const model::AutoState& state) {
  const auto history = parts_.journal.history(kRunsLookedAt);
  if (!history) return tl::unexpected(history.error());
  auto found = untold_news(*history, state, clean::auto_mode(parts_.settings.automation.clean));
  if (!found) return std::nullopt;
  AutoCleanNews& news = found->news;
  for (std::size_t i = 0; i < found->rehearsals.size() && i < kRehearsalsLookedAt; ++i) {
    const auto detail = parts_.journal.run_detail(found->rehearsals[i]);
    if (!detail) return tl::unexpected(detail.error());
    for (const model::RunNote& note : detail->notes)
      if (!note.rule.empty() && note.path.empty() && note.fate == "would-go")
        news.shown_rules.push_back(note.rule);
  }
  std::sort(news.shown_rules.begin(), news.shown_rules.end());
  news.shown_rules.erase(std::unique(news.shown_rules.begin(), news.shown_rules.end()),
                         news.shown_rules.end());
  return std::move(news);
}

}  // namespace lull::agent
