// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/notify/notice.h"
#include "agent/services/auto_clean_news.h"

// What cleaning by itself says on the desktop, and what a click on that means. Pure; any thread.
namespace lull::agent::notify {

inline constexpr const char* kCleanTopic = "clean";
inline constexpr const char* kTurnOnKey = "turn-on";
inline constexpr const char* kReviewKey = "review";

// Of what moved, with Undo; else of what was shown, with Review and, while nothing moves, Turn on.
Notice notice_of(const AutoCleanNews& news);
// These rules were undone twice.
Notice notice_of_pause(const std::vector<std::string>& paused);

// The key of Undo names its run, since the notice that is clicked need not be the newest.
std::string undo_key(std::int64_t run);
std::optional<std::int64_t> run_of_undo_key(std::string_view key);

}  // namespace lull::agent::notify
