// SPDX-License-Identifier: MIT
#include "agent/presence/logind_values.h"

#include <limits>

#include <gtest/gtest.h>

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;

constexpr base::SteadyTime kNow{1000s};

TEST(IdleFrom, AHintCountsFromItsStamp) {
  EXPECT_EQ(idle_from({true, 940'000'000, ""}, std::nullopt, kNow).idle_for, 60s);
}

TEST(IdleFrom, NoHintWithAStampMeansSomebodyIsThere) {
  EXPECT_EQ(idle_from({false, 940'000'000, ""}, std::nullopt, kNow).idle_for, 0s);
}

TEST(IdleFrom, AStampThatWasNeverSetMeansNobodyKnows) {
  EXPECT_EQ(idle_from({false, 0, ""}, std::nullopt, kNow).idle_for, std::nullopt);
  EXPECT_EQ(idle_from({true, 0, ""}, std::nullopt, kNow).idle_for, std::nullopt);
}

TEST(IdleFrom, NothingToldMeansNobodyKnows) {
  EXPECT_EQ(idle_from({}, std::nullopt, kNow).idle_for, std::nullopt);
  EXPECT_EQ(idle_from({true, std::nullopt, ""}, std::nullopt, kNow).idle_for, std::nullopt);
  EXPECT_EQ(idle_from({std::nullopt, 940'000'000, ""}, std::nullopt, kNow).idle_for, std::nullopt);
}

TEST(IdleFrom, AStampInTheFutureCountsAsNow) {
  EXPECT_EQ(idle_from({true, 2'000'000'000, ""}, std::nullopt, kNow).idle_for, 0s);
}

TEST(IdleFrom, AnImpossibleStampDoesNotOverflow) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(idle_from({true, kMost, ""}, std::nullopt, kNow).idle_for, std::nullopt);
  EXPECT_EQ(idle_from({true, kMost / 2 / 1000, ""}, std::nullopt, kNow).idle_for, 0s);
  EXPECT_EQ(idle_from({true, kMost / 2 / 1000 + 1, ""}, std::nullopt, kNow).idle_for, std::nullopt);
}

TEST(LogindValues, ALockedScreenCountsOnlyWhereNoHintIsSet) {
  LogindState state{false, 0, ""};
  state.locked = true;
  EXPECT_EQ(idle_from(state, kNow - 90s, kNow).idle_for, 90s);
  EXPECT_EQ(idle_from(state, kNow + 90s, kNow).idle_for, 0s);
  EXPECT_EQ(idle_from(state, std::nullopt, kNow).idle_for, std::nullopt);
  state.idle_since_us = 940'000'000;
  EXPECT_EQ(idle_from(state, kNow - 90s, kNow).idle_for, 0s) << "somebody else is there";
  state = {};
  state.locked = false;
  EXPECT_EQ(idle_from(state, kNow - 90s, kNow).idle_for, std::nullopt);
}

TEST(NamesIdle, FindsTheWordAndNotPartsOfOthers) {
  EXPECT_TRUE(names_idle("idle"));
  EXPECT_TRUE(names_idle("sleep:idle"));
  EXPECT_TRUE(names_idle("sleep:idle:shutdown"));
  EXPECT_FALSE(names_idle(""));
  EXPECT_FALSE(names_idle("sleep"));
  EXPECT_FALSE(names_idle("idleness:midle"));
  EXPECT_FALSE(names_idle(":::"));
}

TEST(IdleBlockers, AreThoseThatBlockIdle) {
  const std::vector<Inhibitor> all{{"idle", "mpv", "playing", "block"},
                                   {"idle", "patient", "later", "delay"},
                                   {"sleep", "upower", "battery", "block"},
                                   {"sleep:idle", "", "", "block"}};
  EXPECT_EQ(idle_blockers(all), (std::vector<std::string>{"mpv (playing)", "somebody"}));
}

TEST(IdleBlockers, AreCutAndMadePrintable) {
  const std::string umlauts = "aöööööööööööööööööööööööööööööööööööööööööööööööööö";
  const auto names = idle_blockers(
      std::vector<Inhibitor>{{"idle", "bad\x1b[31m\nname", std::string(5000, 'x'), "block"},
                             {"idle", umlauts, "", "block"}});
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0], "bad [31m name (" + std::string(80, 'x') + ")");
  EXPECT_LE(names[1].size(), 80U);
  EXPECT_EQ(names[1], umlauts.substr(0, names[1].size()));
  EXPECT_NE(static_cast<unsigned char>(umlauts[names[1].size()]) & 0xC0U, 0x80U)
      << "cut through a character";
}

TEST(IdleBlockers, AreNotMoreThanAPersonWouldRead) {
  EXPECT_EQ(idle_blockers(std::vector<Inhibitor>(5000, {"idle", "x", "", "block"})).size(), 16U);
}

}  // namespace
}  // namespace lull::agent::presence
