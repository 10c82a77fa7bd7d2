// SPDX-License-Identifier: MIT
// What priority the threads of a scan have, asked where they look at files.
#include <compare>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/services/scan_service.h"
#include "tests/support/no_job_store.h"
#include "tests/support/stat_hook.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

constexpr int kThisThread = 1, kClassShift = 13;  // ioprio_get(2)
constexpr long kIdleClass = 3;

struct Standing {
  int policy = -1;
  long io_class = -1;
  auto operator<=>(const Standing&) const = default;
};
Standing my_standing() {
  return {sched_getscheduler(0), syscall(SYS_ioprio_get, kThisThread, 0) >> kClassShift};
}

class ScanStandingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 40; ++i)
      temp_.write("home/.cache/thumbnails/fail/f" + std::to_string(i) + "/a.png", "x");
  }
  // Of the threads that look at the pictures meanwhile.
  std::set<Standing> standings_during(const std::function<void()>& story) {
    std::mutex mutex;
    std::set<Standing> seen;
    const support::StatHook hook([&](std::string_view name) {
      if (name != "a.png") return;
      const std::lock_guard lock(mutex);
      seen.insert(my_standing());
    });
    story();
    return seen;
  }

  testing::VirtualEngine world_;
  const Settings settings_{};
  const support::TempDir temp_;
};

TEST_F(ScanStandingTest, AScanThatNobodyAskedForIsIdleWorkAndOneForAPersonIsNot) {
  const Standing mine = my_standing();
  ASSERT_NE(mine.policy, SCHED_IDLE);
  world_.run([&](scheduler::TaskGroup&) {
    auto rules = scan::builtin_rules();
    ASSERT_TRUE(rules);
    scheduler::ComputePool compute(2);
    testing::NoJobStore store;
    scheduler::JobScheduler jobs(world_.engine, store, {});
    ScanService service(world_.engine, compute, {*std::move(rules), {}},
                        support::directories_below(temp_), settings_);
    const auto spec = service.job();
    for (const std::string& code : spec.constraints)
      jobs.add_condition({code, [] { return scheduler::ConditionState{true, "", ""}; }});
    jobs.add_job(service.job());
    jobs.start();
    EXPECT_EQ(standings_during([&] { world_.sleep(settings_.automation.scan_interval * 2); }),
              (std::set<Standing>{{SCHED_IDLE, kIdleClass}}));
    EXPECT_TRUE(service.reclaimable());
    EXPECT_EQ(standings_during([&] { EXPECT_TRUE(service.scan(jobs, {}, false, {})); }),
              (std::set<Standing>{mine}));
    jobs.shut_down(std::chrono::seconds(1));
  });
}

}  // namespace
}  // namespace lull::agent
