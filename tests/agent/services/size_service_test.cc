// SPDX-License-Identifier: MIT
#include "agent/services/size_service.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "scheduler/executor.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using std::chrono::seconds;

class NoStore final : public scheduler::JobStateStore {
 public:
  std::vector<scheduler::JobState> load() override { return {}; }
  void save(const scheduler::JobState&) override {}
};

// The service on real trees, real pools and virtual time.
class SizeServiceTest : public ::testing::Test {
 protected:
  void run(const std::function<void()>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      scheduler::ComputePool compute(2);
      scheduler::BlockingPool blocking;
      NoStore store;
      scheduler::JobScheduler jobs(world_.engine, store, {});
      SizeService sizes(world_.engine, compute, blocking, settings_);
      jobs.add_condition({"nothing-stale", [&] {
                            return scheduler::ConditionState{sizes.stale_paths() > 0, "", ""};
                          }});
      for (const char* code : {"refresh-off", "user-active", "cpu-busy", "on-battery", "pressure",
                               "thermal", "quiet-hours", "inhibited"})
        jobs.add_condition({code, [] { return scheduler::ConditionState{}; }});
      jobs.add_job(sizes.size_job());
      jobs.add_job(sizes.refresh_job());
      jobs.on_run_ended([&](const auto& spec, const auto& result, auto, auto, bool) {
        runs_.push_back(spec.name + ": " + result.message);
      });
      jobs.start();
      jobs_ = &jobs;
      sizes_ = &sizes;
      story();
      jobs.shut_down(seconds(1));
    });
  }
  base::Result<model::TreeSize> size(const std::string& path, bool fresh = false) {
    return sizes_->size(*jobs_, path, fresh, {});
  }

  testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
  scheduler::JobScheduler* jobs_ = nullptr;
  SizeService* sizes_ = nullptr;
  std::vector<std::string> runs_;
};

TEST_F(SizeServiceTest, MeasuresOnceAndAnswersFromMemoryAfterwards) {
  temp_.write("a/file", std::string(10'000, 'x'));
  run([&] {
    const auto first = size(temp_ / "a");
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->from_cache);
    EXPECT_GE(first->allocated_bytes, 10'000u);
    const auto second = size(temp_ / "a");
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->from_cache);
    EXPECT_EQ(second->allocated_bytes, first->allocated_bytes);
    EXPECT_EQ(second->as_of, first->as_of);
  });
}

TEST_F(SizeServiceTest, FreshWalksAgain) {
  temp_.write("a/sub/file", "x");
  run([&] {
    const auto before = size(temp_ / "a");
    temp_.write("a/sub/other", std::string(100'000, 'y'));  // a grandchild: the root looks the same
    EXPECT_EQ(size(temp_ / "a")->allocated_bytes, before->allocated_bytes);
    const auto fresh = size(temp_ / "a", true);
    ASSERT_TRUE(fresh);
    EXPECT_FALSE(fresh->from_cache);
    EXPECT_GE(fresh->allocated_bytes, before->allocated_bytes + 100'000);
  });
}

TEST_F(SizeServiceTest, AChangedRootIsMeasuredAgain) {
  temp_.write("a/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    temp_.write("a/new", std::string(50'000, 'y'));
    const auto again = size(temp_ / "a");
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->from_cache);
  });
}

TEST_F(SizeServiceTest, AMissingPathIsNotFound) {
  run([&] {
    const auto size_of_nothing = size(temp_ / "nothing");
    ASSERT_FALSE(size_of_nothing);
    EXPECT_EQ(size_of_nothing.error().code, base::ErrorCode::kNotFound);
  });
}

TEST_F(SizeServiceTest, TheIdleRefreshMeasuresOnlyWhatSomebodyAskedFor) {
  temp_.write("asked/file", "x");
  temp_.write("never/file", "x");
  settings_.performance.refresh_interval = seconds(60);
  run([&] {
    ASSERT_TRUE(size(temp_ / "asked"));
    runs_.clear();
    world_.sleep(seconds(400));  // longer than the time to live
    EXPECT_FALSE(runs_.empty());
    EXPECT_NE(std::find(runs_.begin(), runs_.end(), "refresh-cache: 1 paths measured"), runs_.end())
        << ::testing::PrintToString(runs_);
    EXPECT_TRUE(size(temp_ / "asked")->from_cache);
    EXPECT_FALSE(size(temp_ / "never")->from_cache);
  });
}

TEST_F(SizeServiceTest, WithNothingAskedForTheIdleRefreshNeverRuns) {
  run([&] {
    world_.sleep(std::chrono::hours(24));
    EXPECT_TRUE(runs_.empty()) << ::testing::PrintToString(runs_);
  });
}

TEST_F(SizeServiceTest, WithoutAPathTheJobSaysWhatToUse) {
  run([&] {
    auto ticket = jobs_->request("size");
    ASSERT_TRUE(ticket);
    const auto result = ticket->wait();
    EXPECT_EQ(result.outcome, scheduler::Outcome::kFailed);
    EXPECT_NE(result.message.find("lull size PATH"), std::string::npos);
  });
}

TEST_F(SizeServiceTest, ASmallerCacheForgetsTheOldest) {
  temp_.write("a/f", "x");
  temp_.write("b/f", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "b"));
    settings_.performance.dir_cache_size = 1;
    sizes_->apply_settings();
    EXPECT_TRUE(size(temp_ / "b")->from_cache);
    EXPECT_FALSE(size(temp_ / "a")->from_cache);
  });
}

}  // namespace
}  // namespace lull::agent
