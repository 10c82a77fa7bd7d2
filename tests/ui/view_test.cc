// SPDX-License-Identifier: MIT
#include <tuple>

#include <gtest/gtest.h>

#include "ui/view/view_model.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

using namespace std::chrono_literals;

constexpr base::WallTime kNow{std::chrono::hours(500'000)};

State connected() {
  State state;
  state.link = Link::kConnected;
  state.scan.emplace();
  for (const auto& [id, tier, bytes] :
       {std::tuple{"a", model::Tier::kSafe, 100U}, std::tuple{"b", model::Tier::kReview, 300U}}) {
    model::CategoryReport category;
    category.id = category.title = id;
    category.tier = tier;
    category.items = 1;
    category.reclaimable_bytes = bytes;
    state.scan->categories.push_back(category);
  }
  return state;
}

TEST(View, NothingKnownIsADashNeverAZero) {
  const ViewModel view = make_view(State{}, kNow);
  EXPECT_EQ(view.memory.percent, "—");
  EXPECT_FALSE(view.memory.used);
  for (const Meter& row : view.memory.rows) EXPECT_EQ(row.value, "—");
  EXPECT_EQ(view.reclaim.total, "—");
  EXPECT_EQ(view.cpu.value, "—");
  EXPECT_EQ(view.day.summary, "—");
}

TEST(View, WhatLullDidByItselfSaysWhatItCost) {
  State state = connected();
  const auto run = [](std::chrono::hours ago, std::optional<model::RunUsage> usage) {
    model::HistoryEntry entry;
    entry.kind = "clean";
    entry.origin = usage ? "automatic" : "user";
    entry.started_at = kNow - ago;
    entry.summary = "done";
    entry.usage = usage;
    return entry;
  };
  state.history = {run(1h, model::RunUsage{250ms, 1024, 2048, false}), run(2h, std::nullopt),
                   run(3h, model::RunUsage{1s, 3072, std::nullopt, true}),
                   run(30h, model::RunUsage{1h, 1, 1, false})};
  const ViewModel view = make_view(state, kNow);
  EXPECT_EQ(view.day.cost, "By itself: 1.25 s CPU, 4.00 KiB read, on battery")
      << "what was written is not known of all, and yesterday is over";
  EXPECT_EQ(view.history.rows.at(0).detail, "done · 0.25 s CPU, 1.00 KiB read, 2.00 KiB written");
  EXPECT_EQ(view.history.rows.at(1).detail, "done");
  state.history->resize(0);
  EXPECT_EQ(make_view(state, kNow).day.cost, "");
}

TEST(View, WithoutAnAgentNothingCanBePressed) {
  State state = connected();
  state.link = Link::kReconnecting;
  const ViewModel view = make_view(state, kNow);
  EXPECT_FALSE(view.optimize.enabled);
  EXPECT_FALSE(view.reclaim.button_enabled);
  EXPECT_FALSE(view.header.pause_enabled);
  EXPECT_EQ(view.header.status, "Reconnecting…");
}

TEST(View, WhatTheMachineLocksIsShownAndNotOffered) {
  State state = connected();
  state.settings = {{"ui.theme", "\"dark\"", "\"system\"", "colours", {}, "/etc/lull/config.toml"},
                    {"ui.icon", "\"bars\"", "\"gauge\"", "picture", {}}};
  const auto rows = make_view(state, kNow).settings.sections.at(0).rows;
  EXPECT_TRUE(rows.at(0).locked);
  EXPECT_EQ(rows.at(0).help, "Colours. Locked by /etc/lull/config.toml");
  EXPECT_FALSE(rows.at(1).locked);
  EXPECT_EQ(rows.at(1).help, "Picture. Default: gauge");
}

TEST(View, SafeThingsAreTickedUntilSomebodySaysOtherwise) {
  State state = connected();
  EXPECT_EQ(make_view(state, kNow).reclaim.chosen, std::vector<std::string>{"a"});
  state.ticks = {{"a", false}, {"b", true}};
  const ReclaimView view = make_view(state, kNow).reclaim;
  EXPECT_EQ(view.chosen, std::vector<std::string>{"b"});
  EXPECT_EQ(view.rows.front().id, "b") << "the largest is first";
  EXPECT_EQ(view.button, "Clean 300 B");
}

TEST(View, WhileAnOperationRunsNoOtherCanBegin) {
  State state = connected();
  state.operation.emplace();
  const ViewModel view = make_view(state, kNow);
  EXPECT_EQ(view.optimize.kind, OptimizeView::Kind::kProgress);
  EXPECT_TRUE(view.optimize.cancel_enabled);
  EXPECT_FALSE(view.reclaim.button_enabled);
  EXPECT_FALSE(view.reclaim.scan_enabled);
}

TEST(View, AnOptimizeShowsOneFigureAndOnlyWhatIsKnownOfTheWhole) {
  State state = connected();
  state.operation.emplace();
  state.operation->progress = Progress{"relieving memory", 3, 7, 0, {}, 5, {}, {}};
  OptimizeView view = make_view(state, kNow).optimize;
  EXPECT_EQ(view.title, "Freeing memory");
  EXPECT_EQ(view.detail, "3 of 7 steps") << "no rate, no end";
  EXPECT_FALSE(view.fraction) << "three of seven steps are no share of all";

  state.operation->progress->percent = 25;
  state.operation->progress->left_seconds = 14.2;
  view = make_view(state, kNow).optimize;
  EXPECT_EQ(view.detail, "3 of 7 steps · about 15 s left");
  EXPECT_EQ(view.fraction, 0.25);

  state.operation->progress = Progress{"scanning", 2000, {}, 8 << 20, {}, 4, {}, {}};
  view = make_view(state, kNow).optimize;
  EXPECT_EQ(view.title, "Looking for what can go");
  EXPECT_EQ(view.detail, "2,000 items · 2.00 MiB/s");
  EXPECT_FALSE(view.fraction);
}

TEST(View, EqualStatesGiveEqualViews) {
  EXPECT_EQ(make_view(connected(), kNow), make_view(connected(), kNow));
  EXPECT_EQ(make_view(connected(), kNow), make_view(connected(), kNow + std::chrono::seconds(1)));
}

TEST(View, AnUndoIsOfferedOnlyForWhatWasMoved) {
  State state = connected();
  state.operation.emplace();
  state.operation->phase = Phase::kDone;
  state.operation->result.run = 7;
  EXPECT_FALSE(make_view(state, kNow).optimize.undo_run);
  state.operation->result.moved_items = 1;
  EXPECT_EQ(make_view(state, kNow).optimize.undo_run, 7);
  state.link = Link::kReconnecting;
  EXPECT_FALSE(make_view(state, kNow).optimize.undo_run);
}

TEST(Words, SayTimesAsPeopleDo) {
  EXPECT_EQ(ago_text(kNow - std::chrono::seconds(20), kNow), "just now");
  EXPECT_EQ(ago_text(kNow + std::chrono::hours(1), kNow), "just now") << "a clock that jumped";
  EXPECT_EQ(ago_text(kNow - std::chrono::minutes(90), kNow), "1 h ago");
  EXPECT_EQ(ago_text(kNow - std::chrono::hours(50), kNow), "2 d ago");
  EXPECT_EQ(ago_text(*base::parse_rfc3339("1013-11-24T11:58:00Z"), kNow), "370042 d ago")
      << "further than nanoseconds can say";
  EXPECT_EQ(until_text(kNow, kNow), "now");
  EXPECT_EQ(until_text(kNow + std::chrono::minutes(5), kNow), "in 5 min");
}

TEST(Words, NumbersAreShort) {
  EXPECT_EQ(percent_text(std::nullopt), "—");
  EXPECT_EQ(percent_text(0), "0 %");
  EXPECT_EQ(percent_text(9.96), "10 %");
  EXPECT_EQ(percent_text(0.31), "0.3 %");
  EXPECT_EQ(count_text(1, "item", "items"), "1 item");
  EXPECT_EQ(count_text(1234567, "item", "items"), "1,234,567 items");
}

TEST(Words, NamesOfProgramsCannotBreakALine) {
  EXPECT_EQ(one_line("a\nb\tc"), "a b c");
  EXPECT_EQ(one_line("\xff"), "%FF");
}

}  // namespace
}  // namespace lull::ui
