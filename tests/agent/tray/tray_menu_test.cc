// SPDX-License-Identifier: MIT
#include "agent/tray/tray_menu.h"

#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/commands/arguments.h"
#include "agent/commands/command_table.h"

namespace lull::agent::tray {
namespace {

std::string labels(const MenuState& state) {
  std::string text;
  for (const MenuItem& item : menu_items(state))
    text += (item.kind == MenuItem::Kind::kSeparator ? "-" : item.label) + "\n";
  return text;
}

TEST(TrayMenu, OffersToPauseWhileAutomaticJobsRun) {
  EXPECT_EQ(labels({"", false}),
            "_Open Lull\nOp_timize now\n-\n_Pause for an hour\nPause until to_morrow\n-\n"
            "Pr_eferences\n_About Lull\n_Quit\n");
}

TEST(TrayMenu, OffersToResumeWhilePaused) {
  EXPECT_EQ(labels({"", true}),
            "_Open Lull\nOp_timize now\n-\n_Resume\n-\nPr_eferences\n_About Lull\n_Quit\n");
}

TEST(TrayMenu, OffersToUndoOnlyWhatCanBeUndone) {
  EXPECT_EQ(wish_of(10, {"", false, true}), TrayWish::kUndo);
  EXPECT_FALSE(wish_of(10, {"", false, false}));
  EXPECT_NE(labels({"", false, true}).find("_Undo last\n"), std::string::npos);
  EXPECT_EQ(labels({"", false, false}).find("Undo"), std::string::npos);
}

TEST(TrayMenu, NotesComeFirstAndDoNothing) {
  const MenuState state{"Memory: about 5 %\na_b", false};
  const auto items = menu_items(state);
  ASSERT_GE(items.size(), 3U);
  EXPECT_EQ(items[0].kind, MenuItem::Kind::kNote);
  EXPECT_EQ(items[0].label, "Memory: about 5 %");
  EXPECT_EQ(items[1].label, "a__b") << "an underscore is no access key";
  EXPECT_EQ(items[2].kind, MenuItem::Kind::kSeparator);
  for (int item = 0; item < 3; ++item)
    EXPECT_FALSE(wish_of(items[static_cast<std::size_t>(item)].id, state));
}

TEST(TrayMenu, NumbersAreUniqueAndNotTheRoots) {
  for (const bool paused : {false, true}) {
    std::set<std::int32_t> ids{0};
    for (const MenuItem& item : menu_items({"a\nb\nc\nd\ne\nf\ng\nh\ni\nj", paused}))
      EXPECT_TRUE(ids.insert(item.id).second) << item.id;
  }
}

TEST(TrayMenu, EveryEntryIsAWishAndNothingElseIs) {
  for (const bool paused : {false, true}) {
    const MenuState state{"note", paused};
    std::set<std::int32_t> entries;
    for (const MenuItem& item : menu_items(state))
      if (item.kind == MenuItem::Kind::kEntry) entries.insert(item.id);
    for (std::int32_t id = -5; id < 200; ++id)
      EXPECT_EQ(wish_of(id, state).has_value(), entries.contains(id)) << id;
    EXPECT_FALSE(wish_of(std::numeric_limits<std::int32_t>::min(), state));
    EXPECT_FALSE(wish_of(std::numeric_limits<std::int32_t>::max(), state));
  }
}

TEST(TrayMenu, EveryEntryIsTheWishItsLabelSays) {
  const std::map<std::string, TrayWish> meant = {
      {"_Open Lull", TrayWish::kOpen},
      {"Op_timize now", TrayWish::kOptimize},
      {"_Undo last", TrayWish::kUndo},
      {"_Pause for an hour", TrayWish::kPauseHour},
      {"Pause until to_morrow", TrayWish::kPauseUntilTomorrow},
      {"_Resume", TrayWish::kResume},
      {"Pr_eferences", TrayWish::kPreferences},
      {"_About Lull", TrayWish::kAbout},
      {"_Quit", TrayWish::kQuit}};
  std::set<std::string> seen;
  for (const bool paused : {false, true}) {
    const MenuState state{"note", paused, true};
    for (const MenuItem& item : menu_items(state)) {
      if (item.kind != MenuItem::Kind::kEntry) continue;
      ASSERT_TRUE(meant.contains(item.label)) << item.label;
      EXPECT_EQ(wish_of(item.id, state), meant.at(item.label)) << item.label;
      seen.insert(item.label);
    }
  }
  EXPECT_EQ(seen.size(), meant.size());
  EXPECT_EQ(menu_commands().size(), meant.size());
}

// One program, one vocabulary: what the menu does can be typed, but for what is about the agent.
TEST(TrayMenu, EveryEntryIsACommandOfTheCommandTable) {
  std::set<TrayWish> without;
  for (const MenuCommand& entry : menu_commands()) {
    std::istringstream line{std::string(entry.command)};
    const std::vector<std::string> words{std::istream_iterator<std::string>(line), {}};
    if (words.empty()) {
      without.insert(entry.wish);
      continue;
    }
    const commands::CommandSpec* const command = commands::find_command(words[0]);
    ASSERT_NE(command, nullptr) << entry.label << ": " << entry.command;
    EXPECT_TRUE(commands::Arguments::parse(*command, std::vector(words.begin() + 1, words.end())))
        << entry.command;
  }
  EXPECT_EQ(without, (std::set<TrayWish>{TrayWish::kAbout, TrayWish::kQuit}));
}

TEST(TrayMenu, WhatIsNotThereCannotBeWished) {
  EXPECT_FALSE(wish_of(5, {"", false})) << "resume while nothing is paused";
  EXPECT_EQ(wish_of(5, {"", true}), TrayWish::kResume);
  EXPECT_FALSE(wish_of(3, {"", true}));
}

}  // namespace
}  // namespace lull::agent::tray
