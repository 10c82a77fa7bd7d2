// SPDX-License-Identifier: MIT
#include "agent/services/job_values.h"

#include <gtest/gtest.h>

#include "scheduler/task_group.h"
#include "tests/support/no_job_store.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using scheduler::JobContext;
using scheduler::JobResult;
using scheduler::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A job that counts seconds until it is ten or cancelled.
class Counting {
 public:
  explicit Counting(testing::VirtualEngine& world) : world_(world) {
    scheduler::JobSpec spec;
    spec.name = "count";
    spec.body = [this](JobContext& context) { return run(context); };
    jobs.add_job(std::move(spec));
    jobs.start();
  }
  JobResult run(JobContext& context) {
    ++runs;
    int counted = 0;
    while (counted < 10 &&
           world_.engine.sleep_for(seconds(1), {}, context.cancel) == scheduler::Wake::kDue)
      ++counted;
    if (counted > 0) values.put(context.parameters, counted);
    return {counted < 10 ? Outcome::kCancelled : Outcome::kDone, "", ""};
  }
  base::Result<int> ask(const base::CancelToken& cancel = {}) {
    return values.request(jobs, {{"what", "x"}}, cancel);
  }

  int runs = 0;
  JobValues<int> values{"count"};

 private:
  testing::VirtualEngine& world_;
  testing::NoJobStore store_;

 public:
  scheduler::JobScheduler jobs{world_.engine, store_, {}};
};

TEST(JobValues, TheBodysValueReachesWhoAsked) {
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup&) {
    Counting counting(world);
    EXPECT_EQ(counting.ask(), 10);
    counting.jobs.shut_down(seconds(1));
  });
}

TEST(JobValues, TwoWhoAskAtOnceShareOneRun) {
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup& group) {
    Counting counting(world);
    base::Result<int> other = 0;
    group.spawn("other", [&](const base::CancelToken&) { other = counting.ask(); });
    world.sleep(milliseconds(1500));
    EXPECT_EQ(counting.ask(), 10);
    group.join();
    EXPECT_EQ(other, 10);
    EXPECT_EQ(counting.runs, 1);
    counting.jobs.shut_down(seconds(1));
  });
}

TEST(JobValues, WhoGivesUpAloneGetsWhatWasFound) {
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup& group) {
    Counting counting(world);
    const base::CancelSource cancel;
    group.spawn("impatient", [&](const base::CancelToken&) {
      world.sleep(milliseconds(3500));
      cancel.cancel(base::CancelReason::kUser);
    });
    EXPECT_EQ(counting.ask(cancel.token()), 3);
    group.join();
    counting.jobs.shut_down(seconds(1));
  });
}

TEST(JobValues, WhoGivesUpBeforeAnythingWasFoundIsToldSo) {
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup&) {
    Counting counting(world);
    const base::CancelSource cancel;
    cancel.cancel(base::CancelReason::kUser);
    const auto result = counting.ask(cancel.token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, base::ErrorCode::kCancelled);
    counting.jobs.shut_down(seconds(1));
  });
}

TEST(JobValues, GivingUpDoesNotSpoilItForTheOther) {
  testing::VirtualEngine world;
  world.run([&](scheduler::TaskGroup& group) {
    Counting counting(world);
    const base::CancelSource cancel;
    base::Result<int> impatient = 0;
    group.spawn("impatient",
                [&](const base::CancelToken&) { impatient = counting.ask(cancel.token()); });
    group.spawn("clock", [&](const base::CancelToken&) {
      world.sleep(milliseconds(2500));
      cancel.cancel(base::CancelReason::kUser);
    });
    EXPECT_EQ(counting.ask(), 10);
    group.join();
    ASSERT_FALSE(impatient);
    EXPECT_EQ(impatient.error().code, base::ErrorCode::kCancelled);
    counting.jobs.shut_down(seconds(1));
  });
}

}  // namespace
}  // namespace lull::agent
