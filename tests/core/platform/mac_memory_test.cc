// SPDX-License-Identifier: MIT
#include "core/platform/mac_memory.h"

#include <gtest/gtest.h>

namespace lull::platform {
namespace {

constexpr std::uint64_t kPage = 16384;
constexpr std::uint64_t kTotal = std::uint64_t{16} << 30;  // 1,048,576 pages

MacVmCounters laptop() {
  MacVmCounters counters;
  counters.page_bytes = kPage;
  counters.total_bytes = kTotal;
  counters.free = 30'000;
  counters.speculative = 10'000;
  counters.wired = 150'000;
  counters.anonymous = 500'000;
  counters.file_backed = 300'000;
  counters.purgeable = 20'000;
  counters.compressor = 60'000;
  return counters;
}

TEST(MacMemory, UsedIsWhatAppsTheKernelAndTheCompressorHold) {
  const auto sample = sample_of(laptop(), {});
  EXPECT_EQ(sample.total_bytes, kTotal);
  EXPECT_EQ(sample.used_bytes(), (500'000 - 20'000 + 150'000 + 60'000) * kPage);
}

TEST(MacMemory, PagesReadAheadAreCachedAndNotFree) {
  const auto sample = sample_of(laptop(), {});
  EXPECT_EQ(sample.free_bytes, 20'000 * kPage);
  EXPECT_EQ(sample.cached_bytes, 320'000 * kPage);
}

TEST(MacMemory, FreeAndCachedPagesAreAvailable) {
  MacVmCounters counters = laptop();
  // The counters add up to the machine here; on a real one the firmware's share is missing.
  counters.wired = kTotal / kPage - counters.anonymous - counters.file_backed -
                   counters.compressor - (counters.free - counters.speculative);
  const auto sample = sample_of(counters, {});
  EXPECT_EQ(sample.available_bytes, sample.free_bytes + sample.cached_bytes);
}

TEST(MacMemory, CountersOfDifferentMomentsDoNotMakeNegativeMemory) {
  MacVmCounters counters = laptop();
  counters.purgeable = counters.anonymous + 5;
  counters.speculative = counters.free + 5;
  counters.wired = 2 * kTotal / kPage;
  const auto sample = sample_of(counters, {});
  EXPECT_EQ(sample.available_bytes, 0U);
  EXPECT_EQ(sample.free_bytes, 0U);
  EXPECT_EQ(sample.used_bytes(), kTotal);
  EXPECT_EQ(sample_of({}, {}).used_bytes(), 0U);
}

TEST(MacMemory, SwapIsAsTheSystemSaysAndNeverMoreThanThereIs) {
  const auto sample = sample_of(laptop(), {2048, 512});
  EXPECT_EQ(sample.swap_total_bytes, 2048U);
  EXPECT_EQ(sample.swap_used_bytes, 512U);
  EXPECT_EQ(sample_of(laptop(), {512, 2048}).swap_used_bytes, 512U);
}

}  // namespace
}  // namespace lull::platform
