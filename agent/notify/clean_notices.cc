// SPDX-License-Identifier: MIT
#include "agent/notify/clean_notices.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/count_text.h"

namespace lull::agent::notify {
namespace {

constexpr std::string_view kUndoPrefix = "undo:";

std::string things(std::uint64_t count, std::uint64_t bytes) {
  return base::count_text(count, "thing") + " (" + base::format_bytes(bytes) + ")";
}

std::string rules(std::size_t count) {
  return count == 1 ? "one rule" : std::to_string(count) + " rules";
}

Notice of_moved(const AutoCleanNews& news) {
  Notice notice;
  notice.title = "Cleaned " + base::format_bytes(news.moved_bytes);
  notice.body = things(news.moved_items, news.moved_bytes) +
                (news.moved_items == 1 ? " is" : " are") +
                " in the trash. Undo brings everything back.";
  if (news.earlier_items != 0)
    notice.body += " Earlier runs moved " + things(news.earlier_items, news.earlier_bytes) +
                   "; `lull history` lists them.";
  if (news.rehearsal != 0)
    notice.body += " " + things(news.shown_items, news.shown_bytes) + " of " +
                   rules(news.shown_rules.size()) + " go the next time.";
  notice.actions = {{undo_key(news.run), "Undo"}, {kReviewKey, "Review"}};
  return notice;
}

Notice of_shown(const AutoCleanNews& news) {
  Notice notice;
  const std::string what = things(news.shown_items, news.shown_bytes);
  if (news.on) {
    notice.title = "To be cleaned the next time";
    notice.body = what + " of " + rules(news.shown_rules.size()) +
                  " will go to the trash when nobody is at work.";
    notice.actions = {{kReviewKey, "Review"}};
    return notice;
  }
  notice.title = "Lull could clean by itself";
  notice.body = what +
                " would go to the trash while nobody is at work. Nothing moves until you turn "
                "it on, and everything can be undone.";
  notice.actions = {{kReviewKey, "Review"}, {kTurnOnKey, "Turn on"}};
  return notice;
}

}  // namespace

Notice notice_of(const AutoCleanNews& news) {
  Notice notice = news.run != 0 ? of_moved(news) : of_shown(news);
  notice.topic = kCleanTopic;
  return notice;
}

Notice notice_of_pause(const std::vector<std::string>& paused) {
  Notice notice;
  notice.topic = kCleanTopic;
  notice.title = "Not cleaned by itself any more";
  for (const std::string& rule : paused) notice.body += (notice.body.empty() ? "" : ", ") + rule;
  notice.body +=
      paused.size() == 1 ? " was undone twice and pauses." : " were undone twice and pause.";
  notice.body += " `lull rules resume` lets a rule go on.";
  notice.asked_for = true;  // a person has undone something just now
  return notice;
}

std::string undo_key(std::int64_t run) { return std::string(kUndoPrefix) + std::to_string(run); }

std::optional<std::int64_t> run_of_undo_key(std::string_view key) {
  if (!key.starts_with(kUndoPrefix)) return std::nullopt;
  key.remove_prefix(kUndoPrefix.size());
  std::int64_t run = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), run);
  if (error != std::errc() || end != key.data() + key.size() || run <= 0) return std::nullopt;
  return run;
}

}  // namespace lull::agent::notify
