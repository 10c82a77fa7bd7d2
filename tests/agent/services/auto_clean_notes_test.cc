// SPDX-License-Identifier: MIT
#include "agent/services/auto_clean_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using ::testing::SizeIs;

clean::PlanItem item(std::size_t number) {
  clean::PlanItem item;
  item.rule = "thumbnails";
  item.path = "/t/" + std::to_string(number) + ".png";
  item.entries = 2;
  item.bytes = 1000;
  return item;
}

TEST(RunNotes, ListEveryItemWhileThereIsRoom) {
  RunNotes notes;
  notes.add_rehearsed({item(1), item(2)}, {});
  notes.add_left({{item(3), "given back"}}, {{"/t/4.png", "gone"}});
  const auto list = notes.list();
  ASSERT_THAT(list, SizeIs(5)) << "the sum of the rule, and four things";
  EXPECT_EQ(list[0].items, 4U);
  EXPECT_EQ(list[3].reason, "given back");
  EXPECT_EQ(list[4].reason, "gone");
}

TEST(RunNotes, SayHowManyAreNotListed) {
  constexpr std::size_t kItems = AutoClean::kMostNotes + 10;
  std::vector<clean::PlanItem> items;
  for (std::size_t i = 0; i < kItems; ++i) items.push_back(item(i));
  RunNotes notes;
  notes.add_rehearsed(items, {});
  notes.add_left({{item(kItems), "given back"}, {item(kItems + 1), "given back"}}, {});
  const auto list = notes.list();
  ASSERT_THAT(list, SizeIs(AutoClean::kMostNotes + 2));
  const auto& left = list[AutoClean::kMostNotes];
  EXPECT_EQ(left.fate, "left");
  EXPECT_EQ(left.reason, "2 more, which are not listed here");
  const auto& would_go = list[AutoClean::kMostNotes + 1];
  EXPECT_EQ(would_go.fate, "would-go");
  EXPECT_EQ(would_go.path, "");
  EXPECT_EQ(would_go.reason, "11 more, which are not listed here") << "the sum takes a place";
  EXPECT_EQ(would_go.items, 22U);
  EXPECT_EQ(would_go.bytes, 11'000U);
}

}  // namespace
}  // namespace lull::agent
