// SPDX-License-Identifier: MIT
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/task_group.h"
#include "tests/scheduler/job_world.h"

// Requests: single flight, tickets that give up, the operation limit and its queue.
namespace lull::testing {
namespace {

using base::CancelReason;
using base::CancelSource;
using base::CancelToken;
using base::Duration;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobView;
using scheduler::Outcome;
using scheduler::Priority;
using scheduler::RunTicket;
using scheduler::TaskGroup;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(JobRequest, RunsTheJobAndGivesItsResult) {
  JobWorld world;
  world.job(on_request("size"), 5s, [](const JobContext& context) {
    return JobResult{Outcome::kPartial, "of " + context.parameters.at("path"), {}};
  });
  world.run([&] {
    auto ticket = world.jobs.request("size", {{"path", "/srv"}});
    ASSERT_TRUE(ticket.has_value());
    EXPECT_FALSE(ticket->ended());
    const JobResult result = ticket->wait();
    EXPECT_EQ(result.outcome, Outcome::kPartial);
    EXPECT_EQ(result.message, "of /srv");
    EXPECT_TRUE(ticket->ended());
    EXPECT_EQ(ticket->wait().message, "of /srv") << "and again";
  });
  EXPECT_THAT(world["size"].automatic, ElementsAre(false));
}

TEST(JobRequest, ForAnUnknownJobNamesTheNearest) {
  JobWorld world;
  world.job(on_request("scan"), 1s);
  world.run([&] {
    const auto near = world.jobs.request("sacn");
    ASSERT_FALSE(near.has_value());
    EXPECT_EQ(near.error().code, base::ErrorCode::kNotFound);
    EXPECT_THAT(near.error().message, HasSubstr("did you mean \"scan\"?"));
    const auto far = world.jobs.request("defragment");
    ASSERT_FALSE(far.has_value());
    EXPECT_EQ(far.error().message, "there is no job \"defragment\"");
  });
}

TEST(JobRequest, WithEqualParametersJoinsTheRunUnderWay) {
  JobWorld world;
  world.job(on_request("size"), 10s);
  world.run([&] {
    auto first = world.jobs.request("size", {{"path", "/a"}});
    world.sleep(4s);
    auto second = world.jobs.request("size", {{"path", "/a"}});
    auto other = world.jobs.request("size", {{"path", "/b"}});
    EXPECT_EQ(second->wait().outcome, Outcome::kDone);
    EXPECT_EQ(world.now(), 10s);
    EXPECT_TRUE(first->ended());
    EXPECT_FALSE(other->ended());
  });
  EXPECT_THAT(world["size"].started, ElementsAre(0s, 4s));
}

TEST(JobRequest, ShowsProgressWhileItRuns) {
  JobWorld world;
  auto spec = on_request("size");
  spec.body = [&](JobContext& context) {
    context.progress.enter("walking");
    context.progress.add(7, 4096);
    world.sleep(5s);
    return JobResult{};
  };
  world.jobs.add_job(spec);
  world.run([&] {
    const auto ticket = world.jobs.request("size");
    world.sleep(1s);
    EXPECT_EQ(ticket->progress().stage, "walking");
    EXPECT_EQ(ticket->progress().done_items, 7U);
    EXPECT_EQ(world.view("size").progress->done_bytes, 4096U);
  });
}

TEST(JobRequest, TheLastTicketToGiveUpCancelsTheRunAndWaitsForWhatTheBodyPutDown) {
  JobWorld world;
  std::string put;
  auto spec = on_request("size");
  spec.body = [&](JobContext& context) -> JobResult {
    world.engine.sleep_for(1h, {}, context.cancel);
    world.sleep(3s);  // finishes the item at hand
    put = "partial value";
    return {Outcome::kPartial, std::string(cancel_reason_name(context.cancel.reason())), {}};
  };
  world.jobs.add_job(spec);
  world.run([&] {
    CancelSource cancel;
    TaskGroup group(world.engine);
    group.spawn("Ctrl-C", [&](const CancelToken&) {
      world.sleep(2s);
      cancel.cancel(CancelReason::kUser);
    });
    auto ticket = world.jobs.request("size");
    const JobResult result = ticket->wait(cancel.token());
    EXPECT_EQ(world.now(), 5s);
    EXPECT_EQ(put, "partial value");
    EXPECT_EQ(result.outcome, Outcome::kPartial);
    EXPECT_EQ(result.message, "user");
    group.join();
  });
}

TEST(JobRequest, ATicketThatGivesUpWhileOthersWaitReturnsAtOnceAndHarmsNothing) {
  JobWorld world;
  world.job(on_request("size"), 10s);
  world.run([&] {
    CancelSource cancel;
    TaskGroup group(world.engine);
    Outcome patient = Outcome::kFailed;
    group.spawn("patient",
                [&](const CancelToken&) { patient = world.jobs.request("size")->wait().outcome; });
    group.spawn("Ctrl-C", [&](const CancelToken&) {
      world.sleep(2s);
      cancel.cancel(CancelReason::kUser);
    });
    world.engine.yield();
    auto ticket = world.jobs.request("size");
    EXPECT_EQ(ticket->wait(cancel.token()).outcome, Outcome::kCancelled);
    EXPECT_EQ(world.now(), 2s);
    EXPECT_FALSE(ticket->ended());
    EXPECT_EQ(ticket->wait().outcome, Outcome::kCancelled) << "it gave up for good";
    group.join();
    EXPECT_EQ(patient, Outcome::kDone);
    EXPECT_EQ(ticket->wait().outcome, Outcome::kDone) << "but the result may be read";
  });
  EXPECT_THAT(world["size"].reasons, ElementsAre(CancelReason::kNone));
}

TEST(JobRequest, WhenAllGiveUpOneAfterTheOtherTheLastCancels) {
  JobWorld world;
  world.job(on_request("size"), 1h);
  world.run([&] {
    TaskGroup group(world.engine);
    std::vector<CancelSource> cancels(3);
    for (auto& cancel : cancels)
      group.spawn("waiter", [&](const CancelToken&) {
        EXPECT_EQ(world.jobs.request("size")->wait(cancel.token()).outcome, Outcome::kCancelled);
      });
    for (auto& cancel : cancels) {
      world.sleep(1s);
      EXPECT_EQ(world["size"].running, 1);
      cancel.cancel(CancelReason::kUser);
    }
    group.join();
  });
  EXPECT_THAT(world["size"].ended, ElementsAre(3s));
}

TEST(JobRequest, ACopyOfATicketIsTheSameRequest) {
  JobWorld world;
  world.job(on_request("size"), 1h);
  world.run([&] {
    TaskGroup group(world.engine);
    CancelSource first;
    CancelSource second;
    auto ticket = world.jobs.request("size");
    group.spawn("copy", [&, copy = *ticket](const CancelToken&) mutable {
      EXPECT_EQ(copy.wait(first.token()).outcome, Outcome::kCancelled);
      EXPECT_EQ(world.now(), 1s);
    });
    group.spawn("Ctrl-C", [&](const CancelToken&) {
      world.sleep(1s);
      first.cancel(CancelReason::kUser);
      world.sleep(1s);
      second.cancel(CancelReason::kUser);
    });
    EXPECT_EQ(ticket->wait(second.token()).outcome, Outcome::kCancelled);
    group.join();
  });
  EXPECT_THAT(world["size"].ended, ElementsAre(2s)) << "one holder still waited at 1 s";
}

TEST(JobRequest, ADroppedTicketDoesNotStopTheRun) {
  JobWorld world;
  world.job(on_request("scan"), 10s);
  world.run([&] {
    EXPECT_TRUE(world.jobs.request("scan").has_value());
    world.sleep(1s);
    CancelSource cancel;
    cancel.cancel(CancelReason::kUser);
    EXPECT_EQ(world.jobs.request("scan")->wait(cancel.token()).outcome, Outcome::kCancelled);
    world.sleep(10s);
  });
  EXPECT_THAT(world["scan"].reasons, ElementsAre(CancelReason::kNone));
}

TEST(JobRequest, GivingUpWhileQueuedLeavesTheQueueAtOnce) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("long"), 1h);
  world.job(on_request("size"), 1s);
  int runs_told = 0;
  world.jobs.on_run_ended([&](const auto& spec, const auto&, auto, auto, bool) {
    if (spec.name == "size") ++runs_told;
  });
  world.run([&] {
    const auto long_one = world.jobs.request("long");
    CancelSource cancel;
    TaskGroup group(world.engine);
    group.spawn("Ctrl-C", [&](const CancelToken&) {
      world.sleep(2s);
      cancel.cancel(CancelReason::kUser);
    });
    const JobResult result = world.jobs.request("size")->wait(cancel.token());
    EXPECT_EQ(result.outcome, Outcome::kCancelled);
    EXPECT_EQ(world.now(), 2s);
    EXPECT_EQ(world.view("size").state, JobView::State::kWaiting);
    group.join();
  });
  EXPECT_THAT(world["size"].started, SizeIs(0));
  EXPECT_EQ(runs_told, 0) << "it was no run";
}

TEST(JobRequest, CancelledFromAnotherThreadWakesItsFiber) {
  JobWorld world;
  world.job(on_request("size"), Duration::max());  // virtual time must not end it first
  world.run([&] {
    CancelSource cancel;
    auto ticket = world.jobs.request("size");
    world.sleep(1s);
    std::thread other([&] { cancel.cancel(CancelReason::kUser); });
    EXPECT_EQ(ticket->wait(cancel.token()).outcome, Outcome::kCancelled);
    other.join();
  });
  EXPECT_THAT(world["size"].reasons, ElementsAre(CancelReason::kUser));
}

TEST(JobRequest, AfterACancelledRunThatWindsDownStartsANewOneNeverTwoAtOnce) {
  JobWorld world;
  int at_once = 0;
  int most = 0;
  int bodies = 0;
  auto spec = on_request("size");
  spec.body = [&](JobContext& context) -> JobResult {
    ++bodies;
    most = std::max(most, ++at_once);
    world.engine.sleep_for(1min, {}, context.cancel);
    world.sleep(5s);  // slow to end
    --at_once;
    return {context.cancel.cancelled() ? Outcome::kCancelled : Outcome::kDone, {}, {}};
  };
  world.jobs.add_job(spec);
  world.run([&] {
    CancelSource cancel;
    TaskGroup group(world.engine);
    group.spawn("first", [&](const CancelToken&) {
      EXPECT_EQ(world.jobs.request("size")->wait(cancel.token()).outcome, Outcome::kCancelled);
    });
    world.sleep(2s);
    cancel.cancel(CancelReason::kUser);
    world.sleep(1s);
    auto again = world.jobs.request("size");
    EXPECT_EQ(again->wait().outcome, Outcome::kDone);
    EXPECT_EQ(world.now(), 2s + 5s + 1min + 5s);
    group.join();
  });
  EXPECT_EQ(bodies, 2);
  EXPECT_EQ(most, 1);
}

TEST(JobRequest, AnAutomaticRunBeingCancelledIsFollowedByTheRequestedOneWithItsCheckpoint) {
  JobWorld world;
  world.condition("user-active");
  auto spec = periodic("scan", 1h, {"user-active"});
  std::vector<std::string> checkpoints;
  spec.body = [&](JobContext& context) -> JobResult {
    checkpoints.push_back(context.checkpoint);
    world.engine.sleep_for(10s, {}, context.cancel);
    world.sleep(1s);
    if (context.cancel.cancelled()) return {Outcome::kCancelled, {}, "item 5"};
    return {};
  };
  world.jobs.add_job(spec);
  world.run([&] {
    world.sleep(5s);
    world.set("user-active", false);
    world.sleep(500ms);
    EXPECT_EQ(world.jobs.request("scan")->wait().outcome, Outcome::kDone);
    EXPECT_EQ(world.now(), 6s + 11s);
  });
  EXPECT_THAT(checkpoints, ElementsAre("", "item 5"));
}

TEST(JobRequest, WithParametersNeitherGetsNorLeavesACheckpoint) {
  JobWorld world;
  scheduler::JobState state;
  state.name = "scan";
  state.checkpoint = "item 5";
  world.store.planted = {state};
  world.job(on_request("scan"), 1s, [](const JobContext&) {
    return JobResult{Outcome::kPartial, {}, "item 9"};
  });
  world.run([&] {
    world.jobs.request("scan", {{"category", "pip"}})->wait();
    world.jobs.request("scan")->wait();
    world.jobs.request("scan")->wait();
  });
  EXPECT_THAT(world["scan"].checkpoints, ElementsAre("", "item 5", "item 9"));
}

TEST(JobLimit, NeverMoreThanTheLimitRunAtOnceRequestsIncluded) {
  JobWorld world({.max_concurrent = 2});
  for (int i = 0; i < 6; ++i) world.job(periodic("p" + std::to_string(i), 1h), 10s);
  for (int i = 0; i < 6; ++i) world.job(on_request("r" + std::to_string(i)), 10s);
  world.run([&] {
    for (int i = 0; i < 6; ++i)
      EXPECT_TRUE(world.jobs.request("r" + std::to_string(i)).has_value());
    EXPECT_EQ(world.view("r5").state, JobView::State::kDeferred);
    EXPECT_THAT(world.view("r5").blocked_by, ElementsAre("operation-limit"));
    world.sleep(59s);
    EXPECT_EQ(world.running, 2);
    world.sleep(2s);
    EXPECT_EQ(world.running, 0);
  });
  EXPECT_EQ(world.most_running, 2);
}

TEST(JobLimit, ARaisedLimitStartsWhatWaitsAndALoweredOneStopsNothing) {
  JobWorld world({.max_concurrent = 1});
  for (int i = 0; i < 4; ++i) world.job(on_request("r" + std::to_string(i)), 10s);
  world.run([&] {
    for (int i = 0; i < 4; ++i)
      EXPECT_TRUE(world.jobs.request("r" + std::to_string(i)).has_value());
    world.sleep(1s);
    EXPECT_EQ(world.running, 1);
    world.jobs.set_max_concurrent(3);
    world.sleep(1s);
    EXPECT_EQ(world.running, 3);
    world.jobs.set_max_concurrent(0);  // means one: nothing would ever run
    world.sleep(1s);
    EXPECT_EQ(world.running, 3);
    world.sleep(8500ms);
    EXPECT_EQ(world.running, 1);
    world.sleep(1h);
  });
  EXPECT_THAT(world["r3"].ended, SizeIs(1));
}

TEST(JobLimit, WhatWaitsStartsByPriorityAndThenByAge) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("long"), 30s);
  world.job(periodic("background", 1h), 1s);
  world.job(on_request("asked"), 1s);
  world.job(on_request("visible", Priority::kUserVisible), 1s);
  world.job(on_request("blocking", Priority::kUserBlocking), 1s);
  world.run([&] {
    for (const char* name : {"long", "asked", "visible", "blocking"}) {
      EXPECT_TRUE(world.jobs.request(name).has_value());
      world.sleep(100ms);
    }
    world.sleep(1min);
  });
  EXPECT_THAT(world["blocking"].started, ElementsAre(30s));
  EXPECT_THAT(world["asked"].started, ElementsAre(31s)) << "a person's request is user-visible";
  EXPECT_THAT(world["visible"].started, ElementsAre(32s));
  EXPECT_THAT(world["background"].started, ElementsAre(33s));
}

TEST(JobLimit, ABackgroundRunStartsInTheEndUnderAnEndlessStreamOfUrgentOnes) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("urgent", Priority::kUserBlocking), 5s);
  world.job(periodic("background", 24h), 1s);
  world.run([&] {
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(world.jobs.request("urgent", {{"n", std::to_string(i)}}).has_value());
      world.sleep(2s);
    }
  });
  ASSERT_THAT(world["background"].started, SizeIs(1));
  // After two minutes it is ahead of all that come; 60 had come by then, each of five seconds.
  EXPECT_GE(world["background"].started[0], 2min);
  EXPECT_LE(world["background"].started[0], 60 * 5s + 10s);
}

TEST(JobLimit, JoiningAQueuedAutomaticRunMovesItUpAndMakesItAPersons) {
  JobWorld world({.max_concurrent = 1});
  world.condition("user-active");
  world.job(on_request("long"), 30s);
  world.job(periodic("other", 1h), 5s);
  world.job(periodic("scan", 1h, {"user-active"}), 5s);
  world.run([&] {
    const auto long_one = world.jobs.request("long");
    world.sleep(1s);
    auto ticket = world.jobs.request("scan");
    world.set("user-active", false);
    EXPECT_EQ(ticket->wait().outcome, Outcome::kDone);
    EXPECT_EQ(world.now(), 35s);
  });
  EXPECT_THAT(world["scan"].automatic, ElementsAre(false));
}

TEST(JobLimit, AClientGoneWildIsRefusedNotStored) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("size"), 1ms);
  world.run([&] {
    int refused = 0;
    for (int i = 0; i < 5000; ++i) {
      const auto ticket = world.jobs.request("size", {{"path", std::to_string(i)}});
      if (!ticket) {
        EXPECT_EQ(ticket.error().code, base::ErrorCode::kBusy);
        ++refused;
      }
    }
    EXPECT_GE(refused, 3900);
    world.sleep(10s);
    EXPECT_TRUE(world.jobs.request("size").has_value());
    world.sleep(1s);
  });
  EXPECT_LE(world["size"].started.size(), 1100U);
}

TEST(JobRequest, BeforeTheStartIsUnavailable) {
  JobWorld world;
  world.job(on_request("size"), 1s);
  const auto early = world.jobs.request("size");
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code, base::ErrorCode::kUnavailable);
}

TEST(JobRequest, ATicketOutlivesTheScheduler) {
  std::optional<RunTicket> kept;
  {
    JobWorld world;
    world.job(on_request("size"), 1s, [](const JobContext&) {
      return JobResult{Outcome::kDone, "all of it", {}};
    });
    world.run([&] {
      kept = *world.jobs.request("size");
      world.sleep(2s);
    });
  }
  EXPECT_TRUE(kept->ended());
  EXPECT_EQ(kept->wait().message, "all of it");
  EXPECT_EQ(RunTicket().wait().outcome, Outcome::kCancelled) << "a ticket for nothing";
}

}  // namespace
}  // namespace lull::testing
