// SPDX-License-Identifier: MIT
#include "agent/services/verdict_service.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/no_job_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::hours;

// Real rules on a real home; the clock is far ahead, so that what was just written is old.
class VerdictServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    thumbnail_ = temp_.write("home/.cache/thumbnails/normal/a.png", std::string(20'000, 'x'));
    other_ = temp_.write("home/.cache/thumbnails/normal/b.png", "x");
    thesis_ = temp_.write("home/Documents/thesis.odt", "precious");
    const auto real = std::chrono::duration_cast<base::Duration>(base::system_clock().wall_now() -
                                                                 world_.time.wall_now());
    world_.time.jump_wall(real + hours(24 * 90));
  }
  void run(const std::function<void()>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      auto rules = scan::builtin_rules();
      ASSERT_TRUE(rules) << rules.error().to_string();
      scheduler::ComputePool compute(2);
      testing::NoJobStore store;
      scheduler::JobScheduler jobs(world_.engine, store, {.automatic = false});
      ScanService scans(world_.engine, compute, {*std::move(rules), {}},
                        support::directories_below(temp_), settings_);
      VerdictService verdicts(world_.engine, world_.executor, world_.executor, scans, settings_);
      auto job = scans.job();
      job.constraints = {};
      jobs.add_job(std::move(job));
      jobs.on_run_ended([&](const auto&, const auto&, auto, auto, bool) { ++scans_; });
      jobs.start();
      jobs_ = &jobs;
      scan_ = &scans;
      verdicts_ = &verdicts;
      story();
      jobs.shut_down(1s);
    });
  }
  model::FileVerdict explain(const std::string& path, bool fresh = false) {
    auto verdict = verdicts_->explain(*jobs_, path, fresh, {});
    EXPECT_TRUE(verdict) << verdict.error().to_string();
    return verdict ? *std::move(verdict) : model::FileVerdict{};
  }

  testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
  std::string thumbnail_, other_, thesis_;
  int scans_ = 0;
  scheduler::JobScheduler* jobs_ = nullptr;
  ScanService* scan_ = nullptr;
  VerdictService* verdicts_ = nullptr;
};

TEST_F(VerdictServiceTest, SaysWhichRuleIsAboutAFileAndWhetherItMayGo) {
  run([&] {
    const auto verdict = explain(thumbnail_);
    EXPECT_TRUE(verdict.goes);
    EXPECT_EQ(verdict.rule, "thumbnails");
    EXPECT_GE(verdict.bytes, 20'000u);
    EXPECT_FALSE(verdict.reason.empty());
    ASSERT_TRUE(verdict.score);
    EXPECT_GT(*verdict.score, 50u);
    EXPECT_FALSE(verdict.from_cache);
  });
}

TEST_F(VerdictServiceTest, OneScanAnswersForTheWholeFolder) {
  run([&] {
    (void)explain(thumbnail_);
    for (const std::string& path : {thumbnail_, other_}) {
      const auto verdict = explain(path);
      EXPECT_TRUE(verdict.from_cache) << path;
      EXPECT_TRUE(verdict.goes) << path;
    }
    EXPECT_EQ(scans_, 1);
    EXPECT_EQ(verdicts_->cache().stats().hits, 2u);
    EXPECT_EQ(verdicts_->cache().stats().misses, 1u);
  });
}

TEST_F(VerdictServiceTest, AScanThatListsItemsAnswersTheQuestionsAfterIt) {
  run([&] {
    ASSERT_TRUE(scan_->scan(*jobs_, {}, true, {}));
    EXPECT_TRUE(explain(thumbnail_).from_cache);
    EXPECT_EQ(scans_, 1);
  });
}

TEST_F(VerdictServiceTest, AScanWithoutItemsTeachesNothingAndCostsNothing) {
  run([&] {
    ASSERT_TRUE(scan_->scan(*jobs_, {}, false, {}));
    EXPECT_EQ(verdicts_->cache().stats().entries, 0u);
    EXPECT_EQ(world_.executor.submitted(), 0u);
  });
}

TEST_F(VerdictServiceTest, WhatNoRuleIsAboutStaysAndIsNotScannedForAgain) {
  run([&] {
    for (int i = 0; i < 3; ++i) {
      const auto verdict = explain(thesis_);
      EXPECT_FALSE(verdict.goes);
      EXPECT_EQ(verdict.rule, "");
      EXPECT_EQ(verdict.from_cache, i > 0);
    }
    EXPECT_EQ(scans_, 1);
  });
}

TEST_F(VerdictServiceTest, SaysOfAPlaceNoItemIsWhyItStays) {
  temp_.write("home/.ssh/id", "x");
  temp_.write("home/.cache/spotify/Storage/song", "x");
  temp_.write("home/.m2/repository/a.jar", "x");
  temp_.write("home/.cache/uv/wheel", "x");
  temp_.write("home/mine/file", "x");
  temp_.write("home/plain/file", "x");
  settings_.clean.keep = {temp_ / "home/mine"};
  run([&] {
    const auto reason = [&](const std::string& path) {
      const auto verdict = explain(temp_ / path);
      EXPECT_FALSE(verdict.goes) << path;
      return verdict.reason;
    };
    const char* kUv = "never touched: only `uv cache prune` knows what is in use";
    for (int again = 0; again < 2; ++again) {  // and so does the cache
      EXPECT_EQ(reason("home/.ssh"), "never touched: credentials");
      EXPECT_EQ(reason("home/.ssh/id"), "never touched: credentials");
      EXPECT_EQ(reason("home/.cache/spotify/Storage/song"), "never touched: downloaded music");
      EXPECT_EQ(reason("home/.m2/repository"), "never touched: may hold what exists nowhere else");
      EXPECT_EQ(reason("home/.cache/uv"), kUv);
      EXPECT_EQ(reason("home/.cache/uv/wheel"), kUv);
      EXPECT_EQ(reason("home/mine/file"), "on your keep list");
      EXPECT_EQ(reason("home/plain"), "no rule is about it");
    }
    EXPECT_EQ(explain(temp_ / "home/plain").bytes, std::nullopt) << "a directory was not measured";
  });
}

TEST_F(VerdictServiceTest, APlaceOfARuleStaysAndSaysHowMuchInItGoes) {
  run([&] {
    const auto place = explain(temp_ / "home/.cache/thumbnails/normal");
    EXPECT_FALSE(place.goes);
    EXPECT_EQ(place.rule, "thumbnails");
    EXPECT_EQ(place.tier, model::Tier::kSafe);
    EXPECT_EQ(place.reason, "a place of thumbnails; 2 items in it go (24.0 KiB): thumbnails");
    fs::remove(other_);
    EXPECT_EQ(explain(temp_ / "home/.cache/thumbnails/normal", true).reason,
              "a place of thumbnails; 1 item in it goes (20.0 KiB): thumbnails");
    EXPECT_EQ(explain(temp_ / "home/.cache").reason,
              "no rule takes it as a whole; 1 item in it goes (20.0 KiB): thumbnails");
    fs::remove(thumbnail_);
    EXPECT_EQ(explain(temp_ / "home/.cache/thumbnails/normal", true).reason,
              "a place of thumbnails; nothing in it goes now");
  });
}

TEST_F(VerdictServiceTest, AFileThatChangedIsJudgedAgain) {
  run([&] {
    (void)explain(thumbnail_);
    temp_.write("home/.cache/thumbnails/normal/a.png", std::string(50'000, 'y'));
    const auto verdict = explain(thumbnail_);
    EXPECT_FALSE(verdict.from_cache);
    EXPECT_GE(verdict.bytes, 50'000u);
    EXPECT_EQ(scans_, 2);
  });
}

TEST_F(VerdictServiceTest, FreshScansAgain) {
  run([&] {
    (void)explain(thumbnail_);
    EXPECT_FALSE(explain(thumbnail_, true).from_cache);
    EXPECT_EQ(scans_, 2);
  });
}

// The attack: the verdict of a thumbnail must not be had for anything else.
TEST_F(VerdictServiceTest, AThumbnailMovedOrLinkedToASafePlaceStaysThere) {
  run([&] {
    (void)explain(thumbnail_);
    fs::create_directories(temp_ / "home/Pictures");
    fs::rename(temp_ / "home/.cache/thumbnails/normal", temp_ / "home/Pictures/normal");
    EXPECT_FALSE(explain(temp_ / "home/Pictures/normal/a.png").goes);
    EXPECT_FALSE(verdicts_->explain(*jobs_, thumbnail_, false, {}));
  });
}

TEST_F(VerdictServiceTest, ADetourInThePathLeadsToTheSameAnswer) {
  run([&] {
    fs::create_directory_symlink(temp_ / "home/.cache", temp_ / "home/short");
    EXPECT_TRUE(explain(temp_ / "home/short/thumbnails/normal/a.png").goes);
    EXPECT_TRUE(explain(temp_ / "home/.cache/thumbnails/../thumbnails/normal//a.png").goes);
  });
}

TEST_F(VerdictServiceTest, ALinkIsWhatIsAskedAboutAndNotItsTarget) {
  run([&] {
    fs::create_symlink(thesis_, temp_ / "home/.cache/thumbnails/normal/link.png");
    fs::create_symlink(thumbnail_, temp_ / "home/Documents/link.png");
    EXPECT_FALSE(explain(temp_ / "home/Documents/link.png").goes);
    EXPECT_EQ(explain(temp_ / "home/Documents/link.png").rule, "");
  });
}

TEST_F(VerdictServiceTest, WhatIsNotThereOrNoPathIsAnError) {
  run([&] {
    const auto missing = verdicts_->explain(*jobs_, temp_ / "nothing", false, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
    EXPECT_FALSE(verdicts_->explain(*jobs_, "", false, {}));
    EXPECT_FALSE(verdicts_->explain(*jobs_, "relative", false, {}));
    EXPECT_FALSE(verdicts_->explain(*jobs_, thesis_ + "/below", false, {}));
    EXPECT_EQ(scans_, 0);
    EXPECT_FALSE(explain("/").goes);
  });
}

TEST_F(VerdictServiceTest, ANewKeepListMakesEveryVerdictVoid) {
  run([&] {
    EXPECT_TRUE(explain(thumbnail_).goes);
    settings_.clean.keep = {temp_ / "home/.cache/thumbnails"};
    verdicts_->apply_settings();
    EXPECT_FALSE(explain(thumbnail_).goes);
  });
}

TEST_F(VerdictServiceTest, AScanThatBeganBeforeTheRulesChangedTeachesNothing) {
  run([&] {
    const auto before = scan_->scan(*jobs_, {}, true, {});
    ASSERT_TRUE(before);
    verdicts_->forget();
    EXPECT_EQ(verdicts_->cache().stats().entries, 0u);
    verdicts_->learn(*before);
    EXPECT_EQ(verdicts_->cache().stats().entries, 0u);
    world_.sleep(1s);
    EXPECT_TRUE(explain(thumbnail_).goes);
    EXPECT_TRUE(explain(thumbnail_).from_cache);
  });
}

TEST_F(VerdictServiceTest, IsNotBelievedForDaysEvenIfSizesAre) {
  settings_.performance.dir_cache_ttl = hours(24 * 30);
  run([&] {
    (void)explain(thumbnail_);
    world_.sleep(14min);
    EXPECT_TRUE(explain(thumbnail_).from_cache);
    world_.sleep(1min);
    EXPECT_FALSE(explain(thumbnail_).from_cache);
  });
}

TEST_F(VerdictServiceTest, GivesItsMemoryBackWhenAnswersAreTooOld) {
  run([&] {
    (void)explain(thumbnail_);
    EXPECT_GT(verdicts_->cache().stats().bytes, 0u);
    world_.sleep(settings_.performance.dir_cache_ttl * 2);
    EXPECT_EQ(verdicts_->cache().stats().bytes, 0u);
    const auto jumps = world_.time.jumps();
    world_.sleep(24h);
    EXPECT_LE(world_.time.jumps() - jumps, 1u) << "and then nothing wakes it";
  });
}

}  // namespace
}  // namespace lull::agent
