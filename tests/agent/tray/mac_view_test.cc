// SPDX-License-Identifier: MIT
#include "agent/tray/mac_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace lull::agent::tray {
namespace {

TrayView a_view() {
  TrayView view;
  view.look.memory_step = 10;
  view.title = "Lull: memory pressure is normal";
  view.text = "Memory: 50 % in use\nfile_name";
  view.label = "50 %";
  view.undoable = true;
  return view;
}

std::vector<std::string> titles(const MacItemView& view) {
  std::vector<std::string> list;
  for (const MacMenuRow& row : view.menu)
    list.push_back(row.kind == MenuItem::Kind::kSeparator ? "-" : row.title);
  return list;
}

TEST(MacView, TheMenuIsTheOneOfOtherDesktopsWithoutMarksOfKeys) {
  EXPECT_EQ(titles(mac_view_of(a_view())),
            (std::vector<std::string>{"Memory: 50 % in use", "file_name", "-", "Open Lull",
                                      "Optimize now", "Undo last", "-", "Pause for an hour",
                                      "Pause until tomorrow", "-", "Preferences", "Start at login",
                                      "About Lull", "Quit"}));
}

TEST(MacView, EveryEntryButStartAtLoginIsAWish) {
  TrayView view = a_view();
  for (const bool paused : {false, true}) {
    view.look.paused = paused;
    const MenuState state = menu_state_of(view);
    for (const MacMenuRow& row : mac_view_of(view).menu) {
      const bool wish = row.kind == MenuItem::Kind::kEntry && row.id != kStartAtLogin;
      EXPECT_EQ(wish_of(row.id, state).has_value(), wish) << row.title;
    }
  }
}

TEST(MacView, ThePictureHasItsAlphaMultipliedIn) {
  const TrayView view = a_view();
  const Pixmap drawn = draw_icon(view.look, kMacIconPixels);
  const MacItemView mac = mac_view_of(view);
  ASSERT_EQ(mac.side, kMacIconPixels);
  ASSERT_EQ(mac.rgba.size(), std::size_t{kMacIconPixels} * kMacIconPixels * 4);
  bool edge = false;
  for (std::size_t at = 0; at < mac.rgba.size(); at += 4) {
    const unsigned alpha = drawn.argb[at];
    edge = edge || (alpha != 0 && alpha != 255);
    EXPECT_EQ(mac.rgba[at + 3], alpha);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double exact = drawn.argb[at + 1 + channel] * alpha / 255.0;
      EXPECT_NEAR(mac.rgba[at + channel], exact, 0.5);
      EXPECT_LE(mac.rgba[at + channel], alpha);
    }
  }
  EXPECT_TRUE(edge) << "an even edge has pixels in between";
}

TEST(MacView, WordsGoWhereTheyAreSeenOrSpoken) {
  const MacItemView mac = mac_view_of(a_view());
  EXPECT_EQ(mac.title, "50 %");
  EXPECT_EQ(mac.tooltip, "Memory: 50 % in use\nfile_name");
  EXPECT_EQ(mac.spoken, "Lull: memory pressure is normal");
}

TEST(MacView, MarksOfAccessKeysAreTakenAway) {
  EXPECT_EQ(without_access_key_marks("_Open"), "Open");
  EXPECT_EQ(without_access_key_marks("a__b"), "a_b");
  EXPECT_EQ(without_access_key_marks("____"), "__");
  EXPECT_EQ(without_access_key_marks("end_"), "end");
  EXPECT_EQ(without_access_key_marks(""), "");
}

TEST(MacView, ThePopoverComesBelowTheMiddleOfTheButton) {
  // A 1440 x 900 screen, a menu bar 24 points high.
  EXPECT_EQ(point_below({1000, 876, 30, 24}, 900), (ScreenPoint{1015, 24}));
  // A second screen to the left of and above the first.
  EXPECT_EQ(point_below({-500, 1776, 30, 24}, 900), (ScreenPoint{-485, -876}));
}

TEST(MacView, APlaceThatCannotBeIsNoOverflow) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(point_below({kNothing, 1e300, 0, 0}, 900), (ScreenPoint{0, -1'000'000}));
}

}  // namespace
}  // namespace lull::agent::tray
