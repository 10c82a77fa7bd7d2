// SPDX-License-Identifier: MIT
#include "core/base/progress_meter.h"

#include <gtest/gtest.h>

namespace lull::base {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{1h};

ProgressSnapshot at(std::uint64_t items, std::uint64_t bytes, std::uint64_t total_items = 0,
                    std::uint64_t total_bytes = 0) {
  return {"walking", items, total_items, bytes, total_bytes};
}

TEST(ProgressMeter, SaysHowFastItGoes) {
  ProgressMeter meter(kStart);
  const ProgressView view = meter.update(at(2000, 6'000'000), kStart + 2s);
  EXPECT_EQ(view.stage, "walking");
  EXPECT_DOUBLE_EQ(view.items_per_second, 1000);
  EXPECT_DOUBLE_EQ(view.bytes_per_second, 3'000'000);
}

TEST(ProgressMeter, KnowsNoRestWithoutAnExpectation) {
  ProgressMeter meter(kStart);
  const ProgressView view = meter.update(at(2000, 0), kStart + 2s);
  EXPECT_EQ(view.share, std::nullopt);
  EXPECT_EQ(view.left, std::nullopt);
  EXPECT_EQ(view.total_items, 0u);
}

TEST(ProgressMeter, TellsTheTimeLeftFromWhatTheLastRunCounted) {
  ProgressMeter meter(kStart);
  const ProgressView view = meter.update(at(2500, 1, 10'000, 4), kStart + 5s);
  EXPECT_DOUBLE_EQ(*view.share, 0.25);
  EXPECT_EQ(view.left, Duration(15s));
}

TEST(ProgressMeter, TakesBytesWhereItemsAreNotKnown) {
  ProgressMeter meter(kStart);
  const ProgressView view = meter.update(at(7, 250, 0, 1000), kStart + 1s);
  EXPECT_DOUBLE_EQ(*view.share, 0.25);
  EXPECT_EQ(view.left, Duration(3s));
}

TEST(ProgressMeter, ForgetsHowFastItOnceWas) {
  ProgressMeter meter(kStart);
  for (int second = 1; second <= 10; ++second)
    meter.update(at(static_cast<std::uint64_t>(second) * 1000, 0), kStart + second * 1s);
  ProgressView view;
  for (int second = 11; second <= 20; ++second)
    view = meter.update(at(10'000, 0), kStart + second * 1s);
  EXPECT_DOUBLE_EQ(view.items_per_second, 0);
}

TEST(ProgressMeter, KnowsNoTimeLeftWhileNothingHappens) {
  ProgressMeter meter(kStart);
  meter.update(at(10, 0, 100), kStart + 1s);
  const ProgressView view = meter.update(at(10, 0, 100), kStart + 20s);
  EXPECT_EQ(view.left, std::nullopt);
  EXPECT_DOUBLE_EQ(*view.share, 0.1);
}

TEST(ProgressMeter, NeverGoesBack) {
  ProgressMeter meter(kStart);
  double share = 0;
  std::uint64_t done = 0;
  // More than expected, an expectation that grows and one that shrinks, a snapshot out of order.
  const ProgressSnapshot steps[] = {at(50, 5, 100),   at(100, 9, 100),  at(150, 12, 100),
                                    at(160, 13, 900), at(155, 11, 900), at(400, 20, 200),
                                    at(500, 30, 0)};
  int second = 0;
  for (const ProgressSnapshot& step : steps) {
    const ProgressView view = meter.update(step, kStart + ++second * 1s);
    ASSERT_TRUE(view.share);
    EXPECT_GE(*view.share, share);
    EXPECT_LT(*view.share, 1);
    EXPECT_GE(view.done_items, done);
    EXPECT_TRUE(view.total_items == 0 || view.total_items >= view.done_items);
    share = *view.share;
    done = view.done_items;
  }
}

TEST(ProgressMeter, SurvivesAClockThatStands) {
  ProgressMeter meter(kStart);
  const ProgressView view = meter.update(at(5, 5, 10, 10), kStart);
  EXPECT_EQ(view.items_per_second, 0);
  EXPECT_EQ(view.left, std::nullopt);
}

}  // namespace
}  // namespace lull::base
