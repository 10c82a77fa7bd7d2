// SPDX-License-Identifier: MIT
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/task_group.h"
#include "tests/scheduler/job_world.h"

namespace lull::testing {
namespace {

using base::CancelReason;
using base::CancelToken;
using base::Duration;
using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::JobSpec;
using scheduler::Outcome;
using scheduler::ShutdownBehaviour;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

JobSpec ending(std::string name, ShutdownBehaviour shutdown) {
  JobSpec spec = on_request(std::move(name));
  spec.shutdown = shutdown;
  return spec;
}

TEST(JobShutdown, CancelsWhatMayBeCancelledAndAwaitsWhatBlocks) {
  JobWorld world;
  world.job(ending("item", ShutdownBehaviour::kFinishItem), 1h);
  world.job(ending("skip", ShutdownBehaviour::kSkip), 1h);
  world.job(ending("block", ShutdownBehaviour::kBlock), 10s);
  world.run([&] {
    for (const char* name : {"item", "skip", "block"})
      EXPECT_TRUE(world.jobs.request(name).has_value());
    world.sleep(1s);
    EXPECT_THAT(world.jobs.shut_down(1min), IsEmpty());
    EXPECT_EQ(world.now(), 10s);
  });
  EXPECT_THAT(world["item"].reasons, ElementsAre(CancelReason::kShutdown));
  EXPECT_THAT(world["item"].ended, ElementsAre(1s));
  EXPECT_THAT(world["skip"].ended, ElementsAre(1s));
  EXPECT_THAT(world["block"].reasons, ElementsAre(CancelReason::kNone));
  EXPECT_THAT(world["block"].ended, ElementsAre(10s));
}

TEST(JobShutdown, ReturnsAtTheDeadlineWithTheNamesOfThoseThatHadNotEnded) {
  JobWorld world;
  world.job(ending("block", ShutdownBehaviour::kBlock), 10s);
  auto slow = ending("slow", ShutdownBehaviour::kFinishItem);
  slow.body = [&](JobContext&) {
    world.sleep(20s);  // deaf
    return JobResult{};
  };
  world.jobs.add_job(slow);
  world.job(ending("quick", ShutdownBehaviour::kSkip), 1h);
  world.run([&] {
    for (const char* name : {"slow", "block", "quick"})
      EXPECT_TRUE(world.jobs.request(name).has_value());
    world.sleep(1s);
    EXPECT_THAT(world.jobs.shut_down(2s), ElementsAre("block", "slow"));
    EXPECT_EQ(world.now(), 3s);
    EXPECT_THAT(world.jobs.shut_down(10s), ElementsAre("slow")) << "asked again";
    EXPECT_EQ(world.now(), 13s);
  });
  EXPECT_THAT(world.left_running, IsEmpty());
  EXPECT_EQ(world.store.states["slow"].last_outcome, Outcome::kDone) << "late, but saved";
}

TEST(JobShutdown, RequestsAreRefusedAndWaitersToldWithTheReason) {
  JobWorld world({.max_concurrent = 1});
  world.job(on_request("running"), 1h);
  world.job(on_request("queued"), 1s);
  world.run([&] {
    scheduler::TaskGroup group(world.engine);
    std::vector<std::string> answers;
    for (const char* name : {"running", "queued"})
      group.spawn(name, [&, name](const CancelToken&) {
        const JobResult result = world.jobs.request(name)->wait();
        answers.push_back(std::string(name) + " " + result.message);
      });
    world.sleep(1s);
    EXPECT_THAT(world.jobs.shut_down(1s), IsEmpty());
    const auto late = world.jobs.request("queued");
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, base::ErrorCode::kUnavailable);
    group.join();
    EXPECT_THAT(answers, ::testing::UnorderedElementsAre("running shutdown", "queued shutdown"));
  });
  EXPECT_THAT(world["queued"].started, SizeIs(0));
}

TEST(JobShutdown, StartsNothingAnyMore) {
  JobWorld world;
  auto block = ending("block", ShutdownBehaviour::kBlock);
  world.job(block, 30min);
  world.job(periodic("scan", 10min), 1s);
  world.job(on_pressure("relief"), 1s);
  world.run([&] {
    EXPECT_TRUE(world.jobs.request("block").has_value());
    world.sleep(1min);
    scheduler::TaskGroup group(world.engine);
    group.spawn("events", [&](const CancelToken&) {
      world.sleep(1s);
      world.jobs.raise(scheduler::Trigger::kPressure);
      world.jobs.conditions_changed();
      world.jobs.pause(std::nullopt);
      world.jobs.resume();
      world.jobs.set_max_concurrent(9);
    });
    world.jobs.shut_down(1h);
    group.join();
  });
  EXPECT_THAT(world["scan"].started, SizeIs(1));
  EXPECT_THAT(world["relief"].started, SizeIs(0));
  EXPECT_THAT(world["block"].ended, ElementsAre(30min));
}

TEST(JobShutdown, TheNextProcessGoesOnWhereThisOneStopped) {
  JobWorld first;
  first.job(periodic("scan", 6h), 10min);
  first.job(periodic("refresh", 1h), 1s);
  first.run([&] { first.sleep(2min); });
  EXPECT_THAT(first["scan"].reasons, ElementsAre(CancelReason::kShutdown));

  JobWorld second;
  second.time.suspend_for(first.time.now() - second.time.now() + 8h);  // the machine was off
  for (const auto& [name, state] : first.store.states) second.store.planted.push_back(state);
  second.job(periodic("scan", 6h), 10min);
  second.job(periodic("refresh", 1h), 1s);
  const Duration off = second.now();
  second.run([&] { second.sleep(30min); });
  EXPECT_THAT(second["scan"].started, ElementsAre(off));
  EXPECT_THAT(second["scan"].checkpoints, ElementsAre("half-way"));
  EXPECT_THAT(second["refresh"].started, ElementsAre(off)) << "eight were missed, one happens";
}

TEST(JobShutdown, DestroyingTheSchedulerCancelsAndJoins) {
  VirtualTime time;
  scheduler::Engine engine(time);
  RecordingStore store;
  bool ended = false;
  engine.run([&] {
    auto jobs = std::make_unique<scheduler::JobScheduler>(engine, store,
                                                          scheduler::JobScheduler::Options{});
    JobSpec spec = on_request("long");
    spec.body = [&](JobContext& context) {
      engine.sleep_for(1h, {}, context.cancel);
      engine.sleep_for(1s);
      ended = true;
      return JobResult{Outcome::kCancelled, {}, {}};
    };
    jobs->add_job(spec);
    jobs->start();
    EXPECT_TRUE(jobs->request("long").has_value());
    engine.sleep_for(1s);
    jobs.reset();
    EXPECT_TRUE(ended);
  });
}

TEST(JobShutdown, RightAfterTheStartAndWithoutAnyJobIsClean) {
  JobWorld empty;
  empty.run([] {});
  EXPECT_THAT(empty.left_running, IsEmpty());
  JobWorld world;
  world.job(periodic("scan", 1h), 1s);
  world.run([] {});
  EXPECT_THAT(world["scan"].started, SizeIs(0));
  EXPECT_TRUE(world.store.states.contains("scan"));
}

}  // namespace
}  // namespace lull::testing
