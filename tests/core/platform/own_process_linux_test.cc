// SPDX-License-Identifier: MIT
#include <atomic>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "core/base/bytes.h"
#include "core/platform/own_process.h"
#include "core/platform/own_use.h"

namespace lull::platform {
namespace {

using base::kMiB;

TEST(OwnCost, SeesMemoryThatIsTouchedAndGivenBack) {
  const auto before = own_cost();
  ASSERT_TRUE(before) << before.error().to_string();
  constexpr std::size_t kSize = 32 * kMiB;
  void* block = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 1, kSize);
  const auto during = own_cost();
  ::munmap(block, kSize);
  const auto after = own_cost();
  ASSERT_TRUE(during && after);
  EXPECT_GE(during->resident_bytes, before->resident_bytes + kSize * 9 / 10);
  EXPECT_LE(after->resident_bytes, during->resident_bytes - kSize * 9 / 10);
  if (!before->anonymous_bytes) GTEST_SKIP() << "no smaps_rollup";
  const auto held = [](const OwnCost& cost) { return *cost.anonymous_bytes + *cost.swapped_bytes; };
  EXPECT_GE(held(*during), held(*before) + kSize * 9 / 10);
  EXPECT_LE(held(*after), held(*during) - kSize * 9 / 10);
}

TEST(OwnCost, AnonymousAndProportionalAreNotMoreThanResident) {
  const auto cost = own_cost();
  ASSERT_TRUE(cost);
  if (!cost->anonymous_bytes) GTEST_SKIP() << "no smaps_rollup";
  EXPECT_LE(*cost->anonymous_bytes, cost->resident_bytes);
  EXPECT_LE(*cost->pss_bytes, cost->resident_bytes);
  EXPECT_GT(*cost->anonymous_bytes, 0u);
}

TEST(OwnCost, CountsCpuTime) {
  const double before = own_cost().value_or(OwnCost{}).cpu_seconds;
  volatile unsigned work = 0;
  double after = before;
  // As much work as it takes: the kernel counts in ticks.
  for (int i = 0; i < 10'000 && after <= before; ++i) {
    for (int j = 0; j < 100'000; ++j) work = work + 1;
    after = own_cost().value_or(OwnCost{}).cpu_seconds;
  }
  EXPECT_GT(after, before);
}

// What is mapped of files that nobody can write through these mappings, in KiB.
std::uint64_t mapped_text_kib() {
  std::ifstream maps("/proc/self/smaps");
  std::uint64_t sum = 0;
  bool text = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find(" r-xp ") != std::string::npos)
      text = line.find('/') != std::string::npos;
    else if (line.find("-p ") != std::string::npos)
      text = false;
    if (text && line.rfind("Rss:", 0) == 0) sum += std::stoull(line.substr(4));
  }
  return sum;
}

TEST(ProgramPages, GoAndComeBackAsTheyAreNeeded) {
  const std::uint64_t before = mapped_text_kib();
  ASSERT_GT(before, 0u);
  release_program_pages();
  EXPECT_LT(mapped_text_kib(), before);
  EXPECT_TRUE(own_cost()) << "the program goes on";
}

TEST(ProgramPages, MayBeReleasedWhileOtherThreadsRun) {
  std::atomic<bool> stop{false};
  std::thread worker([&] {
    while (!stop) EXPECT_EQ(std::to_string(12345), "12345");
  });
  for (int i = 0; i < 200; ++i) release_program_pages();
  stop = true;
  worker.join();
}

TEST(OwnUse, grows_with_what_is_done) {
  const OwnUse before = own_use();
  ASSERT_TRUE(before.cpu);
  OwnUse after = before;
  for (unsigned work = 1; after.cpu <= before.cpu; ++work) {
    volatile unsigned sink = 0;
    for (unsigned i = 0; i < 100'000; ++i) sink = sink + work;
    after = own_use();
  }
  EXPECT_GT(*after.cpu, *before.cpu);
  if (before.read_bytes) {
    EXPECT_GE(after.read_bytes, before.read_bytes);
  }
  if (before.written_bytes) {
    EXPECT_GE(after.written_bytes, before.written_bytes);
  }
}

}  // namespace
}  // namespace lull::platform
