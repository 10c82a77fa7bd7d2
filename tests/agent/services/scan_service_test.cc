// SPDX-License-Identifier: MIT
#include "agent/services/scan_service.h"

#include <gtest/gtest.h>

#include "tests/support/no_job_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The service with the real rules on a real home; the clock is set far ahead, so that what was just
// written is old.
class ScanServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.write("home/.cache/thumbnails/fail/gnome-thumbnail-factory/a.png",
                std::string(20'000, 'x'));
    temp_.write("home/.cache/thumbnails/normal/b.png", std::string(20'000, 'x'));
    temp_.write("home/Documents/thesis.odt", "precious");
    const auto real = std::chrono::duration_cast<base::Duration>(base::system_clock().wall_now() -
                                                                 world_.time.wall_now());
    world_.time.jump_wall(real + hours(24 * 90));
  }
  void run(const std::function<void(ScanService&, scheduler::JobScheduler&)>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      auto rules = scan::builtin_rules();
      ASSERT_TRUE(rules) << rules.error().to_string();
      scheduler::ComputePool compute(2);
      testing::NoJobStore store;
      scheduler::JobScheduler jobs(world_.engine, store, {});
      ScanService service(world_.engine, compute, {*std::move(rules), {}},
                          support::directories_below(temp_), settings_);
      for (const char* code : {"user-active", "cpu-busy", "on-battery", "pressure", "thermal",
                               "quiet-hours", "inhibited"})
        jobs.add_condition({code, [this] { return scheduler::ConditionState{idle_, "", ""}; }});
      jobs.add_job(service.job());
      jobs.start();
      story(service, jobs);
      jobs.shut_down(seconds(1));
    });
  }

  testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
  bool idle_ = true;
};

TEST_F(ScanServiceTest, FindsWhatTheRulesNameAndNothingElse) {
  run([&](ScanService& service, auto& jobs) {
    const auto report = service.scan(jobs, {}, true, {});
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_FALSE(report->partial);
    EXPECT_GE(report->total_reclaimable_bytes, 40'000u);
    for (const auto& category : report->categories)
      for (const auto& entry : category.entries)
        EXPECT_EQ(entry.path.rfind(temp_ / "home/.cache/thumbnails/", 0), 0u) << entry.path;
  });
}

TEST_F(ScanServiceTest, SaysWhichCategoriesACleanOfTheSameTakes) {
  settings_.clean.tiers = {"safe"};
  run([&](ScanService& service, auto& jobs) {
    const auto by_clean = [&](const std::vector<std::string>& asked, const std::string& id) {
      const auto report = service.scan(jobs, asked, false, {});
      for (const auto& category : report->categories)
        if (category.id == id) return std::pair(category.by_clean, category.in_trash);
      ADD_FAILURE() << id;
      return std::pair(false, false);
    };
    EXPECT_EQ(by_clean({}, "thumbnails"), std::pair(true, false));
    EXPECT_EQ(by_clean({}, "npm-cache"), std::pair(false, false)) << "costly";
    EXPECT_EQ(by_clean({}, "trash"), std::pair(false, true));
    EXPECT_EQ(by_clean({"npm-cache", "trash"}, "npm-cache"), std::pair(true, false)) << "named";
    EXPECT_EQ(by_clean({"npm-cache", "trash"}, "trash"), std::pair(false, true));
  });
}

TEST_F(ScanServiceTest, OnlyACompleteScanIsRemembered) {
  run([&](ScanService& service, auto& jobs) {
    ASSERT_TRUE(service.scan(jobs, {"thumbnails"}, false, {}));
    EXPECT_FALSE(service.reclaimable());
    const auto report = service.scan(jobs, {}, true, {});
    ASSERT_TRUE(report);
    ASSERT_TRUE(service.reclaimable());
    EXPECT_EQ(service.reclaimable()->bytes, report->total_reclaimable_bytes);
    for (const auto& category : service.last_report()->categories)
      EXPECT_TRUE(category.entries.empty()) << category.id;
  });
}

TEST_F(ScanServiceTest, RunsByItselfEverySixHours) {
  run([&](ScanService& service, auto&) {
    int complete = 0;
    service.on_change([&] { ++complete; });
    world_.sleep(hours(25));
    EXPECT_GE(complete, 4);
    EXPECT_LE(complete, 5);
  });
}

TEST_F(ScanServiceTest, DoesNotRunByItselfWhileSomebodyIsThere) {
  idle_ = false;
  run([&](ScanService& service, auto& jobs) {
    world_.sleep(hours(48));
    EXPECT_FALSE(service.reclaimable());
    EXPECT_TRUE(service.scan(jobs, {}, false, {}));  // but at once for a person
    EXPECT_TRUE(service.reclaimable());
  });
}

TEST_F(ScanServiceTest, AnUnknownCategoryNamesTheNearest) {
  run([&](ScanService& service, auto& jobs) {
    const auto report = service.scan(jobs, {"thumbnail"}, false, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_NE(report.error().message.find("thumbnails"), std::string::npos);
  });
}

TEST_F(ScanServiceTest, TheSettingsKeepListHolds) {
  settings_.clean.keep = {temp_ / "home/.cache/thumbnails"};
  run([&](ScanService& service, auto& jobs) {
    const auto report = service.scan(jobs, {}, true, {});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->total_reclaimable_bytes, 0u);
  });
}

TEST_F(ScanServiceTest, TakesNewRulesForTheNextScanAndReportsFilesThatDoNotCount) {
  run([&](ScanService& service, auto& jobs) {
    auto rules = scan::builtin_rules();
    ASSERT_TRUE(rules);
    scan::LoadedRules loaded{*std::move(rules), {{"mine.toml", 3, 7, "unknown tier"}}};
    service.replace_rules(std::move(loaded));
    EXPECT_EQ(service.rules().problems.size(), 1u);
    const auto report = service.scan(jobs, {}, false, {});
    ASSERT_TRUE(report) << report.error().to_string();
    ASSERT_EQ(report->rule_problems.size(), 1u);
    EXPECT_EQ(report->rule_problems[0].file, "mine.toml");
    EXPECT_EQ(report->rule_problems[0].line, 3u);
    EXPECT_GE(report->total_reclaimable_bytes, 40'000u);
  });
}

}  // namespace
}  // namespace lull::agent
