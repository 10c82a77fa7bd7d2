// SPDX-License-Identifier: MIT
#include "agent/services/file_watch.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "scheduler/event.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

// Waits for the watch, not for time.
class FileWatchTest : public ::testing::Test {
 protected:
  void with_watch(const std::vector<std::string>& files, const std::function<void()>& story) {
    scheduler::Engine engine;
    engine.run([&] {
      scheduler::Event changed(engine);
      changed_ = &changed;
      const auto watch = watch_files(engine, files, [&] {
        ++calls_;
        changed.set();
      });
      ASSERT_NE(watch, nullptr);
      story();
    });
  }
  void wait() {
    ASSERT_TRUE(changed_->wait());
    changed_->reset();
  }

  const support::TempDir temp_;
  scheduler::Event* changed_ = nullptr;
  int calls_ = 0;
};

TEST_F(FileWatchTest, TellsOfAWriteInPlace) {
  const std::string file = temp_.write("config.toml", "a");
  with_watch({file}, [&] {
    temp_.write("config.toml", "b");
    wait();
  });
}

TEST_F(FileWatchTest, TellsOfAReplacementByRenaming) {
  const std::string file = temp_.write("config.toml", "a");
  with_watch({file}, [&] {
    std::filesystem::rename(temp_.write("config.toml.new", "b"), file);
    wait();
  });
}

TEST_F(FileWatchTest, TellsOfAFileThatAppearsAndOfOneThatGoes) {
  with_watch({temp_ / "config.toml"}, [&] {
    temp_.write("config.toml", "b");
    wait();
    std::filesystem::remove(temp_ / "config.toml");
    wait();
  });
}

TEST_F(FileWatchTest, ABurstIsOneCallAndNeighboursAreNone) {
  const std::string file = temp_.write("config.toml", "a");
  with_watch({file}, [&] {
    temp_.write("other.toml", "x");
    for (int i = 0; i < 20; ++i) temp_.write("config.toml", std::to_string(i));
    wait();
    EXPECT_EQ(calls_, 1);
  });
}

class DirectoryWatchTest : public FileWatchTest {
 protected:
  void with_directory(const std::function<void()>& story) {
    scheduler::Engine engine;
    engine.run([&] {
      scheduler::Event changed(engine);
      changed_ = &changed;
      const auto watch = watch_directory(engine, temp_ / "rules.d", ".toml", [&] {
        ++calls_;
        changed.set();
      });
      ASSERT_NE(watch, nullptr);
      story();
    });
  }
};

TEST_F(DirectoryWatchTest, TellsOfFilesThatComeAndGoAndOfPermissions) {
  temp_.write("rules.d/old.toml", "a");
  with_directory([&] {
    temp_.write("rules.d/new.toml", "b");
    wait();
    std::filesystem::permissions(temp_ / "rules.d/old.toml", std::filesystem::perms::owner_all);
    wait();
    std::filesystem::rename(temp_ / "rules.d/old.toml", temp_ / "old.toml");
    wait();
  });
}

TEST_F(DirectoryWatchTest, TellsWhenTheDirectoryAppearsAndOfWhatIsPutIntoItThen) {
  with_directory([&] {
    std::filesystem::create_directory(temp_ / "rules.d");
    wait();
    temp_.write("rules.d/new.toml", "b");
    wait();
  });
}

TEST_F(DirectoryWatchTest, OtherFilesAreNoneOfItsBusiness) {
  std::filesystem::create_directory(temp_ / "rules.d");
  with_directory([&] {
    temp_.write("rules.d/notes.txt", "x");
    temp_.write("config.toml", "x");
    temp_.write("rules.d/new.toml", "b");
    wait();
    EXPECT_EQ(calls_, 1);
  });
}

TEST_F(FileWatchTest, TellsOfAFileThatAppearsWithTheDirectoriesAboveIt) {
  const std::string file = temp_ / "config/lull/config.toml";
  with_watch({file}, [&] {
    temp_.write("config/lull/config.toml", "a");
    wait();
    temp_.write("config/lull/config.toml", "b");
    wait();
  });
}

TEST_F(FileWatchTest, StepsDownOneDirectoryAtATime) {
  with_watch({temp_ / "a/b/c/config.toml"}, [&] {
    std::filesystem::create_directories(temp_ / "elsewhere/b/c");
    std::filesystem::create_directory(temp_ / "a");
    temp_.write("elsewhere/b/c/config.toml", "a");
    std::filesystem::rename(temp_ / "elsewhere/b", temp_ / "a/b");
    wait();
  });
}

TEST_F(FileWatchTest, ADirectoryThatGoesAndComesBackIsWatchedAgain) {
  temp_.write("lull/config.toml", "a");
  with_watch({temp_ / "lull/config.toml"}, [&] {
    std::filesystem::rename(temp_ / "lull", temp_ / "lull.old");
    wait();
    temp_.write("lull.old/config.toml", "no business of ours any more");
    temp_.write("lull/config.toml", "b");
    wait();
    EXPECT_EQ(calls_, 2);
    temp_.write("lull/config.toml", "c");
    wait();
  });
}

TEST(FileWatch, AFileWithoutADirectoryCannotBeWatched) {
  scheduler::Engine engine;
  engine.run([&] { EXPECT_EQ(watch_files(engine, {"config.toml"}, [] {}), nullptr); });
}

}  // namespace
}  // namespace lull::agent
