// SPDX-License-Identifier: MIT
#include "agent/services/run_costs.h"

#include <string>

#include <gtest/gtest.h>

#include "scheduler/executor.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using namespace std::chrono_literals;

class RunCostsTest : public ::testing::Test {
 protected:
  void live(const std::function<void(RunCosts&)>& life) {
    world_.run([&](scheduler::TaskGroup&) {
      const auto journal =
          JournalService::open(world_.engine, world_.executor, temp_ / "journal.db");
      RunCosts costs(world_.time, *journal);
      life(costs);
      journal->flush();
    });
  }

  testing::VirtualEngine world_;
  const support::TempDir temp_;
};

TEST_F(RunCostsTest, TheNextRunKnowsFromTheStartHowMuchThereWillBe) {
  live([](RunCosts& costs) {
    base::Progress first;
    costs.expect("scan", first);
    EXPECT_EQ(first.snapshot().total_items, 0u) << "nobody knows";
    first.add(1000, 4096);
    costs.learn("scan", first.snapshot(), 3s);
  });
  live([](RunCosts& costs) {
    base::Progress second;
    costs.expect("scan", second);
    EXPECT_EQ(second.snapshot().total_items, 1000u);
    EXPECT_EQ(second.snapshot().total_bytes, 4096u);
    EXPECT_EQ(second.snapshot().done_items, 0u);
    ASSERT_TRUE(costs.last("scan"));
    EXPECT_EQ(costs.last("scan")->elapsed, 3s);
    EXPECT_FALSE(costs.last("scan pip")) << "another work";
  });
}

TEST_F(RunCostsTest, ShortOrEmptyWorkIsNotWorthWriting) {
  live([](RunCosts& costs) {
    costs.learn("short", {"walking", 10, 0, 10, 0}, RunCosts::kShort - 1ns);
    costs.learn("empty", {"walking", 0, 0, 0, 0}, 10s);
    EXPECT_FALSE(costs.last("short"));
    EXPECT_FALSE(costs.last("empty"));
  });
}

TEST_F(RunCostsTest, ManyPathsDoNotMakeItGrow) {
  live([](RunCosts& costs) {
    std::size_t known = 0;
    for (int i = 0; i < 400; ++i)
      costs.learn("size /" + std::to_string(i), {"walking", 1, 0, 1, 0}, 1s);
    for (int i = 0; i < 400; ++i) known += costs.last("size /" + std::to_string(i)).has_value();
    EXPECT_EQ(known, clean::Journal::kMostRunCosts);
  });
}

}  // namespace
}  // namespace lull::agent
