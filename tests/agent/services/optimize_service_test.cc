// SPDX-License-Identifier: MIT
#include "agent/services/optimize_service.h"

#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/event.h"
#include "tests/support/relief_world.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"

namespace lull::agent {
namespace {

using relief::ReliefOutcome;
using std::chrono::seconds;
using support::ReliefWorld;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class OptimizeTest : public ::testing::Test {
 protected:
  OptimizeTest() { w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 2; }

  struct Running {
    Running(OptimizeTest& test, ReliefWorld::Running& its_world)
        : world(its_world),
          optimize({test.w_.world.engine,
                    test.w_.world.executor,
                    world.monitor,
                    *world.journal,
                    world.relief,
                    *world.senses.facilities().swap,
                    support::directories_below(test.temp_),
                    [&test](const auto& cancel) { return test.flush(cancel); },
                    [] { return std::nullopt; },
                    test.w_.settings,
                    {test.temp_ / "Videos"},
                    {test.temp_ / "tmp"}}),
          jobs(test.w_.world.engine, *world.journal, {.automatic = false}) {
      jobs.add_job(optimize.job());
      jobs.start();
    }
    ~Running() { jobs.shut_down(seconds(1)); }
    model::OptimizeReport run(bool dry = false, const base::CancelToken& cancel = {}) {
      auto report = optimize.optimize(jobs, dry, cancel);
      EXPECT_TRUE(report) << report.error().to_string();
      return report ? *report : model::OptimizeReport{};
    }
    ReliefWorld::Running& world;
    OptimizeService optimize;
    scheduler::JobScheduler jobs;
  };
  void run(const std::function<void(Running&)>& story) {
    w_.run([&](auto& world) {
      Running running(*this, world);
      story(running);
    });
  }
  base::Status flush(const base::CancelToken& cancel) {
    ++flushes_;
    if (on_flush_) return on_flush_(cancel);
    return base::fail(base::ErrorCode::kUnavailable, "no bus");
  }
  static const model::OperationReport& of(const model::OptimizeReport& report,
                                          std::string_view id) {
    for (const auto& operation : report.operations)
      if (operation.id == id) return operation;
    static const model::OperationReport none;
    ADD_FAILURE() << id;
    return none;
  }

  ReliefWorld w_;
  support::TempDir temp_;
  int flushes_ = 0;
  std::function<base::Status(const base::CancelToken&)> on_flush_;
};

TEST_F(OptimizeTest, ReportsAllSevenInTheOrderOfTheContract) {
  run([&](auto& r) {
    const auto report = r.run();
    std::vector<std::string> ids;
    for (const auto& operation : report.operations) {
      ids.push_back(operation.id);
      EXPECT_FALSE(operation.reason.empty()) << operation.id;
      EXPECT_EQ(operation.bytes > 0, operation.outcome == ReliefOutcome::kFreed);
      EXPECT_TRUE(operation.before && operation.after) << operation.id;
    }
    EXPECT_THAT(ids,
                ElementsAre("inactive-memory", "file-caches", "app-caches", "memory-compression",
                            "network-caches", "app-gc", "temp-allocations"));
    EXPECT_TRUE(report.before && report.after);
    EXPECT_FALSE(report.cancelled);
  });
}

TEST_F(OptimizeTest, WithNothingToDoItWaitsForNothing) {
  run([&](auto& r) {
    const auto before = w_.world.engine.now();
    r.run();
    EXPECT_EQ(w_.world.engine.now(), before) << "no settling, no pause";
  });
}

TEST_F(OptimizeTest, TakesFromIdleAppsAndClaimsWhatWasMeasured) {
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 20;
  run([&](auto& r) {
    w_.get_to_know(r.world);
    const auto report = r.run();
    const auto& inactive = of(report, "inactive-memory");
    EXPECT_EQ(inactive.outcome, ReliefOutcome::kFreed);
    EXPECT_GT(inactive.bytes, 0u);
    EXPECT_EQ(report.after->available_bytes - report.before->available_bytes, inactive.bytes);
    ASSERT_TRUE(r.world.journal->last_run());
    EXPECT_EQ(r.world.journal->last_run()->kind, "optimize");
    EXPECT_GE(r.world.journal->last_run()->bytes, inactive.bytes);
    EXPECT_EQ(r.world.journal->last_run()->predicted_bytes, inactive.predicted_bytes);
    EXPECT_EQ(r.world.journal->last_run()->idle_apps_bytes, inactive.bytes);
    w_.world.sleep(std::chrono::seconds(61));
    EXPECT_EQ(r.world.journal->last_run()->still_free_bytes, inactive.bytes);
  });
}

// A film's cache, charged to an idle player, goes while the player is asked.
TEST_F(OptimizeTest, NoByteIsClaimedTwice) {
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 10 - 16 * base::kMiB;
  run([&](auto& r) {
    w_.get_to_know(r.world);
    w_.apps.on_reclaim = [&](const platform::ReclaimRequest& request) {
      w_.apps.take(request.cgroup_id, request.bytes);
      w_.apps.scopes[0].current_bytes -= 400 * base::kMiB;
      w_.machine.memory->free_bytes += 416 * base::kMiB;
      return platform::ReclaimOutcome::kReclaimed;
    };
    const auto report = r.run();
    EXPECT_EQ(of(report, "inactive-memory").bytes, 16 * base::kMiB);
  });
}

TEST_F(OptimizeTest, ADryRunTouchesNothingAndIsNotInTheHistory) {
  w_.machine.memory->available_bytes = w_.machine.memory->total_bytes / 20;
  run([&](auto& r) {
    w_.get_to_know(r.world);
    const auto report = r.run(true);
    EXPECT_TRUE(report.dry_run);
    EXPECT_EQ(w_.acts, "");
    EXPECT_EQ(flushes_, 0);
    EXPECT_THAT(w_.apps.requests, SizeIs(0));
    EXPECT_FALSE(r.world.journal->last_run());
    EXPECT_EQ(of(report, "inactive-memory").outcome, ReliefOutcome::kSkipped);
    EXPECT_EQ(of(report, "app-caches").outcome, ReliefOutcome::kSkipped);
    EXPECT_EQ(of(report, "network-caches").outcome, ReliefOutcome::kSkipped);
  });
}

TEST_F(OptimizeTest, WhoAsksMeanwhileJoins) {
  run([&](auto& r) {
    scheduler::Event go(w_.world.engine);
    on_flush_ = [&](const auto& cancel) -> base::Status {
      go.wait(cancel);
      return {};
    };
    scheduler::TaskGroup group(w_.world.engine);
    std::vector<model::OptimizeReport> reports;
    for (int i = 0; i < 3; ++i)
      group.spawn("asks", [&](const auto&) { reports.push_back(r.run()); });
    w_.world.sleep(seconds(1));
    go.set();
    group.join();
    EXPECT_EQ(flushes_, 1);
    EXPECT_THAT(reports, SizeIs(3));
    EXPECT_EQ(r.world.journal->history(0)->size(), 1u);
  });
}

TEST_F(OptimizeTest, SaysHowFarItIsAndWhenEachOfThemWasDone) {
  run([&](auto& r) {
    base::ProgressSnapshot in_between;
    std::optional<scheduler::RunTicket> ticket;
    on_flush_ = [&](const base::CancelToken& cancel) -> base::Status {
      (void)w_.world.engine.sleep_for(seconds(3), {}, cancel);
      if (ticket) in_between = ticket->progress();
      return {};
    };
    const auto report =
        r.optimize.optimize(r.jobs, false, {}, [&](const auto& run) { ticket = run; });
    ASSERT_TRUE(report && ticket);
    EXPECT_EQ(in_between.stage, "relieving memory");
    EXPECT_EQ(in_between.done_items, 6u);
    EXPECT_EQ(in_between.total_items, 7u);
    EXPECT_EQ(ticket->progress().done_items, 7u);
    EXPECT_EQ(of(*report, "network-caches").elapsed, seconds(3));
    EXPECT_EQ(of(*report, "file-caches").elapsed, seconds(0)) << "at the same time";
    EXPECT_EQ(report->elapsed, seconds(3));
  });
}

TEST_F(OptimizeTest, OneOperationThatHangsDoesNotHoldUpTheEnd) {
  run([&](auto& r) {
    on_flush_ = [&](const base::CancelToken& cancel) -> base::Status {
      (void)w_.world.engine.sleep_for(std::chrono::hours(1), {}, cancel);
      return base::fail(base::ErrorCode::kCancelled, "stopped");
    };
    const auto before = w_.world.engine.now();
    const auto report = r.run();
    EXPECT_LE(w_.world.engine.now() - before, OptimizeService::kLongest + seconds(1));
    EXPECT_EQ(of(report, "network-caches").outcome, ReliefOutcome::kSkipped);
    EXPECT_EQ(of(report, "memory-compression").outcome, ReliefOutcome::kUnavailable);
    EXPECT_TRUE(report.cancelled);
  });
}

TEST_F(OptimizeTest, APersonCanCancelItAndGetsWhatThereIs) {
  run([&](auto& r) {
    base::CancelSource source;
    on_flush_ = [&](const base::CancelToken& cancel) -> base::Status {
      source.cancel(base::CancelReason::kUser);
      (void)w_.world.engine.sleep_for(std::chrono::hours(1), {}, cancel);
      return base::fail(base::ErrorCode::kCancelled, "stopped");
    };
    const auto report = r.run(false, source.token());
    EXPECT_TRUE(report.cancelled);
    EXPECT_THAT(report.operations, SizeIs(7));
    EXPECT_EQ(r.world.journal->last_run()->outcome, "cancelled");
  });
}

TEST_F(OptimizeTest, AFailureOfOneIsAPartOfTheWhole) {
  run([&](auto& r) {
    on_flush_ = [](const auto&) { return base::fail(base::ErrorCode::kTimeout, "no answer"); };
    const auto report = r.run();
    EXPECT_EQ(of(report, "network-caches").outcome, ReliefOutcome::kFailed);
    EXPECT_EQ(r.world.journal->last_run()->outcome, "partial");
  });
}

TEST_F(OptimizeTest, OurOwnCachesAreEmptiedAtMostOnceAMinute) {
  run([&](auto& r) {
    r.run();
    EXPECT_EQ(of(r.run(), "app-caches").outcome, ReliefOutcome::kSkipped);
    EXPECT_EQ(w_.acts, "shed ") << "nothing of ours is stopped: a person asked";
    w_.world.sleep(seconds(61));
    EXPECT_NE(of(r.run(), "app-caches").outcome, ReliefOutcome::kSkipped);
  });
}

TEST(DocumentDirectories, AreTheUsersOrTheUsual) {
  const support::TempDir temp;
  const auto directories = support::directories_below(temp);
  EXPECT_THAT(document_directories(directories), Contains(directories.home + "/Videos"));
  std::filesystem::create_directories(directories.config_home);
  temp.write(directories.config_home.substr(temp.path().size() + 1) + "/user-dirs.dirs",
             "XDG_VIDEOS_DIR=\"$HOME/Filme\"\n");
  EXPECT_THAT(document_directories(directories), ElementsAre(directories.home + "/Filme"));
}

}  // namespace
}  // namespace lull::agent
