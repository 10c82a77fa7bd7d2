// SPDX-License-Identifier: MIT
#include "agent/services/habits.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/base/local_time.h"

namespace lull::agent {

Habits::Habits(const base::Clock& clock, JournalService& journal, const Settings& settings)
    : clock_(clock), journal_(journal), settings_(settings) {
  const base::WallTime now = clock.wall_now();
  for (const auto& stored : journal.openings())
    histogram_.restore(stored.hour, {stored.weight, stored.at}, now);
  (void)apply_settings();
}

unsigned Habits::hour_at(base::WallTime time) const {
  return cache::UsageHistogram::hour_of_week(base::local_time(time));
}

void Habits::looked(Look look) {
  const base::SteadyTime now = clock_.now();
  used_ = used_ || look == Look::kResult;
  const auto before = std::exchange(last_look_[static_cast<std::size_t>(look)], now);
  if (!enabled() || (before && now - *before < kGap)) return;
  const base::WallTime wall = clock_.wall_now();
  const unsigned hour = hour_at(wall);
  if (!histogram_.note(hour, wall)) return;
  const auto& bucket = histogram_.bucket(hour);
  journal_.save_opening({hour, bucket.weight, bucket.at});
}

bool Habits::usual_time_ahead() const {
  const base::WallTime now = clock_.wall_now();
  const unsigned ahead = hour_at(now + kLead);
  return enabled() && ahead != hour_at(now) && histogram_.begins_usual_time(ahead, now);
}

std::string Habits::next_usual_time() const {
  const base::WallTime now = clock_.wall_now();
  const unsigned hour = hour_at(now);
  const auto until = histogram_.hours_until_usual_time(hour, now);
  if (!until) return "none";
  static constexpr std::array kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const unsigned next = (hour + *until) % cache::UsageHistogram::kHours;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%s %02u:00", kDays[next / 24], next % 24);
  return text.data();
}

void Habits::restore_uses(
    const std::function<void(const std::string&, double, base::Duration)>& restore) const {
  if (!enabled()) return;
  const base::WallTime now = clock_.wall_now();
  // (By then nothing is left of a use; and longer ones are not to be had in nanoseconds.)
  constexpr std::chrono::milliseconds kForgotten = std::chrono::hours(24 * 365);
  for (const auto& use : journal_.path_uses())
    restore(use.path, use.score,
            std::clamp(now - use.at, std::chrono::milliseconds(0), kForgotten));
}

void Habits::save_uses(const std::function<Uses(std::size_t limit)>& hottest, bool now) {
  const base::SteadyTime steady = clock_.now();
  if (!enabled() || !used_ || (!now && saved_ && steady - *saved_ < kSaveEvery)) return;
  saved_ = steady;
  used_ = false;
  std::vector<clean::StoredPathUse> uses;
  for (auto& [path, score] : hottest(kMostPaths))
    uses.push_back({std::move(path), score, clock_.wall_now()});
  journal_.save_path_uses(std::move(uses));
}

bool Habits::apply_settings() {
  if (enabled()) return false;
  forget();
  return true;
}

void Habits::forget() {
  histogram_.clear();
  used_ = false;
  journal_.forget_habits();
}

}  // namespace lull::agent
