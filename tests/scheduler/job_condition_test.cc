// SPDX-License-Identifier: MIT
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scheduler/job_world.h"

// What holds automatic runs back, what ends them, and how that is explained.
namespace lull::testing {
namespace {

using base::CancelReason;
using base::Duration;
using scheduler::ConditionState;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobView;
using scheduler::Outcome;
using scheduler::Priority;
using scheduler::Trigger;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(JobCondition, LostMidJobCancelsItWithinTwoHundredMillisecondsWithoutBeingTold) {
  for (const Duration loss : {1001ms, 1050ms, 1099ms, 1100ms, 1149ms}) {
    JobWorld world;
    world.condition("user-active");
    world.job(periodic("scan", 1h, {"user-active"}), 10min);
    world.run([&] {
      world.sleep_to(loss);
      world.set("user-active", false, false);
      world.sleep(1min);
    });
    EXPECT_THAT(world["scan"].reasons, ElementsAre(CancelReason::kConstraintLost));
    EXPECT_LE(world["scan"].ended[0], loss + 200ms);
  }
}

TEST(JobCondition, LostMidJobCancelsItAtOnceWhenTold) {
  JobWorld world;
  world.condition("user-active");
  world.job(periodic("scan", 1h, {"user-active"}), 10min);
  world.run([&] {
    world.sleep(1030ms);
    world.set("user-active", false);
    world.sleep(1min);
    EXPECT_EQ(world.view("scan").state, JobView::State::kDeferred);
    EXPECT_EQ(world.view("scan").persisted.last_message, "constraint-lost: user-active");
  });
  EXPECT_THAT(world["scan"].ended, ElementsAre(1030ms));
}

TEST(JobCondition, TheRunCutShortGoesOnFromItsCheckpoint) {
  JobWorld world;
  world.condition("user-active");
  world.job(periodic("scan", 6h, {"user-active"}), 10s);
  world.run([&] {
    world.sleep(3s);
    world.set("user-active", false);
    world.sleep(20min);
    world.set("user-active", true);
    world.sleep(1h);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(0s, 3s + 20min));
  EXPECT_THAT(world["scan"].checkpoints, ElementsAre("", "half-way"));
  EXPECT_EQ(world.store.states["scan"].checkpoint, "");
}

TEST(JobCondition, OneThatComesAndGoesDoesNotStartARunEachTime) {
  JobWorld world;
  world.job(periodic("scan", 1h, {"flapping"}), 10min);
  int asked = 0;
  world.jobs.add_condition({"flapping", [&] { return ConditionState{++asked % 3 != 0, {}, {}}; }});
  world.run([&] { world.sleep(5min); });
  EXPECT_GE(world["scan"].started.size(), 1U);
  EXPECT_LE(world["scan"].started.size(), 12U);
}

TEST(JobCondition, LostBetweenTheQueueAndTheBodyKeepsTheBodyFromBeginning) {
  JobWorld world({.max_concurrent = 1});
  world.condition("user-active");
  world.job(on_request("long"), 10s);
  world.job(on_pressure("relief", {"user-active"}), 1s);
  world.job(periodic("scan", 1h, {"user-active"}), 1s);
  world.run([&] {
    const auto ticket = world.jobs.request("long");
    world.jobs.raise(Trigger::kPressure);
    world.sleep(1s);
    EXPECT_THAT(world.view("scan").blocked_by, ElementsAre("operation-limit"));
    world.set("user-active", false, false);
    world.sleep(20s);
    EXPECT_THAT(world["scan"].started, SizeIs(0));
    EXPECT_THAT(world.view("scan").blocked_by, ElementsAre("user-active"));
    world.set("user-active", true);
    world.sleep(20s);
  });
  EXPECT_THAT(world["scan"].started, ElementsAre(21s));
  EXPECT_THAT(world["relief"].started, SizeIs(0)) << "pressure is over by then";
}

TEST(JobCondition, OfAUnknownCodeOrThatThrowsIsNotMet) {
  JobWorld world;
  world.jobs.add_condition(
      {"broken", []() -> ConditionState { throw std::runtime_error("no sensor"); }});
  world.job(periodic("scan", 1h, {"no-such-code"}), 1s);
  world.job(periodic("size", 1h, {"broken"}), 1s);
  world.run([&] {
    world.sleep(5min);
    EXPECT_THAT(world.view("scan").blocked_by, ElementsAre("no-such-code"));
    EXPECT_EQ(world.jobs.explain("size")->conditions[0].state.value, "no sensor");
  });
  EXPECT_THAT(world["scan"].started, SizeIs(0));
  EXPECT_THAT(world["size"].started, SizeIs(0));
}

TEST(JobCondition, DoesNotMatterToAPersonsRequest) {
  JobWorld world;
  world.condition("user-active", false);
  world.job(periodic("scan", 1h, {"user-active"}), 10s);
  world.run([&] { EXPECT_EQ(world.jobs.request("scan")->wait().outcome, Outcome::kDone); });
  EXPECT_THAT(world["scan"].automatic, ElementsAre(false));
  EXPECT_THAT(world["scan"].ended, ElementsAre(10s));
}

TEST(JobCondition, NoLongerEndsAnAutomaticRunThatAPersonJoined) {
  JobWorld world;
  world.condition("user-active");
  world.job(periodic("scan", 1h, {"user-active"}), 10s);
  std::vector<bool> told_automatic;
  world.jobs.on_run_ended([&](const auto&, const auto&, auto, auto, bool automatic) {
    told_automatic.push_back(automatic);
  });
  world.run([&] {
    world.sleep(2s);
    const auto ticket = world.jobs.request("scan");
    world.set("user-active", false);
    world.jobs.cancel_background(CancelReason::kConstraintLost);
    world.jobs.pause(std::nullopt);
    world.sleep(1min);
    EXPECT_TRUE(ticket->ended());
  });
  EXPECT_THAT(world["scan"].reasons, ElementsAre(CancelReason::kNone));
  EXPECT_THAT(world["scan"].ended, ElementsAre(10s));
  EXPECT_THAT(world["scan"].automatic, ElementsAre(true)) << "the body began as automatic";
  EXPECT_THAT(told_automatic, ElementsAre(false)) << "but a person asked for it";
}

TEST(JobCondition, CancellingBackgroundWorkSparesWhatAPersonSeesOrAskedFor) {
  JobWorld world({.max_concurrent = 4});
  auto visible = periodic("visible", 1h);
  visible.priority = Priority::kUserVisible;
  auto blocking = periodic("blocking", 1h);
  blocking.priority = Priority::kUserBlocking;
  world.job(visible, 10s);
  world.job(blocking, 10s);
  world.job(on_request("asked"), 10s);
  world.job(periodic("background", 1h), 10s);
  world.job(periodic("queued", 1h), 10s);
  world.run([&] {
    const auto ticket = world.jobs.request("asked");
    world.sleep(5s);
    world.jobs.cancel_background(CancelReason::kConstraintLost);
    world.sleep(7s);
    EXPECT_THAT(world["queued"].started, SizeIs(0));
    world.sleep(1min);
  });
  for (const char* spared : {"visible", "blocking", "asked"})
    EXPECT_THAT(world[spared].reasons, ElementsAre(CancelReason::kNone)) << spared;
  EXPECT_EQ(world["background"].reasons[0], CancelReason::kConstraintLost);
  EXPECT_THAT(world["background"].started, SizeIs(2)) << "and goes on later";
  EXPECT_THAT(world["queued"].started, SizeIs(1));
}

TEST(JobExplain, ListsTheJobsConditionsInOrderThenPausedTooSoonAndTheLimit) {
  JobWorld world({.max_concurrent = 1});
  world.condition("user-active", false);
  world.condition("on-battery");
  auto scan = periodic("scan", 1h, {"on-battery", "user-active"});
  scan.minimum_gap = 5min;
  world.job(scan, 1s);
  world.job(on_request("other"), 1min);
  world.run([&] {
    auto explained = *world.jobs.explain("scan");
    std::vector<std::string> codes;
    for (const auto& condition : explained.conditions) codes.push_back(condition.code);
    EXPECT_THAT(codes,
                ElementsAre("on-battery", "user-active", "paused", "too-soon", "operation-limit"));
    EXPECT_FALSE(explained.would_run);
    EXPECT_TRUE(explained.conditions[0].state.met);
    EXPECT_FALSE(explained.conditions[1].state.met);
    EXPECT_EQ(explained.conditions[1].state.value, "bad");
    EXPECT_EQ(explained.conditions[1].state.needed, "good");

    world.set("user-active", true, false);
    EXPECT_TRUE(world.jobs.explain("scan")->would_run);
    world.jobs.conditions_changed();
    world.sleep(10s);  // it has run

    const auto ticket = world.jobs.request("other");
    world.jobs.pause(std::nullopt);
    explained = *world.jobs.explain("scan");
    EXPECT_FALSE(explained.would_run);
    EXPECT_FALSE(explained.conditions[2].state.met);
    EXPECT_EQ(explained.conditions[2].state.value, "until resumed");
    EXPECT_FALSE(explained.conditions[3].state.met);
    EXPECT_THAT(explained.conditions[3].state.value, HasSubstr("left"));
    EXPECT_FALSE(explained.conditions[4].state.met);
    EXPECT_EQ(explained.conditions[4].state.value, "1 running");
    EXPECT_EQ(explained.conditions[4].state.needed, "under 1");
  });
}

TEST(JobExplain, SaysHowOftenItFailedAndWhenItIsTriedAgain) {
  JobWorld world;
  world.job(periodic("scan", 24h), 0s, [](const JobContext&) {
    return JobResult{Outcome::kFailed, "disk full", {}};
  });
  world.run([&] {
    world.sleep(70s);  // once, and once again after a minute
    const auto explained = *world.jobs.explain("scan");
    EXPECT_THAT(explained.conditions[1].state.value, HasSubstr("left after 2 failures"));
    EXPECT_EQ(world.view("scan").state, JobView::State::kWaiting);
    EXPECT_NE(world.view("scan").next_at, std::nullopt);
  });
}

TEST(JobExplain, OfAnUnknownJobNamesTheNearest) {
  JobWorld world;
  world.job(on_request("refresh-cache"), 1s);
  world.run([&] {
    const auto explained = world.jobs.explain("refresh-cahce");
    ASSERT_FALSE(explained.has_value());
    EXPECT_EQ(explained.error().code, base::ErrorCode::kNotFound);
    EXPECT_THAT(explained.error().message, HasSubstr("\"refresh-cache\""));
    EXPECT_FALSE(world.jobs.explain("").has_value());
  });
}

TEST(JobView, ShowsWhatEachJobDoes) {
  JobWorld world({.max_concurrent = 2});
  world.condition("user-active", false);
  world.job(periodic("running", 1h), 10min);
  world.job(periodic("deferred", 1h, {"user-active"}), 1s);
  world.job(on_request("request"), 1s);
  world.job(on_pressure("relief"), 1s);
  const auto wall = world.time.wall_now();
  world.run([&] {
    world.sleep(1s);
    const auto views = world.jobs.jobs();
    ASSERT_THAT(views, SizeIs(4));
    EXPECT_EQ(views[0].spec->name, "running");
    EXPECT_EQ(views[0].state, JobView::State::kRunning);
    EXPECT_TRUE(views[0].progress.has_value());
    EXPECT_EQ(views[0].next_at, wall + 1h);
    EXPECT_EQ(views[0].persisted.last_started, wall);
    EXPECT_EQ(views[1].state, JobView::State::kDeferred);
    EXPECT_EQ(views[2].state, JobView::State::kWaiting);
    EXPECT_EQ(views[2].next_at, std::nullopt);
    EXPECT_EQ(views[3].next_at, std::nullopt);
    world.jobs.pause(wall + 2h);
    world.sleep(1s);
    EXPECT_EQ(world.view("deferred").state, JobView::State::kPaused);
    EXPECT_THAT(world.view("deferred").blocked_by, ElementsAre("paused"));
    EXPECT_EQ(world.view("deferred").next_at, wall + 2h);
    EXPECT_EQ(world.view("relief").state, JobView::State::kPaused);
    EXPECT_EQ(world.view("request").state, JobView::State::kWaiting);
  });
}

}  // namespace
}  // namespace lull::testing
