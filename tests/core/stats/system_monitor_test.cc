// SPDX-License-Identifier: MIT
#include "core/stats/system_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "tests/support/fake_platform.h"
#include "tests/support/manual_clock.h"

namespace lull::stats {
namespace {

using base::kMiB;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using support::fake_process;
using testing::ElementsAre;
using testing::IsEmpty;

class Monitor : public testing::Test {
 protected:
  Probes probes() {
    return {machine_.memory_probe(),  machine_.cpu_probe(),      machine_.disk_probe(),
            machine_.process_probe(), machine_.pressure_probe(), machine_.power_probe(),
            machine_.thermal_probe()};
  }
  std::size_t count(std::string_view call) const { return machine_.count(call); }

  support::ManualClock clock_;
  support::FakePlatform machine_{clock_};
  std::vector<uid_t> looked_up_;
  SystemMonitor monitor_{probes(), clock_, [this](uid_t uid) -> std::optional<std::string> {
                           looked_up_.push_back(uid);
                           if (uid == 1000) return "alice";
                           return std::nullopt;
                         }};
};

TEST_F(Monitor, ReadsNothingThatNobodyAskedFor) { EXPECT_THAT(machine_.calls, IsEmpty()); }

TEST_F(Monitor, ReadsMemoryAtMostTwiceASecond) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(monitor_.memory());
    clock_.advance(milliseconds(100));
  }
  EXPECT_EQ(count("memory.sample"), 2u);
}

TEST_F(Monitor, AFreshSampleOfMemoryIsAlwaysNewAndTheAnswerFromThenOn) {
  monitor_.memory();
  machine_.memory->available_bytes = 42;
  EXPECT_NE(monitor_.memory()->available_bytes, 42u);
  EXPECT_EQ(monitor_.memory_now()->available_bytes, 42u);
  EXPECT_EQ(monitor_.memory()->available_bytes, 42u);
  monitor_.memory_now();
  EXPECT_EQ(count("memory.sample"), 3u);
}

TEST_F(Monitor, ReadsEverythingElseEachFiveSeconds) {
  for (int i = 0; i < 10; ++i) {
    monitor_.disks();
    monitor_.pressure();
    monitor_.power();
    monitor_.thermal();
    clock_.advance(seconds(1));
  }
  for (const char* call : {"disks.list", "pressure.read", "power.read", "thermal.read"})
    EXPECT_EQ(count(call), 2u) << call;
}

TEST_F(Monitor, AFreshReadingOfPressureIsAlwaysNew) {
  monitor_.pressure();
  monitor_.pressure_now();
  machine_.pressure->some_avg10 = 7;
  EXPECT_EQ(monitor_.pressure_now()->some_avg10, 7);
  EXPECT_EQ(monitor_.pressure()->some_avg10, 7);
  EXPECT_EQ(count("pressure.read"), 3u);
}

TEST_F(Monitor, ErrorsAreAnswersAndAreNotAskedForMoreOften) {
  machine_.memory = base::fail(base::ErrorCode::kIo, "broken");
  EXPECT_FALSE(monitor_.memory());
  EXPECT_FALSE(monitor_.memory());
  EXPECT_EQ(count("memory.sample"), 1u);
  machine_.memory = model::MemorySample{};
  clock_.advance(milliseconds(500));
  EXPECT_TRUE(monitor_.memory());
}

TEST_F(Monitor, ACpuPercentageNeedsTwoReadingsWhichMayFollowSoon) {
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
  EXPECT_EQ(monitor_.cpu()->cores, 4u);
  machine_.cpu->times = {1'100, 10'400};
  clock_.advance(milliseconds(249));
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
  clock_.advance(milliseconds(1));
  EXPECT_EQ(monitor_.cpu()->percent, 25);
  clock_.advance(milliseconds(4999));
  EXPECT_EQ(monitor_.cpu()->percent, 25);
  EXPECT_EQ(count("cpu.read"), 2u);
  machine_.cpu->times = {1'100, 10'900};
  clock_.advance(milliseconds(1));
  EXPECT_EQ(monitor_.cpu()->percent, 0);
}

TEST_F(Monitor, CpuTimeThatStandsStillOrGoesBackTellsNothing) {
  monitor_.cpu();
  clock_.advance(seconds(1));
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
  machine_.cpu->times = {900, 10'500};
  clock_.advance(seconds(1));
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
  machine_.cpu->times = {900, 9'000};
  clock_.advance(seconds(1));
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
}

TEST_F(Monitor, ACpuReadingOfLongAgoIsNoBase) {
  monitor_.cpu();
  machine_.cpu->times = {2'000, 20'000};
  clock_.advance(minutes(3));
  EXPECT_EQ(monitor_.cpu()->percent, std::nullopt);
}

TEST_F(Monitor, ListsProcessesAtMostOnceASecondOnceSharesAreKnown) {
  monitor_.top(3, SortBy::kMemory);
  clock_.advance(milliseconds(250));
  monitor_.top(3, SortBy::kMemory);
  EXPECT_EQ(count("processes.list"), 2u);
  for (int i = 0; i < 9; ++i) {
    clock_.advance(milliseconds(100));
    monitor_.top(3, SortBy::kCpu);
    monitor_.process_count();
  }
  EXPECT_EQ(count("processes.list"), 2u);
  clock_.advance(milliseconds(100));
  monitor_.top(3, SortBy::kCpu);
  EXPECT_EQ(count("processes.list"), 3u);
}

TEST_F(Monitor, RowsHaveUserAndStart) {
  const auto rows = monitor_.top(2, SortBy::kMemory);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].name, "browser");
  EXPECT_EQ((*rows)[0].memory_bytes, 900 * kMiB);
  EXPECT_EQ((*rows)[0].user, "alice");
  EXPECT_EQ((*rows)[0].started_at, machine_.boot + seconds(300));
  EXPECT_EQ((*rows)[0].cpu_percent, std::nullopt);
  EXPECT_EQ(monitor_.process_count().value_or(0), 3u);
}

TEST_F(Monitor, SortsByTheShareOfCpu) {
  monitor_.top(1, SortBy::kCpu);
  machine_.processes =
      std::vector<model::RawProcess>{fake_process(1, "init", 10 * kMiB, milliseconds(900), 0),
                                     fake_process(200, "editor", 300 * kMiB, milliseconds(1)),
                                     fake_process(300, "browser", 900 * kMiB)};
  clock_.advance(seconds(1));
  const auto rows = monitor_.top(1, SortBy::kCpu);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().name, "init");
  EXPECT_NEAR(rows->front().cpu_percent.value_or(-1), 90, 0.001);
}

TEST_F(Monitor, AsksForEachUsersNameOnceEvenIfThereIsNone) {
  for (int i = 0; i < 5; ++i) {
    const auto rows = monitor_.top(3, SortBy::kMemory);
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->back().user, std::nullopt);
    clock_.advance(seconds(1));
  }
  EXPECT_THAT(looked_up_, ElementsAre(1000, 0));
}

TEST_F(Monitor, AFailedListingIsAnErrorAndLaterOnesGoOn) {
  monitor_.top(1, SortBy::kMemory);
  machine_.processes = base::fail(base::ErrorCode::kPermissionDenied, "no");
  clock_.advance(seconds(1));
  EXPECT_EQ(monitor_.top(1, SortBy::kMemory).error().code, base::ErrorCode::kPermissionDenied);
  EXPECT_FALSE(monitor_.process_count());
  machine_.processes =
      std::vector<model::RawProcess>{fake_process(200, "editor", kMiB, seconds(1))};
  clock_.advance(seconds(1));
  const auto rows = monitor_.top(1, SortBy::kMemory);
  ASSERT_TRUE(rows);
  EXPECT_NEAR(rows->front().cpu_percent.value_or(-1), 50, 0.001);
}

TEST_F(Monitor, SheddingGivesEverythingBackAndTheNextQuestionBuildsItAgain) {
  monitor_.top(3, SortBy::kMemory);
  clock_.advance(seconds(1));
  monitor_.top(3, SortBy::kMemory);
  monitor_.disks();
  monitor_.shed();
  EXPECT_EQ(count("processes.shed"), 1u);
  const auto rows = monitor_.top(3, SortBy::kMemory);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 3u);
  EXPECT_EQ(rows->front().cpu_percent, std::nullopt);
  monitor_.disks();
  EXPECT_EQ(count("disks.list"), 2u);
  EXPECT_EQ(looked_up_.size(), 4u);
}

TEST_F(Monitor, AJumpOfTheWallClockChangesNothing) {
  monitor_.memory();
  monitor_.disks();
  clock_.jump_wall(std::chrono::hours(24 * 365));
  monitor_.memory();
  monitor_.disks();
  EXPECT_EQ(machine_.calls.size(), 2u);
}

TEST_F(Monitor, SizesOfProcessesAreNeverCached) {
  EXPECT_EQ(monitor_.proportional_bytes({200, 20'000}).value_or(0), 400 * kMiB);
  EXPECT_EQ(monitor_.proportional_bytes({200, 1}).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(count("processes.proportional_bytes"), 2u);
}

TEST(RealMonitor, SeesThisMachine) {
  SystemMonitor monitor(make_probes(), base::system_clock());
  const auto memory = monitor.memory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->used_bytes(), 0u);
  EXPECT_GE(monitor.cpu().value_or(model::CpuSample{}).cores, 1u);
  const auto rows = monitor.top(100'000, SortBy::kMemory);
  ASSERT_TRUE(rows);
  bool found = false;
  for (const auto& row : *rows) {
    if (row.id.pid != ::getpid()) continue;
    found = true;
    EXPECT_EQ(row.user, user_name(::geteuid()));
    EXPECT_TRUE(row.started_at);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace lull::stats
