// SPDX-License-Identifier: MIT
// How many tasks of a scan read at once, counted where each of them asks for a file.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <sched.h>

#include "tests/core/scan/installation.h"
#include "tests/support/stat_hook.h"

namespace lull::scan {
namespace {

constexpr unsigned kWidth = 8;  // of the user's settings
constexpr unsigned kSystemTasks = 2;
constexpr auto kLongest = std::chrono::seconds(60);  // for who never comes; nobody waits otherwise

// Holds tasks until so many are there at once, and from then on only counts them.
class Gate {
 public:
  explicit Gate(unsigned wanted) : wanted_(wanted) {}

  void pass() {
    {
      std::unique_lock lock(mutex_);
      most_ = std::max(most_, ++inside_);
      open_ = open_ || inside_ >= wanted_;
      changed_.notify_all();
      changed_.wait_for(lock, kLongest, [&] { return open_; });
      open_ = true;
    }
    for (int i = 0; i < 200; ++i) sched_yield();  // whoever else may come, comes
    const std::lock_guard lock(mutex_);
    --inside_;
  }
  unsigned most() const { return most_; }

 private:
  const unsigned wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned inside_ = 0, most_ = 0;
  bool open_ = false;
};

class ScanTasks : public ::testing::Test {
 protected:
  // Deep enough for every task to have given work away before it comes to a gate.
  void plant(const std::string& root) {
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 4; ++j)
        home_.tree.file(root + "/d" + std::to_string(i) + "/e" + std::to_string(j) + "/f/gate");
  }
  unsigned most_at_once(const std::string& root, unsigned wanted) {
    Gate gate(wanted);
    const support::StatHook hook([&](std::string_view name) {
      if (name == "gate") gate.pass();
    });
    const auto report = home_.scan_rules(
        "[[rule]]\nid = \"wide\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"c\"\nsource = \"s\"\n"
        "older_than = \"1 d\"\nroots = [\"" +
            root + "\"]\n",
        kWidth);
    EXPECT_GE(testing::category_of(report, "wide").items, 64u);
    return gate.most();
  }

  const oneapi::tbb::global_control threads_{oneapi::tbb::global_control::max_allowed_parallelism,
                                             kWidth};
  testing::Installation home_;
};

TEST_F(ScanTasks, InTheHomeDirectoryAreAsManyAsTheUserAllows) {
  plant("home/.cache/wide");
  const unsigned most = most_at_once("$CACHE/wide", kSystemTasks + 1);
  EXPECT_GT(most, kSystemTasks);
  EXPECT_LE(most, kWidth);
}

TEST_F(ScanTasks, OutsideOfItAreTwo) {
  plant("tmp/wide");
  EXPECT_EQ(most_at_once("$TEMP/wide", kSystemTasks), kSystemTasks);
  plant("vartmp/wide");
  EXPECT_EQ(most_at_once("$VAR_TEMP/wide", kSystemTasks), kSystemTasks);
}

}  // namespace
}  // namespace lull::scan
