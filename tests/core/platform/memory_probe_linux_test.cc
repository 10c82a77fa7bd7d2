// SPDX-License-Identifier: MIT
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/platform/memory_probe.h"
#include "tests/core/platform/fixture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

using base::kGiB;
using base::kKiB;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::TempDir;
using testing::HasSubstr;

model::MemorySample sample_in(const SystemRoots& roots) {
  const auto sample = make_memory_probe(roots)->sample();
  EXPECT_TRUE(sample) << sample.error().to_string();
  return sample.value_or(model::MemorySample{});
}

TEST(MemoryProbe, OnADesktopReportsTheKernelsFigures) {
  const auto sample = sample_in(golden_roots("desktop"));
  EXPECT_EQ(sample.total_bytes, 16303428 * kKiB);
  EXPECT_EQ(sample.available_bytes, 9120548 * kKiB);
  EXPECT_FALSE(sample.limited_by_cgroup);
  EXPECT_FALSE(sample.available_is_estimated);
  EXPECT_EQ(sample.zfs_arc_bytes, std::nullopt);
  EXPECT_FALSE(sample.zram);
}

TEST(MemoryProbe, WithoutSwapHasNone) {
  const auto sample = sample_in(golden_roots("no-swap"));
  EXPECT_EQ(sample.swap_total_bytes, 0u);
  EXPECT_EQ(sample.swap_used_bytes, 0u);
  EXPECT_EQ(sample.available_bytes, 3000000 * kKiB);
}

TEST(MemoryProbe, CountsTheArcOfZfsAboveItsMinimumAsAvailable) {
  const auto sample = sample_in(golden_roots("zfs"));
  EXPECT_EQ(sample.available_bytes, 3400000 * kKiB + (15728640000 - 1048576000));
  EXPECT_EQ(sample.zfs_arc_bytes, 15728640000u);
}

TEST(MemoryProbe, SumsTheZramDevicesThatAreSwap) {
  const auto sample = sample_in(golden_roots("zram"));
  ASSERT_TRUE(sample.zram);
  EXPECT_EQ(sample.zram->original_bytes, 2u * 971341824);
  EXPECT_EQ(sample.zram->compressed_bytes, 312000000u + 308000000);
}

TEST(MemoryProbe, OfAnOldKernelSaysThatItGuesses) {
  EXPECT_TRUE(sample_in(golden_roots("old-kernel")).available_is_estimated);
}

TEST(MemoryProbe, InAContainerOfTheFirstVersionTheLimitIsTheTotal) {
  const auto sample = sample_in(golden_roots("container-v1"));
  EXPECT_TRUE(sample.limited_by_cgroup);
  EXPECT_EQ(sample.total_bytes, 2147483648u);
  EXPECT_EQ(sample.available_bytes, 2147483648u - (1500000000 - 400000000));
  EXPECT_EQ(sample.free_bytes, 2147483648u - 1500000000);
  EXPECT_EQ(sample.cached_bytes, 600000000u - 50000000);
  EXPECT_EQ(sample.used_bytes(), 1100000000u);
}

TEST(MemoryProbe, InAContainerOfTheSecondVersionTheLimitIsTheTotal) {
  const auto sample = sample_in(golden_roots("container-v2"));
  EXPECT_TRUE(sample.limited_by_cgroup);
  EXPECT_EQ(sample.total_bytes, 1073741824u);
  EXPECT_EQ(sample.available_bytes, 1073741824u - (900000000 - 250000000));
  EXPECT_EQ(sample.cached_bytes, 350000000u + 25000000 - 30000000);
}

TEST(MemoryProbe, TheTightestOfAllParentsCounts) {
  const auto sample = sample_in(golden_roots("slice-v2"));
  EXPECT_TRUE(sample.limited_by_cgroup);
  EXPECT_EQ(sample.total_bytes, 8 * kGiB);
  EXPECT_EQ(sample.available_bytes, 8 * kGiB - (7301444403 - 1000000000));
}

TEST(MemoryProbe, WithoutMemInfoNamesTheFile) {
  const TempDir root;
  const auto sample = make_memory_probe({root / "proc", root / "sys"})->sample();
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(sample.error().to_string(), HasSubstr("proc/meminfo"));
}

TEST(MemoryProbe, AMemInfoThatCannotBeReadIsAnErrorUntilItCan) {
  const TempDir root;
  std::filesystem::create_directories(root / "proc/meminfo");
  const auto probe = make_memory_probe({root / "proc", root / "sys"});
  EXPECT_THAT(probe->sample().error().to_string(), HasSubstr("proc/meminfo"));
}

TEST(MemoryProbe, AMalformedMemInfoNamesTheFile) {
  const TempDir root;
  root.write("proc/meminfo", "MemTotal: 1 kB\nMemFree: what kB\n");
  const auto sample = make_memory_probe({root / "proc", root / "sys"})->sample();
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().code, base::ErrorCode::kMalformed);
  EXPECT_THAT(sample.error().path, HasSubstr("proc/meminfo"));
}

// A machine whose files a test may change under the probe.
class ChangingMachine : public testing::Test {
 protected:
  ChangingMachine() {
    meminfo(1'000'000, 0);
    root_.write("proc/self/cgroup", "0::/job\n");
    root_.write("proc/self/mountinfo", "1 1 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    root_.write(kMax, "max\n");
    root_.write(kCurrent, "100000000\n");
    root_.write("sys/fs/cgroup/job/memory.stat", "inactive_file 40000000\nfile 50000000\n");
  }
  void meminfo(std::uint64_t available_kb, std::uint64_t swap_kb) {
    root_.write(
        "proc/meminfo",
        "MemTotal: 2000000 kB\nMemFree: 500000 kB\nMemAvailable: " + std::to_string(available_kb) +
            " kB\nSwapTotal: " + std::to_string(swap_kb) + " kB\nSwapFree: 0 kB\n");
  }
  model::MemorySample sample() {
    const auto sample = probe_->sample();
    EXPECT_TRUE(sample) << sample.error().to_string();
    return sample.value_or(model::MemorySample{});
  }

  static constexpr const char* kMax = "sys/fs/cgroup/job/memory.max";
  static constexpr const char* kCurrent = "sys/fs/cgroup/job/memory.current";
  TempDir root_;
  support::ManualClock clock_;
  std::unique_ptr<MemoryProbe> probe_ = make_memory_probe({root_ / "proc", root_ / "sys"}, clock_);
};

TEST_F(ChangingMachine, SamplesAreNewEachTimeAndStamped) {
  EXPECT_EQ(sample().available_bytes, 1'000'000 * kKiB);
  clock_.advance(milliseconds(1));
  meminfo(900'000, 0);
  const auto second = sample();
  EXPECT_EQ(second.available_bytes, 900'000 * kKiB);
  EXPECT_EQ(second.taken_at, clock_.now());
}

TEST_F(ChangingMachine, ANewLimitIsSeenWithinAMinute) {
  EXPECT_FALSE(sample().limited_by_cgroup);
  root_.write(kMax, "200000000\n");
  clock_.advance(seconds(59));
  EXPECT_FALSE(sample().limited_by_cgroup);
  clock_.advance(seconds(1));
  EXPECT_TRUE(sample().limited_by_cgroup);
  EXPECT_EQ(sample().total_bytes, 200000000u);
}

TEST_F(ChangingMachine, ALimitThatIsThereIsFollowedEachSample) {
  root_.write(kMax, "200000000\n");
  EXPECT_EQ(sample().available_bytes, 200000000u - (100000000 - 40000000));
  root_.write(kCurrent, "150000000\n");
  EXPECT_EQ(sample().available_bytes, 200000000u - (150000000 - 40000000));
  root_.write(kMax, "300000000\n");
  EXPECT_EQ(sample().total_bytes, 300000000u);
  root_.write(kMax, "max\n");
  EXPECT_FALSE(sample().limited_by_cgroup);
}

TEST_F(ChangingMachine, UseOverTheLimitLeavesNothing) {
  root_.write(kMax, "50000000\n");
  EXPECT_EQ(sample().available_bytes, 0u);
  EXPECT_EQ(sample().used_bytes(), 50000000u);
}

TEST_F(ChangingMachine, ALimitAboveTheMachineIsNone) {
  root_.write(kMax, std::to_string(2'000'000 * kKiB) + "\n");
  EXPECT_FALSE(sample().limited_by_cgroup);
  EXPECT_EQ(sample().total_bytes, 2'000'000 * kKiB);
}

TEST_F(ChangingMachine, LimitsThatBecomeGarbageAreLookedForAgain) {
  root_.write(kMax, "200000000\n");
  EXPECT_TRUE(sample().limited_by_cgroup);
  root_.write(kMax, "?\n");
  EXPECT_FALSE(sample().limited_by_cgroup);
  root_.write(kMax, "250000000\n");
  EXPECT_EQ(sample().total_bytes, 250000000u);
}

TEST_F(ChangingMachine, BeingMovedToAnotherCgroupIsNoticed) {
  root_.write("proc/self/cgroup", "0::/other\n");
  root_.write("sys/fs/cgroup/other/memory.max", "300000000\n");
  root_.write("sys/fs/cgroup/other/memory.current", "1\n");
  root_.write("sys/fs/cgroup/other/memory.stat", "");
  EXPECT_EQ(sample().total_bytes, 300000000u);
  root_.write("proc/self/cgroup", "0::/job\n");
  clock_.advance(seconds(60));
  EXPECT_FALSE(sample().limited_by_cgroup);
}

TEST_F(ChangingMachine, ALimitWithoutItsCompanionsIsIgnored) {
  root_.write(kMax, "200000000\n");
  std::filesystem::remove(root_ / kCurrent);
  EXPECT_FALSE(sample().limited_by_cgroup);
}

TEST_F(ChangingMachine, ZramThatIsSwappedToIsSeenAtOnce) {
  EXPECT_FALSE(sample().zram);
  root_.write("proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n");
  root_.write("sys/block/zram0/mm_stat", "30 20 10 0 0 0 0 0 0\n");
  EXPECT_FALSE(sample().zram);
  meminfo(900'000, 1000);
  ASSERT_TRUE(sample().zram);
  EXPECT_EQ(sample().zram->compressed_bytes, 10u);
  meminfo(900'000, 0);
  EXPECT_FALSE(sample().zram);
}

TEST_F(ChangingMachine, DamagedZfsAndZramStatisticsAreNotReported) {
  root_.write("proc/spl/kstat/zfs/arcstats", "size 4 much\n");
  root_.write("proc/swaps", "/dev/zram0 partition 1 0 100\n");
  root_.write("sys/block/zram0/mm_stat", "nothing\n");
  meminfo(900'000, 1000);
  EXPECT_EQ(sample().zfs_arc_bytes, std::nullopt);
  EXPECT_FALSE(sample().zram);
  EXPECT_EQ(sample().available_bytes, 900'000 * kKiB);
}

class FirstVersion : public testing::Test {
 protected:
  FirstVersion() {
    root_.write("proc/meminfo",
                "MemTotal: 2000000 kB\nMemFree: 500000 kB\nMemAvailable: 900000 kB\n");
    root_.write("proc/self/cgroup", "4:memory:/parent/own\n");
    root_.write("proc/self/mountinfo",
                "1 1 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    level("", "9223372036854771712", "");
  }
  void level(const std::string& directory, const std::string& limit, const std::string& stat,
             const std::string& use_hierarchy = "1") {
    const std::string path = "sys/fs/cgroup/memory" + directory + "/memory.";
    root_.write(path + "limit_in_bytes", limit + "\n");
    root_.write(path + "usage_in_bytes", "100000000\n");
    root_.write(path + "stat", stat);
    root_.write(path + "use_hierarchy", use_hierarchy + "\n");
  }
  model::MemorySample sample() { return sample_in({root_ / "proc", root_ / "sys"}); }
  TempDir root_;
};

TEST_F(FirstVersion, AParentsLimitCounts) {
  level("/parent", "400000000", "");
  level("/parent/own", "9223372036854771712", "");
  EXPECT_EQ(sample().total_bytes, 400000000u);
}

TEST_F(FirstVersion, AParentWithoutHierarchyLimitsOnlyItself) {
  level("/parent", "400000000", "", "0");
  level("/parent/own", "9223372036854771712", "");
  EXPECT_FALSE(sample().limited_by_cgroup);
}

TEST_F(FirstVersion, ALimitOfAHiddenParentIsKnownFromTheStatistics) {
  level("/parent", "9223372036854771712", "");
  level("/parent/own", "9223372036854771712", "hierarchical_memory_limit 300000000\n");
  const auto limited = sample();
  EXPECT_TRUE(limited.limited_by_cgroup);
  EXPECT_EQ(limited.total_bytes, 300000000u);
  EXPECT_EQ(limited.available_bytes, 200000000u);
}

}  // namespace
}  // namespace lull::platform
