// SPDX-License-Identifier: MIT
#include "core/platform/memory_parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

using base::ErrorCode;
using base::kGiB;
using base::kKiB;
using base::kMiB;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MemInfo meminfo_of(const std::string& machine) {
  const auto info = parse_meminfo(golden_text(machine + "/proc/meminfo"), "meminfo");
  EXPECT_TRUE(info) << info.error().to_string();
  return info.value_or(MemInfo{});
}

TEST(MemInfo, IsReadInBytes) {
  const MemInfo info = meminfo_of("desktop");
  EXPECT_EQ(info.total, 16303428 * kKiB);
  EXPECT_EQ(info.free, 2204112 * kKiB);
  EXPECT_EQ(info.available, 9120548 * kKiB);
  EXPECT_EQ(info.buffers, 412304 * kKiB);
  EXPECT_EQ(info.cached, 6820440 * kKiB);
  EXPECT_EQ(info.shared, 701224 * kKiB);
  EXPECT_EQ(info.reclaimable_slab, 402100 * kKiB);
  EXPECT_EQ(info.active_file, 3100200 * kKiB);
  EXPECT_EQ(info.inactive_file, 2904120 * kKiB);
  EXPECT_EQ(info.swap_total, 4194300 * kKiB);
  EXPECT_EQ(info.swap_free, 4001788 * kKiB);
}

TEST(MemInfo, KeysInAnyOrderAndUnknownLinesAreFine) {
  const auto info = parse_meminfo(
      "Invented: lots\n\nno colon\nMemFree: 10 kB\nMemAvailable:\t20 kB\nMemTotal: 30 kB", "x");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->total, 30 * kKiB);
  EXPECT_EQ(info->available, 20 * kKiB);
}

TEST(MemInfo, AMalformedValueIsAnErrorThatNamesFileAndLine) {
  for (const char* line : {"MemAvailable: many kB", "MemAvailable: 5", "MemAvailable: 5 MB",
                           "MemAvailable: -5 kB", "MemAvailable: 99999999999999999999999 kB",
                           "MemAvailable: 18446744073709551615 kB", "MemAvailable:"}) {
    const auto info =
        parse_meminfo("MemTotal: 30 kB\nMemFree: 10 kB\n" + std::string(line) + "\n", "/p/meminfo");
    ASSERT_FALSE(info) << line;
    EXPECT_EQ(info.error().code, ErrorCode::kMalformed);
    EXPECT_THAT(info.error().to_string(), HasSubstr("/p/meminfo"));
    EXPECT_THAT(info.error().to_string(), HasSubstr(line));
  }
}

TEST(MemInfo, WithoutTotalOrFreeThereIsNoMachine) {
  for (const char* text : {"", "\n", "MemFree: 1 kB\n", "MemTotal: 1 kB\n",
                           "MemTotal: 0 kB\nMemFree: 0 kB\n", "MemTotal 1 kB\nMemFree 1 kB\n"})
    EXPECT_FALSE(parse_meminfo(text, "meminfo")) << text;
}

TEST(MemorySample, IsTheKernelsEstimateWhereThereIsOne) {
  const auto sample = sample_of(meminfo_of("desktop"));
  EXPECT_EQ(sample.total_bytes, 16303428 * kKiB);
  EXPECT_EQ(sample.available_bytes, 9120548 * kKiB);
  EXPECT_EQ(sample.used_bytes(), (16303428 - 9120548) * kKiB);
  EXPECT_EQ(sample.cached_bytes, (412304 + 6820440 + 402100 - 701224) * kKiB);
  EXPECT_EQ(sample.swap_used_bytes, (4194300 - 4001788) * kKiB);
  EXPECT_FALSE(sample.available_is_estimated);
}

TEST(MemorySample, OfAKernelWithoutMemAvailableSaysThatItIsAGuess) {
  const MemInfo info = meminfo_of("old-kernel");
  ASSERT_FALSE(info.available);
  const auto sample = sample_of(info);
  EXPECT_TRUE(sample.available_is_estimated);
  // More than what is free, less than free and all cache together.
  EXPECT_GT(sample.available_bytes, info.free);
  EXPECT_LT(sample.available_bytes, info.free + info.cached + info.buffers);
}

TEST(MemorySample, TheGuessIsCloseToWhatANewKernelSays) {
  for (const char* machine : {"desktop", "no-swap", "zram"}) {
    const MemInfo info = meminfo_of(machine);
    const double guess = static_cast<double>(estimate_available(info));
    EXPECT_NEAR(guess / static_cast<double>(*info.available), 1.0, 0.15) << machine;
  }
}

TEST(MemorySample, TheGuessOfAKernelWithoutListsUsesItsCaches) {
  MemInfo info;
  info.total = 2 * kGiB;
  info.free = 100 * kMiB;
  info.cached = 800 * kMiB;
  EXPECT_GT(estimate_available(info), 700 * kMiB);
  EXPECT_LE(estimate_available(info), 900 * kMiB);
}

TEST(MemorySample, StaysWithinTheMachineWhateverTheKernelSays) {
  MemInfo info;
  info.total = 10 * kMiB;
  info.free = 40 * kMiB;
  info.available = 50 * kMiB;
  info.shared = 90 * kMiB;
  info.swap_free = 7;
  const auto sample = sample_of(info);
  EXPECT_EQ(sample.available_bytes, info.total);
  EXPECT_EQ(sample.free_bytes, info.total);
  EXPECT_EQ(sample.used_bytes(), 0u);
  EXPECT_EQ(sample.cached_bytes, 0u);
  EXPECT_EQ(sample.swap_used_bytes, 0u);
}

TEST(ArcStats, AboveItsMinimumTheArcIsAvailableAndCached) {
  const auto arc = parse_arcstats(golden_text("zfs/proc/spl/kstat/zfs/arcstats"), "arcstats");
  ASSERT_TRUE(arc) << arc.error().to_string();
  EXPECT_EQ(arc->size, 15728640000u);
  EXPECT_EQ(arc->minimum, 1048576000u);
  const auto before = sample_of(meminfo_of("zfs"));
  auto after = before;
  add_arc(after, *arc);
  EXPECT_EQ(after.available_bytes - before.available_bytes, 15728640000u - 1048576000u);
  EXPECT_EQ(after.cached_bytes - before.cached_bytes, 15728640000u - 1048576000u);
  EXPECT_EQ(after.zfs_arc_bytes, 15728640000u);
}

TEST(ArcStats, AtOrBelowItsMinimumNothingIsAvailable) {
  for (const std::uint64_t size : {0ull, 99ull, 100ull}) {
    auto sample = sample_of(meminfo_of("zfs"));
    const auto before = sample.available_bytes;
    add_arc(sample, {size, 100});
    EXPECT_EQ(sample.available_bytes, before);
    EXPECT_EQ(sample.zfs_arc_bytes, size);
  }
}

TEST(ArcStats, AnImpossibleSizeDoesNotMakeMoreMemoryThanThereIs) {
  auto sample = sample_of(meminfo_of("zfs"));
  add_arc(sample, {~0ull, 0});
  EXPECT_EQ(sample.available_bytes, sample.total_bytes);
}

TEST(ArcStats, WithoutSizeOrMinimumIsMalformed) {
  for (const char* text :
       {"", "size 4 12\n", "c_min 4 12\n", "size 4\nc_min 4 1\n", "size 4 x\nc_min 4 1\n"}) {
    const auto arc = parse_arcstats(text, "/p/arcstats");
    ASSERT_FALSE(arc) << text;
    EXPECT_EQ(arc.error().path, "/p/arcstats");
  }
}

TEST(Zram, CountsWhatItHoldsAndWhatItTakes) {
  const auto state = parse_zram_mm_stat(golden_text("zram/sys/block/zram0/mm_stat"), "mm_stat");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->original_bytes, 971341824u);
  EXPECT_EQ(state->compressed_bytes, 312000000u);
}

TEST(Zram, MalformedStatisticsNameTheirFile) {
  for (const char* text : {"", "1", "1 2", "1 2 x", "x 2 3", "1 -2 3"}) {
    const auto state = parse_zram_mm_stat(text, "/s/mm_stat");
    ASSERT_FALSE(state) << text;
    EXPECT_EQ(state.error().path, "/s/mm_stat");
  }
}

TEST(Zram, OnlyDevicesThatAreSwapAreFound) {
  EXPECT_THAT(parse_zram_swaps(golden_text("zram/proc/swaps")), ElementsAre("zram0", "zram1"));
  EXPECT_THAT(parse_zram_swaps(golden_text("no-swap/proc/swaps")), IsEmpty());
  EXPECT_THAT(
      parse_zram_swaps("/dev/zram file 1 2 3\n/swap/zram0.img file\n/dev/zram1x p\nzram7 p\n"
                       "/home/my\\040zram1 file\n/dev/block/zram12 partition 1 2 3\n"),
      ElementsAre("zram12"));
}

TEST(SmapsRollup, SumsWhatIsOursAlone) {
  const auto rollup =
      parse_smaps_rollup(golden_text("processes/proc/412/smaps_rollup"), "smaps_rollup");
  ASSERT_TRUE(rollup);
  EXPECT_EQ(rollup->resident, 327680 * kKiB);
  EXPECT_EQ(rollup->proportional, 201500 * kKiB);
  EXPECT_EQ(rollup->anonymous, 190000 * kKiB);
  EXPECT_EQ(rollup->swapped, 4096 * kKiB);
}

TEST(SmapsRollup, WithoutResidentMemoryIsMalformed) {
  EXPECT_FALSE(parse_smaps_rollup("", "x"));
  EXPECT_FALSE(parse_smaps_rollup("Pss: 1 kB\n", "x"));
  EXPECT_FALSE(parse_smaps_rollup("Rss: 1\n", "x"));
}

}  // namespace
}  // namespace lull::platform
