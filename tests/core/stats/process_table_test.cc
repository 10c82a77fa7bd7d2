// SPDX-License-Identifier: MIT
#include "core/stats/process_table.h"

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "tests/support/fake_platform.h"

namespace lull::stats {
namespace {

using base::kMiB;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using support::fake_process;
using testing::ElementsAre;

class Table : public testing::Test {
 protected:
  void list(std::vector<model::RawProcess> rows, base::Duration after = seconds(1)) {
    now_ += after;
    table_.begin_listing() = std::move(rows);
    table_.commit(now_);
  }
  std::vector<pid_t> top(std::size_t limit, SortBy sort) const {
    std::vector<pid_t> pids;
    for (const auto& row : table_.top(limit, sort)) pids.push_back(row.id.pid);
    return pids;
  }
  std::optional<double> percent_of(pid_t pid) const {
    for (const auto& row : table_.top(1000, SortBy::kMemory))
      if (row.id.pid == pid) return row.cpu_percent;
    ADD_FAILURE() << pid << " is not listed";
    return std::nullopt;
  }
  ProcessTable table_;
  base::SteadyTime now_{seconds(100)};
};

TEST_F(Table, IsEmptyAtFirst) {
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_FALSE(table_.has_percentages());
  EXPECT_TRUE(table_.top(10, SortBy::kMemory).empty());
}

TEST_F(Table, SortsByMemoryAndThenByPid) {
  list({fake_process(1, "a", 10 * kMiB), fake_process(2, "b", 30 * kMiB),
        fake_process(3, "c", 10 * kMiB), fake_process(4, "d", 20 * kMiB)});
  EXPECT_THAT(top(10, SortBy::kMemory), ElementsAre(2, 4, 1, 3));
  EXPECT_THAT(top(2, SortBy::kMemory), ElementsAre(2, 4));
  EXPECT_THAT(top(0, SortBy::kMemory), ElementsAre());
}

TEST_F(Table, OneListingTellsNoPercentage) {
  list({fake_process(1, "a", kMiB, seconds(50))});
  EXPECT_EQ(percent_of(1), std::nullopt);
  EXPECT_FALSE(table_.has_percentages());
}

TEST_F(Table, TwoListingsTellTheShareOfOneCoreBetweenThem) {
  list({fake_process(1, "a", kMiB, seconds(50)), fake_process(2, "b", kMiB, seconds(7))});
  list({fake_process(1, "a", kMiB, seconds(53)), fake_process(2, "b", kMiB, seconds(7))},
       seconds(2));
  EXPECT_NEAR(percent_of(1).value_or(-1), 150, 0.001);
  EXPECT_EQ(percent_of(2), 0);
  EXPECT_TRUE(table_.has_percentages());
}

TEST_F(Table, SortsByShareWithTheUnknownLast) {
  list({fake_process(1, "a", 9 * kMiB), fake_process(2, "b", kMiB), fake_process(4, "d", kMiB)});
  list({fake_process(1, "a", 9 * kMiB, milliseconds(10)),
        fake_process(2, "b", kMiB, milliseconds(500)),
        fake_process(3, "new", 99 * kMiB, seconds(9)),
        fake_process(4, "d", kMiB, milliseconds(10))});
  EXPECT_THAT(top(10, SortBy::kCpu), ElementsAre(2, 1, 4, 3));
}

TEST_F(Table, APidUsedAgainStartsWithoutAPercentage) {
  list({fake_process(7, "old", kMiB, seconds(1))});
  auto reused = fake_process(7, "new", kMiB, seconds(100));
  reused.id.start_ticks += 1;
  list({reused});
  EXPECT_EQ(percent_of(7), std::nullopt);
}

TEST_F(Table, TimeThatStepsBackIsNoTime) {
  list({fake_process(1, "a", kMiB, seconds(5))});
  list({fake_process(1, "a", kMiB, seconds(4))});
  EXPECT_EQ(percent_of(1), 0);
}

TEST_F(Table, AListingOfLongAgoIsNoBase) {
  list({fake_process(1, "a", kMiB)});
  list({fake_process(1, "a", kMiB, seconds(60))}, ProcessTable::kStaleBase);
  EXPECT_EQ(percent_of(1), std::nullopt);
  list({fake_process(1, "a", kMiB, seconds(61))}, seconds(10));
  EXPECT_NEAR(percent_of(1).value_or(-1), 10, 0.001);
}

TEST_F(Table, TwoListingsOfTheSameMomentTellNoPercentage) {
  list({fake_process(1, "a", kMiB)});
  list({fake_process(1, "a", kMiB, seconds(1))}, seconds(0));
  EXPECT_EQ(percent_of(1), std::nullopt);
}

TEST_F(Table, AListingThatFailedChangesNothing) {
  list({fake_process(1, "a", 3 * kMiB)});
  table_.begin_listing() = {fake_process(9, "half", kMiB)};
  table_.abandon();
  EXPECT_THAT(top(10, SortBy::kMemory), ElementsAre(1));
  list({fake_process(1, "a", 3 * kMiB, milliseconds(200))}, seconds(2));
  EXPECT_NEAR(percent_of(1).value_or(-1), 10, 0.001);
}

TEST_F(Table, FindsARowByItsIdentity) {
  list({fake_process(1, "a", kMiB), fake_process(5, "e", 2 * kMiB)});
  EXPECT_EQ(table_.find({5, 500}).value_or(model::ProcessInfo{}).name, "e");
  EXPECT_FALSE(table_.find({5, 501}));
  EXPECT_FALSE(table_.find({4, 400}));
}

TEST_F(Table, GivesItsMemoryBack) {
  list({fake_process(1, "a", kMiB)});
  list({fake_process(1, "a", kMiB)});
  table_.shed();
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_EQ(table_.begin_listing().capacity(), 0u);
  list({fake_process(1, "a", kMiB)});
  EXPECT_EQ(percent_of(1), std::nullopt);
}

// Against the obvious way to do it, on processes that come, go and take each other's pids.
TEST_F(Table, AgreesWithAMapOfIdentities) {
  std::mt19937 random(7);
  std::map<std::pair<pid_t, std::uint64_t>, std::uint64_t> before;
  for (int round = 0; round < 200; ++round) {
    std::vector<model::RawProcess> rows;
    for (pid_t pid = 1; pid < 30; ++pid) {
      if (random() % 3 == 0) continue;
      auto row = fake_process(pid, "p", kMiB, milliseconds(round * 100 + random() % 100));
      row.id.start_ticks = random() % 2;
      rows.push_back(row);
    }
    list(rows);
    for (const auto& row : rows) {
      const auto known = before.find({row.id.pid, row.id.start_ticks});
      const auto percent = percent_of(row.id.pid);
      ASSERT_EQ(percent.has_value(), known != before.end());
      if (!percent) continue;
      const double used =
          std::max(0.0, static_cast<double>(row.cpu_time_ns) - static_cast<double>(known->second));
      EXPECT_NEAR(*percent, used / 1e7, 0.01);
    }
    before.clear();
    for (const auto& row : rows) before[{row.id.pid, row.id.start_ticks}] = row.cpu_time_ns;
  }
}

}  // namespace
}  // namespace lull::stats
