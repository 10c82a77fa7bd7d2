// SPDX-License-Identifier: MIT
// Sizes with the system's own notes of what changed, as they are outside of tests.
#include <algorithm>
#include <filesystem>
#include <future>
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

class WatchedStory : public testing::SizeStory {
 protected:
  std::unique_ptr<cache::DirWatch> make_watch() override {
    auto watch = cache::make_dir_watch();
    EXPECT_NE(watch, nullptr);
    return watch;
  }
};

// The home directory holds the size cache and the journal, and is watched with them.
class SizeWatchTest : public WatchedStory {
 protected:
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

// A note is told once for each watch: a part that is asked for has to be watched again by itself.
TEST_F(SizeWatchTest, APartOfAWatchedTreeIsHeardAgainAfterEachAnswer) {
  temp_.write("home/src/deep/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(temp_ / "home", true));
    auto before = ask(temp_ / "home/src");
    EXPECT_TRUE(before->from_cache);
    for (std::size_t kilobytes = 100; kilobytes <= 300; kilobytes += 100) {
      temp_.write("home/src/deep/file", std::string(kilobytes * 1000, 'y'));  // in place
      const auto after = ask(temp_ / "home/src");
      EXPECT_FALSE(after->from_cache) << kilobytes;
      EXPECT_GE(after->allocated_bytes, before->allocated_bytes + 90'000) << kilobytes;
      before = ask(temp_ / "home/src");
      EXPECT_TRUE(before->from_cache) << kilobytes;
    }
    EXPECT_GE(ask(temp_ / "home")->allocated_bytes, 300'000u);
  });
}

TEST_F(SizeWatchTest, WhatIsNewInAPartOfAWatchedTreeIsHeardToo) {
  temp_.write("home/src/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ask(temp_ / "home", true));
    temp_.write("home/src/new/file", "x");
    const auto before = ask(temp_ / "home/src");
    EXPECT_EQ(before->files, 2u);
    temp_.write("home/src/new/file", std::string(100'000, 'y'));
    EXPECT_GE(ask(temp_ / "home/src")->allocated_bytes, before->allocated_bytes + 90'000);
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

// The seed's repeated operations: a person, a panel and a script ask for the same folders again and
// again for half an hour, while files come, grow and go. An answer counts only if it is true.
class RepeatedQuestionsTest : public WatchedStory {
 protected:
  static constexpr int kFolders = 12;

  void SetUp() override {
    for (int i = 0; i < kFolders; ++i)
      for (int j = 0; j < 5; ++j) temp_.write(place(i, j) + "/file", "x");
    for (int i = 0; i < kFolders; ++i) paths_.push_back(temp_ / ("home/p" + std::to_string(i)));
    paths_.push_back(temp_ / "home");
  }
  // On a thread of its own: a fiber's stack is too small for it.
  static model::TreeSize walk(const std::string& path) {
    scan::WalkOptions options;
    options.width = 1;
    const auto now =
        std::async(std::launch::async, [&] { return scan::measure_tree(path, options); }).get();
    EXPECT_TRUE(now);
    return now.value_or(model::TreeSize{});
  }
  static std::string place(std::size_t folder, std::size_t part) {
    return "home/p" + std::to_string(folder) + "/d" + std::to_string(part);
  }
  // Somewhere, a new file or (once that is heard of) one that grows or goes.
  void change(bool heard, int number) {
    const std::string below = place(random_() % kFolders, random_() % 5);
    switch (heard ? random_() % 3 : 0) {
      case 0:
        temp_.write(below + "/new" + std::to_string(number), "y");
        break;
      case 1:
        temp_.write(below + "/file", std::string(static_cast<std::size_t>(number) * 100, 'y'));
        break;
      default:
        std::filesystem::remove(temp_ / (below + "/file"));
    }
  }

  std::mt19937 random_{1};
  std::vector<std::string> paths_;
};

TEST_F(RepeatedQuestionsTest, MoreThanFourOfFiveAreAnsweredTrulyWithoutAWalk) {
  run([&] {
    int asked = 0, answered = 0, untrue = 0;
    bool heard = false;  // everything is watched
    for (int second = 0; second < 1800; second += 10) {
      for (int i = 0; i < 3; ++i, ++asked) {
        // Some folders are asked for more than others.
        const std::string& path = paths_[std::min(random_() % 13, random_() % 13)];
        const auto hits = sizes_->stats().memory.hits;
        const auto answer = size(path);
        ASSERT_TRUE(answer);
        const bool hit = sizes_->stats().memory.hits > hits;
        const model::TreeSize now = walk(path);
        const bool is_true = answer->allocated_bytes == now.allocated_bytes &&
                             answer->apparent_bytes == now.apparent_bytes &&
                             answer->files == now.files;
        // What may be old is an answer from the cache about what is not watched yet.
        EXPECT_TRUE(is_true || (!heard && answer->from_cache))
            << path << " at " << second << (answer->from_cache ? " from the cache" : " measured")
            << (hit ? ", a hit" : "");
        answered += hit && is_true ? 1 : 0;
        untrue += is_true ? 0 : 1;
      }
      heard = heard || sizes_->stats().watched >= 1 + kFolders * 6;
      if (second % 120 == 0) change(heard, second);
      world_.sleep(seconds(10));
    }
    EXPECT_TRUE(heard);
    EXPECT_GT(answered, asked * 8 / 10);
    ::testing::Test::RecordProperty("hit_rate_percent", 100 * answered / asked);
    ::testing::Test::RecordProperty("untrue", untrue);
  });
}

}  // namespace
}  // namespace lull::agent
