// SPDX-License-Identifier: MIT
#include "ui/client/session.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "ui/view/view_model.h"

namespace lull::ui {
namespace {

using Kind = Intent::Kind;
constexpr base::WallTime kNow{std::chrono::hours(500'000)};

class SessionTest : public testing::Test {
 protected:
  SessionTest() { session_.on_connected(kNow); }

  control::Reply reply(control::Object object, bool continues = false) {
    return {continues, std::move(object)};
  }
  void act(Kind kind) { session_.act({kind}); }
  void clean(std::vector<std::string> categories) {
    session_.act({.kind = Kind::kClean, .categories = std::move(categories)});
  }
  void offer(const char* plan) {
    session_.on_reply(
        Channel::kOperation,
        reply({{"dry_run", true}, {"plan", plan}, {"moved_items", 2}, {"moved_bytes", 700}}), kNow);
  }
  std::size_t sent(const std::string& method) const {
    return static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(), [&](const auto& call) { return call.method == method; }));
  }
  const Operation& operation() const { return *session_.state().operation; }

  std::vector<OutgoingCall> calls_;
  Session session_{[this](OutgoingCall call) { calls_.push_back(std::move(call)); }};
};

TEST_F(SessionTest, AsksForWhatTheWindowShows) {
  for (const char* method : {"GetConfig", "Watch", "History", "Scan"})
    EXPECT_EQ(sent(method), 1U) << method;
  EXPECT_EQ(session_.state().link, Link::kConnected);
}

TEST_F(SessionTest, TwoClicksAreOneOptimize) {
  act(Kind::kOptimize);
  act(Kind::kOptimize);
  session_.act({.kind = Kind::kClean, .categories = {"a"}});
  EXPECT_EQ(sent("Optimize"), 1U);
  EXPECT_EQ(sent("Clean"), 0U) << "one operation at a time";
}

TEST_F(SessionTest, CleanShowsWhatWouldGoAndThenMovesThat) {
  clean({"a", "b"});
  ASSERT_EQ(sent("Clean"), 1U);
  EXPECT_EQ(calls_.back().parameters.at("dry_run"), true);
  EXPECT_EQ(operation().kind, OperationKind::kOffer);
  offer("p1");
  EXPECT_FALSE(session_.state().operation);
  ASSERT_TRUE(session_.state().offer);
  EXPECT_EQ(session_.state().offer->bytes, 700U);
  EXPECT_FALSE(session_.state().offer->renewed);
  clean({"a", "b"});
  ASSERT_EQ(sent("Clean"), 2U);
  EXPECT_EQ(calls_.back().parameters, (control::Object{{"plan", "p1"}}));
  EXPECT_EQ(operation().kind, OperationKind::kClean);
}

TEST_F(SessionTest, OtherTicksOrANoNeedAnotherLook) {
  clean({"a"});
  offer("p1");
  session_.act({.kind = Kind::kTick, .categories = {"b"}, .flag = true});
  EXPECT_FALSE(session_.state().offer);
  clean({"a", "b"});
  EXPECT_EQ(calls_.back().parameters.at("dry_run"), true);
  offer("p2");
  act(Kind::kWithdraw);
  EXPECT_FALSE(session_.state().offer);
}

TEST_F(SessionTest, APlanThatIsNoMoreIsMadeAnewAndShownFirst) {
  clean({"a"});
  offer("p1");
  clean({"a"});
  auto gone = control::read_reply(control::make_error(
      control::error::kFailed, {{"code", "not-found"}, {"message", "there is no such plan"}}));
  ASSERT_TRUE(gone.has_value());
  session_.on_reply(Channel::kOperation, *std::move(gone), kNow);
  EXPECT_EQ(operation().kind, OperationKind::kOffer);
  EXPECT_EQ(calls_[calls_.size() - 2].parameters.contains("dry_run") ||
                calls_.back().parameters.contains("dry_run"),
            true);
  offer("p2");
  ASSERT_TRUE(session_.state().offer);
  EXPECT_TRUE(session_.state().offer->renewed);
}

TEST_F(SessionTest, NothingLeftIsAResult) {
  clean({"a"});
  session_.on_reply(Channel::kOperation, reply({{"dry_run", true}, {"moved_items", 0}}), kNow);
  EXPECT_EQ(operation().phase, Phase::kDone);
  EXPECT_FALSE(session_.state().offer);
}

TEST_F(SessionTest, ALookThatIsCancelledLeavesNothing) {
  clean({"a"});
  act(Kind::kCancel);
  offer("p1");
  EXPECT_FALSE(session_.state().operation);
  EXPECT_FALSE(session_.state().offer);
}

TEST_F(SessionTest, AWindowOpenedDuringARunSaysSoUntilItIsOver) {
  const auto jobs = [&](const char* state) {
    session_.on_reply(Channel::kWatch,
                      reply({{"jobs", {{{"name", "clean"}, {"state", state}}}}}, true), kNow);
  };
  jobs("running");
  ASSERT_TRUE(session_.state().operation);
  EXPECT_TRUE(operation().elsewhere);
  act(Kind::kCancel);
  EXPECT_EQ(sent("Cancel"), 0U) << "it is not ours";
  act(Kind::kOptimize);
  EXPECT_EQ(sent("Optimize"), 0U);
  jobs("waiting");
  EXPECT_FALSE(session_.state().operation);
  EXPECT_EQ(sent("History"), 2U);
}

class ReopenedTest : public SessionTest {
 protected:
  void snapshot(boost::json::array operations) {
    session_.on_reply(Channel::kWatch, reply({{"operations", std::move(operations)}}, true), kNow);
  }
  static control::Object optimize(std::int64_t callers) {
    return {{"operation", 4}, {"method", "Optimize"}, {"callers", callers}};
  }
  void not_found() {
    session_.on_reply(Channel::kOperation,
                      *control::read_reply(control::make_error(
                          control::error::kFailed,
                          {{"code", "not-found"}, {"message", "no such operation goes on"}})),
                      kNow);
  }
  OptimizeView shown() const { return make_view(session_.state(), kNow).optimize; }
};

// The window was closed in the middle of an optimize, and is opened again.
TEST_F(ReopenedTest, ShowsTheProgressWithCancelAndTheResultWithUndo) {
  snapshot({optimize(0)});
  snapshot({optimize(0)});
  ASSERT_EQ(sent("Follow"), 1U);
  EXPECT_EQ(sent("Optimize"), 0U) << "nothing is begun";
  EXPECT_EQ(shown().kind, OptimizeView::Kind::kProgress);
  session_.on_reply(
      Channel::kOperation,
      reply({{"progress",
              {{"stage", "moving"}, {"done_items", 3}, {"total_items", 9}, {"percent", 61.0}}}},
            true),
      kNow);
  EXPECT_EQ(shown().fraction, 0.61);
  EXPECT_EQ(shown().detail, "3 of 9 items");
  EXPECT_TRUE(shown().cancel_enabled);
  session_.on_reply(
      Channel::kOperation,
      reply({{"result",
              {{"operations", {{{"id", "file-caches"}, {"outcome", "freed"}, {"bytes", 7}}}},
               {"clean", {{"run", 9}, {"moved_items", 9}, {"moved_bytes", 5}}}}}}),
      kNow);
  EXPECT_EQ(shown().kind, OptimizeView::Kind::kResult);
  EXPECT_EQ(shown().undo_run, 9);
  snapshot({optimize(0)});  // was on its way
  snapshot({});
  EXPECT_EQ(shown().undo_run, 9) << "the result stays";
  EXPECT_EQ(sent("Follow"), 1U);
}

TEST_F(ReopenedTest, CanCancelIt) {
  snapshot({optimize(0)});
  act(Kind::kCancel);
  EXPECT_EQ(sent("Cancel"), 1U);
  session_.on_reply(Channel::kOperation,
                    reply({{"result", {{"clean", {{"run", 1}, {"moved_items", 1}}}}}}), kNow);
  EXPECT_EQ(operation().phase, Phase::kCancelled);
  EXPECT_EQ(shown().undo_run, 1);
}

TEST_F(ReopenedTest, WhatSomebodyElseWaitsForIsTheirsToCancel) {
  snapshot({optimize(1)});
  EXPECT_FALSE(shown().cancel_enabled);
  act(Kind::kCancel);
  EXPECT_EQ(sent("Cancel"), 0U);
  snapshot({optimize(0)});
  EXPECT_TRUE(shown().cancel_enabled) << "they went";
}

// Its first window is gone, and the agent has not noticed when Cancel comes.
TEST_F(ReopenedTest, WhatWasOnlyLeftIsNeverShownAsEnded) {
  snapshot({optimize(0)});
  act(Kind::kCancel);
  session_.on_reply(Channel::kOperation,
                    *control::read_reply(control::make_error(
                        control::error::kFailed,
                        {{"code", "cancelled"}, {"message", "not waited for any more"}})),
                    kNow);
  EXPECT_EQ(shown().kind, OptimizeView::Kind::kProgress);
  EXPECT_FALSE(shown().cancel_enabled);
  snapshot({optimize(0)});
  EXPECT_EQ(sent("Follow"), 2U);
  EXPECT_TRUE(shown().cancel_enabled);
}

TEST_F(ReopenedTest, WhatEndedJustBeforeIsNotBegunAgain) {
  snapshot({optimize(0)});
  not_found();
  EXPECT_FALSE(session_.state().operation);
  EXPECT_EQ(sent("History"), 2U) << "it has what was done";
  snapshot({optimize(0)});
  EXPECT_EQ(sent("Follow"), 1U) << "that one was on its way";
  EXPECT_EQ(sent("Optimize"), 0U);
}

TEST_F(ReopenedTest, OnesOwnIsNotFollowed) {
  act(Kind::kOptimize);
  snapshot({optimize(1)});
  EXPECT_EQ(sent("Follow"), 0U);
  session_.on_reply(Channel::kOperation, reply({{"clean", nullptr}}), kNow);
  act(Kind::kDismiss);
  snapshot({optimize(1)});  // was on its way
  snapshot({});
  EXPECT_EQ(sent("Follow"), 0U);
  EXPECT_FALSE(session_.state().operation);
}

TEST_F(ReopenedTest, WhatGoesOnForOthersAfterACancelIsShownAgain) {
  act(Kind::kOptimize);
  act(Kind::kCancel);
  session_.on_reply(Channel::kOperation,
                    *control::read_reply(control::make_error(
                        control::error::kFailed,
                        {{"code", "cancelled"}, {"message", "not waited for any more"}})),
                    kNow);
  EXPECT_EQ(operation().phase, Phase::kCancelled);
  snapshot({optimize(2)});
  EXPECT_EQ(sent("Follow"), 0U) << "may be from before";
  snapshot({optimize(1)});
  EXPECT_EQ(sent("Follow"), 1U);
  EXPECT_EQ(shown().kind, OptimizeView::Kind::kProgress);
  EXPECT_FALSE(shown().cancel_enabled);
}

TEST_F(SessionTest, ProgressThenResultThenUndo) {
  act(Kind::kOptimize);
  session_.on_reply(Channel::kOperation,
                    reply({{"progress", {{"stage", "moving"}, {"done_items", 3}}}}, true), kNow);
  ASSERT_TRUE(operation().progress);
  EXPECT_EQ(operation().progress->done_items, 3U);
  session_.on_reply(
      Channel::kOperation,
      reply({{"operations", {{{"id", "file-caches"}, {"outcome", "freed"}, {"bytes", 7}}}},
             {"clean", {{"run", 9}, {"moved_items", 2}, {"moved_bytes", 5}}}}),
      kNow);
  EXPECT_EQ(operation().phase, Phase::kDone);
  EXPECT_EQ(operation().result.run, 9);
  session_.act({.kind = Kind::kUndo, .run = 9});
  ASSERT_EQ(sent("Undo"), 1U);
  const auto undo = std::find_if(calls_.begin(), calls_.end(),
                                 [](const auto& call) { return call.method == "Undo"; });
  EXPECT_EQ(undo->parameters.at("run"), 9);
  EXPECT_EQ(operation().kind, OperationKind::kUndo);
}

TEST_F(SessionTest, CancelIsSentOnceAndThePartialResultShown) {
  act(Kind::kOptimize);
  act(Kind::kCancel);
  act(Kind::kCancel);
  EXPECT_EQ(sent("Cancel"), 1U);
  EXPECT_EQ(operation().phase, Phase::kCancelling);
  session_.on_reply(Channel::kOperation, reply({{"clean", {{"run", 1}, {"moved_items", 1}}}}),
                    kNow);
  EXPECT_EQ(operation().phase, Phase::kCancelled);
  EXPECT_EQ(operation().result.moved_items, 1U);
  session_.on_reply(Channel::kOperation, reply({{"cancelled", 1}}), kNow);
  act(Kind::kOptimize);
  EXPECT_EQ(sent("Optimize"), 2U) << "and the next one can begin";
}

TEST_F(SessionTest, AnAgentThatCannotSaysSoInASentence) {
  act(Kind::kOptimize);
  auto refused = control::read_reply(control::make_error(control::error::kMethodNotFound, {}));
  ASSERT_TRUE(refused.has_value());
  session_.on_reply(Channel::kOperation, *std::move(refused), kNow);
  EXPECT_EQ(operation().phase, Phase::kFailed);
  EXPECT_NE(operation().failure.find("cannot do that"), std::string::npos);
  act(Kind::kDismiss);
  EXPECT_FALSE(session_.state().operation);
}

TEST_F(SessionTest, AnAgentThatDiesEndsTheOperationAndComesBack) {
  act(Kind::kOptimize);
  session_.on_reply(Channel::kWatch, reply({{"version", "1"}}, true), kNow);
  session_.on_lost();
  EXPECT_EQ(session_.state().link, Link::kReconnecting);
  EXPECT_TRUE(session_.state().snapshot) << "the last numbers stay";
  EXPECT_EQ(operation().phase, Phase::kFailed);
  act(Kind::kDismiss);
  act(Kind::kOptimize);
  EXPECT_EQ(sent("Optimize"), 1U) << "nobody is there to do it";
  session_.on_connected(kNow);
  EXPECT_EQ(session_.state().link, Link::kConnected);
  EXPECT_EQ(sent("Watch"), 2U);
  act(Kind::kOptimize);
  EXPECT_EQ(sent("Optimize"), 2U);
}

TEST_F(SessionTest, RepliesNobodyAskedForAreDropped) {
  session_.on_reply(Channel::kOperation, reply({{"clean", nullptr}}), kNow);
  EXPECT_FALSE(session_.state().operation);
}

TEST_F(SessionTest, SnapshotsMakeTheTrend) {
  for (int at = 0; at < 3; ++at)
    session_.on_reply(Channel::kWatch, reply({{"cpu", {{"percent", 5.0}}}}, true),
                      kNow + std::chrono::seconds(at));
  EXPECT_EQ(session_.state().trend.samples().size(), 3U);
  EXPECT_EQ(sent("Top"), 1U) << "not with every snapshot";
}

TEST_F(SessionTest, TheFirstSnapshotBringsTheMinutesBeforeIt) {
  const auto at = [](int seconds) {
    return base::format_rfc3339(kNow + std::chrono::seconds(seconds));
  };
  const auto snapshot = [&](boost::json::array recent) {
    return reply({{"cpu", {{"percent", 5.0}}}, {"recent", std::move(recent)}}, true);
  };
  session_.on_reply(Channel::kWatch,
                    snapshot({{{"at", at(-120)}, {"cpu_percent", 1.0}, {"pressure_percent", 0.5}},
                              {{"at", at(-115)}, {"cpu_percent", nullptr}},
                              {{"cpu_percent", 7.0}}}),
                    kNow);
  const auto& samples = session_.state().trend.samples();
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples.front(), (TrendSample{kNow - std::chrono::seconds(120), 1.0, 0.5}));
  EXPECT_FALSE(samples[1].cpu_percent) << "unknown stays unknown";
  // An agent that came back tells the little that it saw itself.
  session_.on_lost();
  session_.on_connected(kNow);
  session_.on_reply(Channel::kWatch, snapshot({{{"at", at(20)}, {"cpu_percent", 9.0}}}),
                    kNow + std::chrono::seconds(25));
  EXPECT_EQ(samples.size(), 5U);
}

TEST_F(SessionTest, ASystemThatTellsNoStallsHasNoCurveOfThem) {
  session_.on_reply(
      Channel::kWatch,
      reply({{"memory",
              {{"total_bytes", 1}, {"pressure", {{"level", "warning"}, {"some_avg10", nullptr}}}}}},
            true),
      kNow);
  EXPECT_FALSE(session_.state().trend.samples().back().pressure_percent);
  const ViewModel view = make_view(session_.state(), kNow);
  EXPECT_EQ(view.pressure.value, "—");
  EXPECT_EQ(view.memory.pressure_level, "Tight");
}

TEST_F(SessionTest, ASettingIsSetAndTheTableThatComesBackIsShown) {
  session_.act({.kind = Kind::kSet, .key = "ui.theme", .value = "dark"});
  EXPECT_EQ(calls_.back().method, "SetConfig");
  // GetConfig and History were asked before, on the same channel.
  session_.on_reply(Channel::kQuick, reply({}), kNow);
  session_.on_reply(Channel::kQuick, reply({}), kNow);
  session_.on_reply(Channel::kQuick,
                    reply({{"settings",
                            {{{"key", "ui.theme"},
                              {"value", "\"dark\""},
                              {"locked_by", "/etc/lull/config.toml"}}}}}),
                    kNow);
  ASSERT_TRUE(session_.state().settings);
  EXPECT_EQ(session_.state().settings->front().locked_by, "/etc/lull/config.toml");
  EXPECT_EQ(session_.state().settings->front().value, "\"dark\"");
}

TEST_F(SessionTest, TicksAndPagesNeedNoAgent) {
  session_.act({.kind = Kind::kTick, .categories = {"a"}, .flag = true});
  session_.act({.kind = Kind::kShowPage, .page = Page::kHistory});
  EXPECT_TRUE(session_.state().ticks.at("a"));
  EXPECT_EQ(session_.state().page, Page::kHistory);
}

}  // namespace
}  // namespace lull::ui
