// SPDX-License-Identifier: MIT
#include <cstring>

#include <sys/mman.h>

#include "tests/stories/household.h"

// Memory runs short: the kernel's trigger, our own relief, a verdict that was measured, and peace.
namespace lull::testing {
namespace {

// A cache of ours, as large as a story needs it.
class Cache {
 public:
  explicit Cache(std::size_t bytes) : bytes_(bytes) {
    data_ = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(data_, MAP_FAILED);
    std::memset(data_, 1, bytes);
  }
  ~Cache() { empty(); }
  void empty() {
    if (data_ != nullptr) ::munmap(data_, bytes_);
    data_ = nullptr;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  const std::size_t bytes_;
  void* data_ = nullptr;
};

TEST(PressureStory, TheTriggerFiresReliefRunsAndTheVerdictIsInTheHistory) {
  Household house;
  Cache cache(64 << 20);
  house.on_shed = [&] { cache.empty(); };
  house.live({"scan", "relief"}, [&] {
    house.sleep(1h);
    EXPECT_TRUE(house.runs_of("relief").empty());
    house.machine.run_short();
    house.sleep(2s);
    const auto runs = house.runs_of("relief");
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_TRUE(runs[0].automatic);
    EXPECT_EQ(runs[0].result.outcome, scheduler::Outcome::kDone);
    const auto history = house.journal->history(0);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 1u);
    EXPECT_EQ(history->front().kind, "relief");
    EXPECT_EQ(history->front().origin, "automatic");
    EXPECT_EQ(history->front().outcome, "freed");
    EXPECT_GE(history->front().bytes, cache.bytes() / 2);
  });
}

TEST(PressureStory, WhatIsShortForAnHourMakesUsShedOnceAMinuteAtMostAndNothingElseRuns) {
  Household house;
  house.live({"scan", "relief", "history", "purge"}, [&] {
    house.machine.run_short();
    house.sleep(1h);
    const auto reliefs = house.runs_of("relief");
    std::vector<base::WallTime> sheds;
    for (const EndedRun& run : reliefs)
      if (run.result.message.starts_with("own caches")) sheds.push_back(run.started);
    EXPECT_GE(sheds.size(), 2u);
    for (std::size_t i = 1; i < sheds.size(); ++i) EXPECT_GE(sheds[i] - sheds[i - 1], 60s) << i;
    EXPECT_LE(reliefs.size(), 2 * 60u) << "a look or two a minute";
    EXPECT_EQ(house.runs.size(), reliefs.size()) << "our own work waits while others stall";
    house.machine.recover();
    house.sleep(1h);
    EXPECT_FALSE(house.runs_of("scan").empty());
    const std::size_t before = reliefs.size();
    EXPECT_LE(house.runs_of("relief").size(), before + 1) << "the level falls after 30 s of calm";
  });
}

TEST(PressureStory, WhoHasTurnedReliefOffIsNotRelieved) {
  Household house;
  house.settings.automation.relief = false;
  house.live({"relief"}, [&] {
    house.machine.run_short();
    house.sleep(1h);
    EXPECT_TRUE(house.runs.empty());
  });
}

}  // namespace
}  // namespace lull::testing
