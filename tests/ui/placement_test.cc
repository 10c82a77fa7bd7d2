// SPDX-License-Identifier: MIT
#include "ui/placement.h"

#include <cmath>

#include <gtest/gtest.h>

namespace lull::ui {
namespace {

using By = Placement::By;

// `edge`: of the work area, which the window lies along at the gap's distance; empty: none.
struct Layout {
  const char* name;
  std::vector<Monitor> monitors;
  std::optional<Point> anchor, pointer;
  By by;
  const char* edge;
  std::size_t monitor;
};

const std::vector<Layout>& layouts() {
  static const std::vector<Layout> table = {
      {"bar at the top, item at its begin",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{191, 14},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"bar at the top, item at its middle",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{959, 14},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"bar at the top, item at its end",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{1880, 14},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"bar at the bottom, item at its begin",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1040}, 1, true}},
       Point{191, 1060},
       std::nullopt,
       By::kAnchor,
       "bottom",
       0},
      {"bar at the bottom, item at its middle",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1040}, 1, true}},
       Point{959, 1060},
       std::nullopt,
       By::kAnchor,
       "bottom",
       0},
      {"bar at the bottom, item at its end",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1040}, 1, true}},
       Point{1880, 1060},
       std::nullopt,
       By::kAnchor,
       "bottom",
       0},
      {"bar at the left, item at its begin",
       {{{0, 0, 1920, 1080}, {64, 0, 1856, 1080}, 1, true}},
       Point{30, 107},
       std::nullopt,
       By::kAnchor,
       "left",
       0},
      {"bar at the left, item at its middle",
       {{{0, 0, 1920, 1080}, {64, 0, 1856, 1080}, 1, true}},
       Point{30, 539},
       std::nullopt,
       By::kAnchor,
       "left",
       0},
      {"bar at the left, item at its end",
       {{{0, 0, 1920, 1080}, {64, 0, 1856, 1080}, 1, true}},
       Point{30, 1057},
       std::nullopt,
       By::kAnchor,
       "left",
       0},
      {"bar at the right, item at its begin",
       {{{0, 0, 1920, 1080}, {0, 0, 1856, 1080}, 1, true}},
       Point{1890, 107},
       std::nullopt,
       By::kAnchor,
       "right",
       0},
      {"bar at the right, item at its middle",
       {{{0, 0, 1920, 1080}, {0, 0, 1856, 1080}, 1, true}},
       Point{1890, 539},
       std::nullopt,
       By::kAnchor,
       "right",
       0},
      {"bar at the right, item at its end",
       {{{0, 0, 1920, 1080}, {0, 0, 1856, 1080}, 1, true}},
       Point{1890, 1057},
       std::nullopt,
       By::kAnchor,
       "right",
       0},
      {"no bar, item at the upper edge",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       Point{1000, 5},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"no bar, item at the lower edge",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       Point{1000, 1075},
       std::nullopt,
       By::kAnchor,
       "bottom",
       0},
      {"coordinates within the item, no pointer",
       {{{-1920, 0, 1920, 1080}, {-1920, 30, 1920, 1050}, 1, true}},
       Point{7, 9},
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"coordinates mid-screen, pointer at the bar",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{700, 500},
       Point{1500, 12},
       By::kPointer,
       "top",
       0},
      {"coordinates off every screen, pointer at the bar",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{9000, 9000},
       Point{1500, 12},
       By::kPointer,
       "top",
       0},
      {"negative nonsense, pointer mid-screen",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{-50, -50},
       Point{800, 300},
       By::kPointer,
       "",
       0},
      {"nothing but a bar above",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       std::nullopt,
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"nothing but a bar below",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1040}, 1, true}},
       std::nullopt,
       std::nullopt,
       By::kCorner,
       "bottom",
       0},
      {"nothing, no bar",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       std::nullopt,
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"pointer low: the window goes above it",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       std::nullopt,
       Point{900, 900},
       By::kPointer,
       "",
       0},
      {"pointer in the lower right corner",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       std::nullopt,
       Point{1919, 1079},
       By::kPointer,
       "",
       0},
      {"pointer in the upper left corner",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       std::nullopt,
       Point{0, 0},
       By::kPointer,
       "",
       0},
      {"second monitor at twice the scale",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 3840, 2160}, {1920, 60, 3840, 2100}, 2.0, false}},
       Point{5000, 25},
       std::nullopt,
       By::kAnchor,
       "top",
       1},
      {"first of two at mixed scales",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 3840, 2160}, {1920, 60, 3840, 2100}, 2.0, false}},
       Point{1800, 15},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"at the seam, left side",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 3840, 2160}, {1920, 60, 3840, 2100}, 2.0, false}},
       Point{1919, 10},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"at the seam, right side",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 3840, 2160}, {1920, 60, 3840, 2100}, 2.0, false}},
       Point{1920, 10},
       std::nullopt,
       By::kAnchor,
       "top",
       1},
      {"negative origin, bar below",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{-2560, -200, 2560, 1440}, {-2560, -200, 2560, 1400}, 1.5, false}},
       Point{-300, 1225},
       std::nullopt,
       By::kAnchor,
       "bottom",
       1},
      {"negative origin, pointer there",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{-2560, -200, 2560, 1440}, {-2560, -200, 2560, 1400}, 1.5, false}},
       std::nullopt,
       Point{-1200, 300},
       By::kPointer,
       "",
       1},
      {"monitor above the first",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{0, -1080, 1920, 1080}, {0, -1050, 1920, 1050}, 1.0, false}},
       Point{900, -1070},
       std::nullopt,
       By::kAnchor,
       "top",
       1},
      {"gap between monitors, anchor in it",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{2000, 0, 1920, 1080}, {2000, 30, 1920, 1050}, 1.0, false}},
       Point{1960, 10},
       Point{2100, 10},
       By::kPointer,
       "top",
       1},
      {"primary is the second",
       {{{0, 0, 1280, 1024}, {0, 0, 1280, 1024}, 1.0, false},
        {{1280, 0, 1920, 1080}, {1280, 30, 1920, 1050}, 1, true}},
       std::nullopt,
       std::nullopt,
       By::kCorner,
       "top",
       1},
      {"no monitor is primary",
       {{{0, 0, 1280, 1024}, {0, 24, 1280, 1000}, 1.0, false},
        {{1280, 0, 1920, 1080}, {1280, 30, 1920, 1050}, 1.0, false}},
       std::nullopt,
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"notch: the menu bar is 74 high at scale 2",
       {{{0, 0, 3024, 1964}, {0, 74, 3024, 1890}, 2, true}},
       Point{2500, 36},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"notch and dock",
       {{{0, 0, 3024, 1964}, {0, 74, 3024, 1740}, 2, true}},
       Point{2500, 36},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"thick bar of 96",
       {{{0, 0, 1920, 1080}, {0, 96, 1920, 984}, 1, true}},
       Point{1700, 90},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"bars above and below, item below",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1010}, 1, true}},
       Point{1700, 1070},
       std::nullopt,
       By::kAnchor,
       "bottom",
       0},
      {"bars above and left, item left",
       {{{0, 0, 1920, 1080}, {60, 30, 1860, 1050}, 1, true}},
       Point{20, 600},
       std::nullopt,
       By::kAnchor,
       "left",
       0},
      {"bars above and right, item in their corner, above",
       {{{0, 0, 1920, 1080}, {0, 30, 1860, 1050}, 1, true}},
       Point{1900, 3},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"small screen: the window is cut to it",
       {{{0, 0, 800, 480}, {0, 30, 800, 450}, 1, true}},
       Point{790, 10},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"tiny screen, narrower than the window",
       {{{0, 0, 320, 240}, {0, 20, 320, 220}, 1, true}},
       Point{300, 5},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"small screen at twice the scale",
       {{{0, 0, 1024, 600}, {0, 40, 1024, 560}, 2, true}},
       Point{1000, 10},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"portrait",
       {{{0, 0, 1080, 1920}, {0, 30, 1080, 1890}, 1, true}},
       Point{1000, 20},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"ultra wide at 1.25",
       {{{0, 0, 5120, 1440}, {0, 40, 5120, 1400}, 1.25, true}},
       Point{5100, 20},
       std::nullopt,
       By::kAnchor,
       "top",
       0},
      {"a monitor without a work area is not used",
       {{{0, 0, 1920, 1080}, {0, 0, 0, 0}, 1, true},
        {{1920, 0, 1920, 1080}, {1920, 30, 1920, 1050}, 1.0, false}},
       Point{100, 5},
       std::nullopt,
       By::kCorner,
       "top",
       1},
      {"pointer on a monitor that is gone",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       std::nullopt,
       Point{4000, 20},
       By::kCorner,
       "top",
       0},
      {"extreme coordinates",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{2147483647, -2147483647 - 1},
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"coordinates within the item, pointer at the bar's end",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{7, 9},
       Point{1880, 14},
       By::kPointer,
       "top",
       0},
      {"coordinates within the item, bar below",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1040}, 1, true}},
       Point{7, 9},
       Point{1880, 1060},
       By::kPointer,
       "bottom",
       0},
      {"coordinates within the item, bar at the left, item at its end",
       {{{0, 0, 1920, 1080}, {64, 0, 1856, 1080}, 1, true}},
       Point{7, 9},
       Point{30, 1057},
       By::kPointer,
       "left",
       0},
      {"coordinates within the item, no bar is known",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1, true}},
       Point{12, 3},
       Point{1500, 1070},
       By::kPointer,
       "",
       0},
      {"coordinates within the item, the pointer has left the bar",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{7, 9},
       Point{1700, 300},
       By::kPointer,
       "",
       0},
      {"coordinates within the item at twice the scale",
       {{{0, 0, 3840, 2160}, {0, 60, 3840, 2100}, 2, true}},
       Point{40, 70},
       Point{3700, 25},
       By::kPointer,
       "top",
       0},
      {"coordinates within the item, pointer on the second monitor",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 1920, 1080}, {1920, 30, 1920, 1050}, 1.0, false}},
       Point{7, 9},
       Point{3800, 14},
       By::kPointer,
       "top",
       1},
      {"coordinates within the item, nobody knows the pointer",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{7, 9},
       std::nullopt,
       By::kCorner,
       "top",
       0},
      {"the item really is at the begin of the bar",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{7, 9},
       Point{9, 11},
       By::kAnchor,
       "top",
       0},
      {"at the begin of the bar, the hand moves on",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{20, 14},
       Point{90, 30},
       By::kAnchor,
       "top",
       0},
      {"coordinates within the bar of the second monitor, pointer there",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 1920, 1080}, {1920, 30, 1920, 1050}, 1.0, false}},
       Point{1880, 14},
       Point{3800, 14},
       By::kPointer,
       "top",
       1},
      {"opened by keyboard, pointer mid-screen",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{1880, 14},
       Point{700, 500},
       By::kAnchor,
       "top",
       0},
      {"opened by keyboard, pointer at an edge without a bar",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{1880, 14},
       Point{1900, 600},
       By::kAnchor,
       "top",
       0},
      {"opened by keyboard, pointer on the other monitor",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true},
        {{1920, 0, 1920, 1080}, {1920, 30, 1920, 1050}, 1.0, false}},
       Point{1880, 14},
       Point{2900, 600},
       By::kAnchor,
       "top",
       0},
      {"the hand moves on along the bar, not far",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{1880, 14},
       Point{1800, 14},
       By::kAnchor,
       "top",
       0},
      {"clicked at the top, pointer at the bar's other end",
       {{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true}},
       Point{1000, 14},
       Point{1500, 14},
       By::kPointer,
       "top",
       0},
      {"clicked at the end of the bar at twice the scale, the hand moves on",
       {{{0, 0, 3840, 2160}, {0, 60, 3840, 2100}, 2, true}},
       Point{3700, 25},
       Point{3560, 60},
       By::kAnchor,
       "top",
       0},
      {"three monitors, the middle one",
       {{{0, 0, 1920, 1080}, {0, 0, 1920, 1080}, 1.0, false},
        {{1920, 0, 2560, 1440}, {1920, 36, 2560, 1404}, 1.5, true},
        {{4480, 0, 1920, 1080}, {4480, 0, 1920, 1080}, 1.0, false}},
       Point{4400, 12},
       std::nullopt,
       By::kAnchor,
       "top",
       1},
  };
  return table;
}

int distance_to(const std::string& edge, const Rect& window, const Rect& work) {
  if (edge == "top") return window.y - work.y;
  if (edge == "bottom") return work.bottom() - window.bottom();
  if (edge == "left") return window.x - work.x;
  return work.right() - window.right();
}

TEST(Placement, TheTableIsLong) { EXPECT_GE(layouts().size(), 60U); }

TEST(Placement, EveryLayoutPutsTheWindowWhereItBelongs) {
  for (const Layout& layout : layouts()) {
    SCOPED_TRACE(layout.name);
    const auto placed = place({layout.anchor, layout.pointer, layout.monitors, 380, 640, {}});
    ASSERT_TRUE(placed.has_value());
    EXPECT_EQ(placed->by, layout.by);
    ASSERT_EQ(placed->monitor, layout.monitor);
    const Monitor& monitor = layout.monitors[layout.monitor];
    const Rect &window = placed->window, &work = monitor.work;
    EXPECT_EQ(placed->scale, monitor.scale);
    EXPECT_GE(window.x, work.x);
    EXPECT_GE(window.y, work.y);
    EXPECT_LE(window.right(), work.right());
    EXPECT_LE(window.bottom(), work.bottom());
    EXPECT_GT(window.width, 0);
    EXPECT_GT(window.height, 0);
    const int gap = static_cast<int>(std::lround(6 * monitor.scale));
    if (*layout.edge != 0) {
      EXPECT_EQ(distance_to(layout.edge, window, work), gap);
    }
  }
}

TEST(Placement, IsCentredOnTheItemWhereThereIsRoom) {
  const Monitor monitor{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true};
  const auto placed = place({Point{900, 10}, {}, {monitor}, 380, 640, {}});
  ASSERT_TRUE(placed.has_value());
  EXPECT_EQ(placed->window, (Rect{710, 36, 380, 640}));
}

TEST(Placement, WhereNoPanelIsKnownTheItemStaysVisible) {
  const Monitor bare{{0, 0, 1280, 900}, {0, 0, 1280, 900}, 1, true};
  const auto at = [&](int x, int y) {
    const auto placed = place({Point{x, y}, {}, {bare}, 380, 640, {}});
    return placed ? placed->window : Rect{};
  };
  EXPECT_EQ(at(640, 14), (Rect{450, 15, 380, 640}));
  EXPECT_EQ(at(1272, 14), (Rect{900, 15, 380, 640})) << "a level panel's end, not a standing one";
  EXPECT_EQ(at(1272, 886), (Rect{900, 246, 380, 640}));
  EXPECT_EQ(at(10, 450), (Rect{11, 130, 380, 640}));
  EXPECT_EQ(at(1266, 450), (Rect{886, 130, 380, 640}));
}

TEST(Placement, AGivenScaleIsUsedInsteadOfTheMonitors) {
  const Monitor monitor{{0, 0, 3840, 2160}, {0, 60, 3840, 2100}, 2, true};
  const auto placed = place({Point{900, 10}, {}, {monitor}, 380, 640, 1.5});
  ASSERT_TRUE(placed.has_value());
  EXPECT_EQ(placed->scale, 1.5);
  EXPECT_EQ(placed->window.width, 570);
}

TEST(Placement, EveryPlaceIsOneThatAWindowMayKeep) {
  for (const Layout& layout : layouts()) {
    SCOPED_TRACE(layout.name);
    const auto placed = place({layout.anchor, layout.pointer, layout.monitors, 380, 640, {}});
    ASSERT_TRUE(placed.has_value());
    const double scale = layout.monitors[placed->monitor].scale;
    EXPECT_TRUE(may_stay(placed->window, scale, layout.monitors));
    EXPECT_FALSE(may_stay(placed->window, scale, {}));
  }
}

TEST(Placement, AWindowMovesWhenItsLargeMonitorIsUnplugged) {
  const Monitor small{{0, 0, 1920, 1080}, {0, 30, 1920, 1050}, 1, true};
  const Monitor large{{1920, 0, 3840, 2160}, {1920, 60, 3840, 2100}, 2, false};
  const Point item{5700, 20};
  const auto placed = place({item, {}, {small, large}, 380, 640, {}});
  ASSERT_TRUE(placed.has_value());
  EXPECT_EQ(placed->scale, 2);
  EXPECT_TRUE(may_stay(placed->window, 2, {small, large}));
  EXPECT_FALSE(may_stay(placed->window, 2, {small}));
  // Its item was there too, so the pointer, which the server has moved, says where.
  const auto moved = place({item, Point{1900, 500}, {small}, 380, 640, {}});
  ASSERT_TRUE(moved.has_value());
  EXPECT_EQ(moved->scale, 1);
  EXPECT_EQ(moved->window.width, 380);
  EXPECT_TRUE(may_stay(moved->window, 1, {small}));
}

TEST(Placement, AWindowMovesWhenItsMonitorIsAnotherOne) {
  const Rect window{1000, 36, 380, 640};
  EXPECT_TRUE(may_stay(window, 1, {Monitor{{0, 0, 1920, 1080}, {}, 1, true}}));
  EXPECT_FALSE(may_stay(window, 1, {Monitor{{0, 0, 1280, 1080}, {}, 1, true}})) << "less wide";
  EXPECT_FALSE(may_stay(window, 1, {Monitor{{0, 0, 1920, 1080}, {}, 2, true}})) << "sharper";
  EXPECT_FALSE(may_stay(
      window, 1,
      {Monitor{{0, 0, 1280, 1080}, {}, 1, true}, Monitor{{1280, 0, 1280, 1080}, {}, 1, false}}))
      << "across two";
}

TEST(Placement, WithoutAMonitorThereIsNoPlace) {
  EXPECT_FALSE(place({Point{1, 1}, {}, {}, 380, 640, {}}).has_value());
  EXPECT_FALSE(place({{}, {}, {Monitor{{0, 0, 100, 100}, {0, 0, 0, 0}, 1, true}}, 380, 640, {}})
                   .has_value());
}

}  // namespace
}  // namespace lull::ui
