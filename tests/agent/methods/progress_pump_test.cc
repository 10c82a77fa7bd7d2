// SPDX-License-Identifier: MIT
#include "agent/methods/progress_pump.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/job_scheduler.h"
#include "tests/support/no_job_store.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using namespace std::chrono_literals;
using control::Object;

// A job that does `items` of `bytes` each, one a second.
struct Work {
  std::string name;
  const char* stage;
  std::uint64_t items, bytes;
};

class ProgressPumpTest : public ::testing::Test {
 protected:
  scheduler::JobSpec job(const Work& work) {
    scheduler::JobSpec spec;
    spec.name = work.name;
    spec.priority = scheduler::Priority::kUserBlocking;
    spec.body = [this, work](scheduler::JobContext& context) -> scheduler::JobResult {
      context.progress.enter(work.stage);
      context.progress.expect(work.items, work.items * work.bytes);
      for (std::uint64_t at = 0; at < work.items; ++at) {
        world_.sleep(1s);
        context.progress.add(1, work.bytes);
      }
      return {};
    };
    return spec;
  }

  // What a client hears of an optimize: memory for 7 s beside a scan of 20 s, then 10 s of moving.
  std::vector<Object> hear(Forecast forecast) {
    std::vector<Object> heard;
    world_.run([&](scheduler::TaskGroup&) {
      testing::NoJobStore store;
      scheduler::JobScheduler jobs(world_.engine, store, {.automatic = false});
      for (const Work& work :
           {Work{"optimize", "relieving memory", 7, 0}, Work{"scan", "scanning", 20, 4096},
            Work{"clean", "moving", 10, 512}})
        jobs.add_job(job(work));
      jobs.start();
      const Object none;
      control::Call call{
          none, true, {}, [&](Object reply) { heard.push_back(reply.at("progress").as_object()); }};
      {
        ProgressPump pump(world_.engine, call, forecast);
        auto scan = *jobs.request("scan");
        pump.watch(scan, Counts::kSeen);
        auto memory = *jobs.request("optimize");
        pump.watch(memory, Counts::kSteps);
        memory.wait();
        scan.wait();
        auto clean = *jobs.request("clean");
        pump.watch(clean, Counts::kMoved);
        clean.wait();
      }
      jobs.shut_down(1s);
    });
    return heard;
  }
  static double number(const Object& object, const char* key) {
    return object.at(key).to_number<double>();
  }

  testing::VirtualEngine world_;
};

TEST_F(ProgressPumpTest, AnOptimizeIsHeardAsOneFigureAfterTheOther) {
  const auto heard = hear({Counts::kMoved, true});
  ASSERT_GT(heard.size(), 100u);
  std::vector<std::string> stages;
  for (const Object& one : heard) {
    const std::string stage(one.at("stage").as_string());
    if (stages.empty() || stages.back() != stage) stages.push_back(stage);
    const double most = stage == "relieving memory" ? 7 : stage == "scanning" ? 20 : 10;
    EXPECT_EQ(number(one, "total_items"), most) << stage;
    EXPECT_LE(number(one, "done_items"), most) << stage;
    const double each = stage == "relieving memory" ? 0 : stage == "scanning" ? 4096 : 512;
    EXPECT_EQ(number(one, "done_bytes"), each * number(one, "done_items")) << stage;
    // One a second, each of them: that is what the rate must say.
    EXPECT_LT(number(one, "elapsed_seconds"), number(one, "done_items") + 1.01) << stage;
  }
  EXPECT_EQ(stages, (std::vector<std::string>{"relieving memory", "scanning", "moving"}));
}

TEST_F(ProgressPumpTest, ThePercentOfAnOptimizeNeverGoesBackAndItsEndIsForetold) {
  const auto heard = hear({Counts::kMoved, true, 30s});
  double before = 0;
  double at = 0;  // seconds; five replies each
  for (const Object& one : heard) {
    at += 0.2;
    if (one.at("percent").is_null()) continue;
    EXPECT_GE(number(one, "percent"), before);
    before = number(one, "percent");
    if (one.at("stage") == "moving") continue;  // tells its own end, in coarse steps
    EXPECT_NEAR(number(one, "left_seconds"), 30 - at, 0.01) << at;
    EXPECT_NEAR(before, at / 30 * 100, 0.1) << at;
  }
  EXPECT_GT(before, 90);
}

TEST_F(ProgressPumpTest, WithoutAPrecedentTheEndIsNotKnownBeforeTheMovingIs) {
  for (const Object& one : hear({Counts::kMoved, true})) {
    if (one.at("stage") == "moving") continue;
    EXPECT_TRUE(one.at("percent").is_null());
    EXPECT_TRUE(one.at("left_seconds").is_null());
  }
}

}  // namespace
}  // namespace lull::agent
