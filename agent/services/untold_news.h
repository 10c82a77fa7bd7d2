// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/services/auto_clean_news.h"
#include "core/base/clock.h"
#include "core/clean/auto_policy.h"
#include "core/model/auto_clean.h"
#include "core/model/history.h"

// What of cleaning by itself a person was not told of, and when that may be told. Pure; any thread.
namespace lull::agent {

struct UntoldNews {
  AutoCleanNews news;                    // but for the rules that were shown
  std::vector<std::int64_t> rehearsals;  // whose rules these are
};

// What of the runs a person was not told of; nullopt: nothing. Of rehearsals while nothing moves a
// person is told once; of what moved, and of what will move the next time, every time.
std::optional<UntoldNews> untold_news(const std::vector<model::HistoryEntry>& newest_first,
                                      const model::AutoState& state, clean::AutoMode mode);

// At most once on a day of the person's calendar, nor within twelve hours. Both ways: what a clock
// that was wrong said does not silence anybody for ever.
bool may_tell(const std::optional<base::WallTime>& told_at, base::WallTime now);

}  // namespace lull::agent
