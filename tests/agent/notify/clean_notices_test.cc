// SPDX-License-Identifier: MIT
#include "agent/notify/clean_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::agent::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

AutoCleanNews rehearsal(bool on) {
  AutoCleanNews news;
  news.rehearsal = 3;
  news.shown_items = 12;
  news.shown_bytes = 3 << 20;
  news.shown_rules = {"a", "b"};
  news.on = on;
  return news;
}

TEST(CleanNotices, offer_undo_of_the_run_that_moved) {
  AutoCleanNews news;
  news.run = 17;
  news.moved_items = 1;
  news.moved_bytes = 2 << 20;
  const Notice notice = notice_of(news);
  EXPECT_EQ(notice.title, "Cleaned 2.00 MiB");
  EXPECT_THAT(notice.body, HasSubstr("1 thing (2.00 MiB) is in the trash"));
  EXPECT_THAT(notice.actions, ElementsAre(Field(&NoticeAction::label, "Undo"),
                                          Field(&NoticeAction::label, "Review")));
  EXPECT_EQ(run_of_undo_key(notice.actions[0].key), 17);
}

TEST(CleanNotices, offer_to_turn_it_on_while_nothing_moves) {
  const Notice notice = notice_of(rehearsal(false));
  EXPECT_THAT(notice.body, HasSubstr("12 things (3.00 MiB)"));
  EXPECT_THAT(notice.body, HasSubstr("Nothing moves until you turn it on"));
  EXPECT_THAT(notice.actions, ElementsAre(Field(&NoticeAction::key, kReviewKey),
                                          Field(&NoticeAction::key, kTurnOnKey)));
  const Notice on = notice_of(rehearsal(true));
  EXPECT_THAT(on.actions, ElementsAre(Field(&NoticeAction::key, kReviewKey)));
  EXPECT_THAT(on.body, HasSubstr("of 2 rules will go"));
}

TEST(CleanNotices, say_both_when_something_moved_and_something_was_shown) {
  AutoCleanNews news = rehearsal(true);
  news.run = 4;
  news.moved_items = 2;
  const Notice notice = notice_of(news);
  EXPECT_THAT(notice.body, HasSubstr("2 things"));
  EXPECT_THAT(notice.body, HasSubstr("12 things (3.00 MiB) of 2 rules go the next time"));
}

TEST(CleanNotices, name_what_earlier_runs_moved) {
  AutoCleanNews news;
  news.run = 4;
  news.moved_items = 2;
  EXPECT_THAT(notice_of(news).body, Not(HasSubstr("Earlier")));
  news.earlier_items = 1;
  news.earlier_bytes = 1 << 20;
  EXPECT_THAT(notice_of(news).body,
              HasSubstr("Earlier runs moved 1 thing (1.00 MiB); `lull history` lists them."));
}

TEST(CleanNotices, of_one_subject_take_each_others_place) {
  EXPECT_EQ(notice_of(rehearsal(true)).topic, notice_of_pause({"a"}).topic);
  EXPECT_THAT(notice_of_pause({"a"}).body, HasSubstr("a was undone twice and pauses"));
  EXPECT_THAT(notice_of_pause({"a", "b"}).body, HasSubstr("a, b were undone twice"));
}

TEST(CleanNotices, undo_only_by_a_key_that_names_a_run) {
  for (const char* key : {"undo", "undo:", "undo:0", "undo:-3", "undo:x", "undo:7x", "turn-on",
                          "undo:99999999999999999999"})
    EXPECT_FALSE(run_of_undo_key(key)) << key;
  EXPECT_EQ(run_of_undo_key(undo_key(7)), 7);
}

}  // namespace
}  // namespace lull::agent::notify
