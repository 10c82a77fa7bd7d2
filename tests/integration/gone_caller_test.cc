// SPDX-License-Identifier: MIT
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

// Whoever asked for a clean goes while it is on: killed, it goes on; interrupted, it ends.
namespace lull::integration {
namespace {

using support::Finished;
using support::Process;
using support::Sandbox;

constexpr int kFiles = 1500;
constexpr auto kPatience = std::chrono::seconds(60);

class GoneCaller : public ::testing::Test {
 protected:
  void SetUp() override {
    write_own_files(user_, kFiles);
    agent_ = user_.start_agent();
  }

  int cached() const { return own_files_left(user_); }
  int trashed() const { return own_files_trashed(user_); }

  static bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::unique_ptr<Process> begin_clean() {
    auto clean = user_.start({"clean", "--category", "mine", "--yes", "--json"});
    EXPECT_TRUE(eventually([this] { return trashed() > 0; }));
    return clean;
  }
  boost::json::value last_run() { return user_.lull({"history", "--json"}).json().at(0); }

  Sandbox user_;
  std::unique_ptr<Process> agent_;
};

TEST_F(GoneCaller, KilledLeavesTheCleanToTheAgent) {
  const auto clean = begin_clean();
  clean->signal(SIGKILL);
  (void)clean->wait();
  EXPECT_TRUE(eventually([this] { return cached() == 0; })) << cached() << " are left";
  EXPECT_TRUE(eventually([this] { return last_run().at("kind") == "clean"; }));
  EXPECT_EQ(last_run().at("items"), kFiles);
  EXPECT_EQ(last_run().at("undoable"), true);
}

TEST_F(GoneCaller, KilledLeavesTheUndoToTheAgent) {
  ASSERT_EQ(user_.lull({"clean", "--category", "mine", "--yes"}).exit_code, 0);
  const auto undo = user_.start({"undo"});
  EXPECT_TRUE(eventually([this] { return cached() > 0; }));
  undo->signal(SIGKILL);
  (void)undo->wait();
  EXPECT_TRUE(eventually([this] { return cached() == kFiles; })) << cached() << " are back";
  EXPECT_TRUE(eventually([this] { return last_run().at("kind") == "undo"; }));
  EXPECT_EQ(trashed(), 0);
}

TEST_F(GoneCaller, InterruptedEndsTheCleanAndSaysWhatWasDone) {
  const auto clean = begin_clean();
  clean->signal(SIGINT);
  const Finished done = clean->wait();
  EXPECT_EQ(done.exit_code, 130) << done.out << done.err;
  const auto report = done.json();
  EXPECT_EQ(report.at("moved_items"), trashed()) << "the item at hand is finished, no other begun";
  EXPECT_EQ(cached() + trashed(), kFiles);
  EXPECT_GT(cached(), 0);
  EXPECT_EQ(report.at("cancelled"), true);
  EXPECT_EQ(last_run().at("items"), report.at("moved_items"));
  ASSERT_EQ(user_.lull({"undo"}).exit_code, 0);
  EXPECT_EQ(cached(), kFiles);
}

TEST_F(GoneCaller, ASecondOneJoinsTheCleanAndHasItsResult) {
  const auto clean = begin_clean();
  const Finished second = user_.lull({"clean", "--category", "mine", "--yes", "--json"});
  const Finished first = clean->wait();
  EXPECT_EQ(first.exit_code, 0) << first.out << first.err;
  EXPECT_EQ(second.exit_code, 0) << second.out << second.err;
  EXPECT_EQ(first.out, second.out);
  EXPECT_EQ(first.json().at("moved_items"), kFiles);
}

}  // namespace
}  // namespace lull::integration
