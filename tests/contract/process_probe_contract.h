// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/platform/process_probe.h"

// What every ProcessProbe promises. Include once, then instantiate with a name, a factory and a
// process that lives as long as the test.
namespace lull::contract {

struct ProcessProbeCase {
  std::string name;
  pid_t somebody;
  std::function<std::unique_ptr<platform::ProcessProbe>()> make;
};

class ProcessProbeContract : public testing::TestWithParam<ProcessProbeCase> {
 protected:
  using Rows = std::vector<model::RawProcess>;
  Rows list() {
    Rows rows;
    EXPECT_TRUE(probe_->list(rows));
    return rows;
  }
  model::RawProcess somebody() {
    for (const auto& row : list())
      if (row.id.pid == GetParam().somebody) return row;
    ADD_FAILURE() << "the process that lives is not listed";
    return {};
  }
  std::unique_ptr<platform::ProcessProbe> probe_ = GetParam().make();
};

TEST_P(ProcessProbeContract, ListsEachPidOnceAscending) {
  const Rows rows = list();
  ASSERT_FALSE(rows.empty());
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].id.pid, rows[i].id.pid);
}

TEST_P(ProcessProbeContract, ReplacesWhatWasInTheList) {
  Rows rows(100'000);
  rows[0].name = "somebody else";
  ASSERT_TRUE(probe_->list(rows));
  EXPECT_LT(rows.size(), 100'000u);
  for (const auto& row : rows) EXPECT_GT(row.id.pid, 0);
}

TEST_P(ProcessProbeContract, AProcessKeepsItsIdentityAndItsTimeGoesOn) {
  const auto before = somebody();
  const auto after = somebody();
  EXPECT_EQ(before.id, after.id);
  EXPECT_EQ(before.uid, after.uid);
  EXPECT_LE(before.cpu_time_ns, after.cpu_time_ns);
}

TEST_P(ProcessProbeContract, SheddingChangesNothingThatIsSeen) {
  const auto before = somebody();
  probe_->shed();
  probe_->shed();
  const auto after = somebody();
  EXPECT_EQ(before.id, after.id);
  EXPECT_EQ(before.name, after.name);
}

TEST_P(ProcessProbeContract, AProcessThatIsNotThereHasNoSize) {
  const auto row = somebody();
  EXPECT_GT(probe_->proportional_bytes(row.id).value_or(0), 0u);
  const auto other = probe_->proportional_bytes({row.id.pid, row.id.start_ticks + 1});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, base::ErrorCode::kNotFound);
}

TEST_P(ProcessProbeContract, LaterTicksAreLaterTimes) {
  const auto row = somebody();
  const auto started = probe_->started_at(row.id);
  const auto later = probe_->started_at({row.id.pid, row.id.start_ticks + 1'000'000});
  ASSERT_TRUE(started && later);
  EXPECT_LT(*started, *later);
}

}  // namespace lull::contract
