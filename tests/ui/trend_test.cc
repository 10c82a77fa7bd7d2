// SPDX-License-Identifier: MIT
#include "ui/view/trend.h"

#include <gtest/gtest.h>

namespace lull::ui {
namespace {

using std::chrono::seconds;
constexpr base::WallTime kStart{std::chrono::hours(1000)};

TEST(Trend, KeepsTenMinutes) {
  Trend trend;
  for (int at = 0; at <= 2000; ++at) trend.add({kStart + seconds(at), 1.0, {}});
  EXPECT_EQ(trend.samples().size(), 601U);
  EXPECT_EQ(trend.samples().front().at, kStart + seconds(1400));
}

TEST(Trend, ManySamplesWithinASecondAreOne) {
  Trend trend;
  for (int at = 0; at < 100; ++at)
    trend.add({kStart + std::chrono::milliseconds(at), static_cast<double>(at), {}});
  ASSERT_EQ(trend.samples().size(), 1U);
  EXPECT_EQ(trend.samples().front().cpu_percent, 99.0);
}

TEST(Trend, AClockThatGoesBackStartsAnew) {
  Trend trend;
  trend.add({kStart, 1.0, {}});
  trend.add({kStart - std::chrono::hours(1), 2.0, {}});
  ASSERT_EQ(trend.samples().size(), 1U);
  EXPECT_EQ(trend.samples().front().cpu_percent, 2.0);
}

TEST(Trend, BeginsWithWhatTheAgentSaw) {
  Trend trend;
  trend.seed({{kStart - seconds(700), 1.0, {}},
              {kStart - seconds(500), 2.0, {}},
              {kStart - seconds(495), 3.0, {}},
              {kStart - seconds(100), 4.0, {}},
              {kStart + seconds(5), 5.0, {}}},
             kStart);
  trend.add({kStart, 6.0, {}});
  ASSERT_EQ(trend.samples().size(), 4U) << "nothing too old, and nothing of the future";
  const auto points = trend.curve(&TrendSample::cpu_percent, 100, kStart);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_TRUE(points[1].joined);
  EXPECT_FALSE(points[2].joined) << "minutes that nobody saw stay a gap";
  EXPECT_FALSE(points[3].joined);
}

TEST(Trend, ASeedAddsOnlyWhatIsNewer) {
  Trend trend;
  trend.add({kStart, 1.0, {}});
  trend.add({kStart + seconds(10), 2.0, {}});
  trend.seed({{kStart + seconds(5), 8.0, {}}, {kStart + seconds(15), 9.0, {}}},
             kStart + seconds(20));
  ASSERT_EQ(trend.samples().size(), 3U);
  EXPECT_EQ(trend.samples().back().cpu_percent, 9.0);
}

TEST(Trend, UnknownAndUnseenAreGaps) {
  Trend trend;
  trend.add({kStart, 10.0, {}});
  trend.add({kStart + seconds(2), 20.0, {}});
  trend.add({kStart + seconds(4), {}, {}});
  trend.add({kStart + seconds(6), 30.0, {}});
  trend.add({kStart + seconds(60), 200.0, {}});
  const auto points = trend.curve(&TrendSample::cpu_percent, 100, kStart + seconds(60));
  ASSERT_EQ(points.size(), 4U);
  EXPECT_FALSE(points[0].joined);
  EXPECT_TRUE(points[1].joined);
  EXPECT_FALSE(points[2].joined) << "after an unknown value";
  EXPECT_FALSE(points[3].joined) << "after 54 s that nobody saw";
  EXPECT_FLOAT_EQ(points[3].x, 1);
  EXPECT_FLOAT_EQ(points[3].y, 1) << "more than the top is the top";
  EXPECT_FLOAT_EQ(points[0].x, 0.9F);
  EXPECT_TRUE(trend.curve(&TrendSample::pressure_percent, 100, kStart).empty());
}

}  // namespace
}  // namespace lull::ui
