// SPDX-License-Identifier: MIT
// Sizes with the system's own notes of what changed, as they are outside of tests.
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/services/journal_service.h"
#include "agent/services/size_service.h"
#include "core/scan/tree_size.h"
#include "tests/agent/services/size_story.h"

namespace lull::agent {
namespace {

using std::chrono::seconds;

// The home directory holds the size cache and the journal, and is watched with them.
class SizeWatchTest : public testing::SizeStory {
 protected:
  std::unique_ptr<cache::DirWatch> make_watch() override {
    auto watch = cache::make_dir_watch();
    EXPECT_NE(watch, nullptr);
    return watch;
  }
  std::unique_ptr<scheduler::JobStateStore> job_store(scheduler::Executor& blocking) override {
    auto journal =
        JournalService::open(world_.engine, blocking, temp_ / "home/.local/state/lull/journal.db");
    journal_ = journal.get();
    return journal;
  }
  SizeParts parts() override {
    SizeParts parts = SizeStory::parts();
    parts.store = cache::make_disk_store({.directory = temp_ / "home/.cache/lull"});
    parts.own_directories = {temp_ / "home/.cache/lull", temp_ / "home/.local/state/lull"};
    return parts;
  }
  // An answer, once the run that made it is in the journal.
  base::Result<model::TreeSize> ask(const std::string& path, bool fresh = false) {
    auto answer = size(path, fresh);
    EXPECT_TRUE(journal_->history(1));
    return answer;
  }
  static model::TreeSize walk(const std::string& path) {
    return scan::measure_tree(path, {}).value_or(model::TreeSize{});
  }

  JournalService* journal_ = nullptr;
};

// Lemon #145: its watcher heard what it did itself, and did it again for that.
TEST_F(SizeWatchTest, Lemon145AFeedbackLoopOfAWatcher) {
  temp_.write("home/src/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(temp_ / "home", true));
    EXPECT_GT(sizes_->stats().watched, 0u);
    const int measured = measurements_;
    for (const std::string& path : {temp_ / "home", temp_ / "home/.cache", temp_ / "home/.local",
                                    temp_ / "home/.cache/lull", temp_ / "home"})
      EXPECT_TRUE(ask(path)->from_cache) << path;
    // Nor does it keep the idle refresh busy.
    EXPECT_EQ(sizes_->stale_paths(), 0u);
    world_.sleep(settings_.performance.refresh_interval * 5);
    EXPECT_TRUE(ask(temp_ / "home")->from_cache);
    EXPECT_EQ(measurements_, measured);
  });
}

TEST_F(SizeWatchTest, EverythingElseBesideOurOwnFilesIsStillHeard) {
  temp_.write("home/src/file", "x");
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(temp_ / "home", true));
    for (const char* name : {"home/src/file", "home/.cache/other/new", "home/.local/state/new"}) {
      const auto before = ask(temp_ / "home");
      EXPECT_TRUE(before->from_cache) << name;
      temp_.write(name, std::string(100'000, 'y'));
      const auto after = ask(temp_ / "home");
      EXPECT_FALSE(after->from_cache) << name;
      EXPECT_GE(after->allocated_bytes, before->allocated_bytes + 90'000) << name;
    }
  });
}

TEST_F(SizeWatchTest, OurOwnFilesAreCountedAsTheyAreOnceTheTimeToLiveIsOver) {
  temp_.write("home/src/file", "x");
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(temp_ / "home", true));
    const auto before = ask(temp_ / "home");
    temp_.write("home/.cache/lull/grown", std::string(100'000, 'y'));
    EXPECT_EQ(ask(temp_ / "home")->allocated_bytes, before->allocated_bytes);
    world_.sleep(settings_.performance.dir_cache_ttl);
    EXPECT_GE(ask(temp_ / "home")->allocated_bytes, before->allocated_bytes + 90'000);
  });
}

}  // namespace
}  // namespace lull::agent
