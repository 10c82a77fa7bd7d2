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

TEST(FileWatch, WithNoDirectoryThereIsNothingToWatch) {
  scheduler::Engine engine;
  engine.run(
      [&] { EXPECT_EQ(watch_files(engine, {"/nonexistent/x/config.toml"}, [] {}), nullptr); });
}

}  // namespace
}  // namespace lull::agent
