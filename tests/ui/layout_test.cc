// SPDX-License-Identifier: MIT
// Whatever the scene, the scale and the size of the letters: no letter lies on another one, and
// none is cut by the edge of what it is in.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/ui/drawn.h"
#include "ui/client/decode.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {
namespace {

// Pixels at scale 1: the longest page, with the largest letters, needs no scrolling.
constexpr int kRoomForAll = 8000;

// Neighbours in a word may touch, and reach over the next by the pixel that is half of an i.
bool lie_on_each_other(const Letter& one, const Letter& other) {
  const float wide = std::min(one.right, other.right) - std::max(one.left, other.left);
  const float tall = std::min(one.bottom, other.bottom) - std::max(one.top, other.top);
  return wide > 2 && tall > 2 && wide * tall > 0.3F * std::min(one.area(), other.area());
}

int collisions(std::vector<Letter> letters) {
  std::sort(letters.begin(), letters.end(),
            [](const Letter& left, const Letter& right) { return left.top < right.top; });
  int found = 0;
  for (auto one = letters.begin(); one != letters.end(); ++one)
    for (auto other = one + 1; other != letters.end() && other->top < one->bottom; ++other)
      found += lie_on_each_other(*one, *other) ? 1 : 0;
  return found;
}

TEST(Layout, NoLetterLiesOnAnotherOrIsCut) {
  const auto all = scenes();
  ASSERT_GE(all.size(), 10U);
  for (const double scale : {1.0, 1.5, 2.0})
    for (const double text_scale : {0.75, 1.0, 1.5, 2.0}) {
      Gui gui(find_font_files(), scale, text_scale);
      Popover popover(gui, dark_theme());
      for (const auto& path : all) {
        const auto scene = read_scene(path.string());
        ASSERT_TRUE(scene.has_value()) << scene.error().to_string();
        const ViewModel view = make_view(scene->state, scene->now);
        const FrameGeometry geometry = frame_geometry(kRoomForAll, scale, false);
        popover.resize(geometry.width, geometry.height, geometry.margin);
        popover.frame(view, 0.02);
        const std::vector<Letter> letters = letters_of(popover.frame(view, 0.02));
        const std::string where = path.stem().string() + " at scale " + std::to_string(scale) +
                                  ", letters " + std::to_string(text_scale);
        EXPECT_GT(letters.size(), 50U) << where;
        EXPECT_EQ(collisions(letters), 0) << where;
        EXPECT_EQ(std::count_if(letters.begin(), letters.end(),
                                [](const Letter& letter) { return letter.is_cut(); }),
                  0)
            << where;
      }
    }
}

// Names of programs and places are as long as others made them, and values as people did: they are
// cut, and seen whole elsewhere. Everything else is ours to have room for.
ViewModel without_long_names(ViewModel view) {
  for (AppRow& row : view.apps) row.name = "app";
  for (Meter& row : view.disks) row.label = "/";
  for (auto& section : view.settings.sections)
    for (SettingRow& row : section.rows)
      if (row.words.empty()) row.value = "12";
  return view;
}

int drawn_ellipses(Popover& popover, const ViewModel& view, double scale) {
  const FrameGeometry geometry = frame_geometry(kRoomForAll, scale, false);
  popover.resize(geometry.width, geometry.height, geometry.margin);
  popover.frame(view, 0.02);
  return ellipses(letters_of(popover.frame(view, 0.02)));
}

// "Reading the settings…" is no cut.
int meant_ellipses(const ViewModel& view) {
  int found = 0;
  const std::string text = as_text(view);
  for (std::size_t at = 0; (at = text.find("…", at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST(Layout, NoneOfOurWordsIsCutShort) {
  for (const double scale : {1.0, 1.5, 2.0})
    for (const double text_scale : {0.85, 1.0, 1.25, 1.6}) {
      Gui gui(find_font_files(), scale, text_scale);
      Popover popover(gui, dark_theme());
      for (const auto& path : scenes()) {
        const auto scene = read_scene(path.string());
        ASSERT_TRUE(scene.has_value()) << scene.error().to_string();
        const ViewModel view = without_long_names(make_view(scene->state, scene->now));
        EXPECT_LE(drawn_ellipses(popover, view, scale), meant_ellipses(view))
            << path.stem() << " at scale " << scale << ", letters " << text_scale;
      }
    }
}

void press_key(Popover& popover, const ViewModel& view, Key key) {
  InputEvent event{InputEvent::Kind::kKey};
  event.key = key;
  for (const bool down : {true, false}) {
    event.down = down;
    popover.handle(event);
    popover.frame(view, 0.02);
  }
}

bool press_control(Popover& popover, const ViewModel& view, const std::string& control) {
  for (int at = 0; at < 80; ++at) {
    press_key(popover, view, Key::kTab);
    if (popover.focus().current() != control) continue;
    press_key(popover, view, Key::kEnter);
    return true;
  }
  return false;
}

TEST(Layout, TheDayAndTheWholeListHaveRoomToo) {
  for (const double text_scale : {1.0, 1.25, 1.6}) {
    Gui gui(find_font_files(), 1, text_scale);
    Popover popover(gui, dark_theme());
    const auto scene = read_scene(LULL_GOLDEN_DIR "/calm.json");
    ASSERT_TRUE(scene.has_value());
    ViewModel view = without_long_names(make_view(scene->state, scene->now));
    view.day.cost = "By itself: 0.31 s CPU, 3.0 MiB read, 12 KiB written, on battery";
    view.reclaim.rows.insert(view.reclaim.rows.end(), 3, view.reclaim.rows.front());
    (void)drawn_ellipses(popover, view, 1);
    ASSERT_TRUE(press_control(popover, view, "activity-span"));
    ASSERT_TRUE(press_control(popover, view, "categories"));
    popover.frame(view, 0.02);
    const std::vector<Letter> letters = letters_of(popover.frame(view, 0.02));
    EXPECT_EQ(ellipses(letters), meant_ellipses(view)) << text_scale;
    EXPECT_EQ(collisions(letters), 0) << text_scale;
  }
}

// They see what they are for.
TEST(Layout, ANameThatIsTooLongIsSeenToBeCut) {
  Gui gui(find_font_files(), 1, 1);
  Popover popover(gui, dark_theme());
  const auto scene = read_scene(LULL_GOLDEN_DIR "/german.json");
  ASSERT_TRUE(scene.has_value());
  ViewModel view = make_view(scene->state, scene->now);
  const int as_it_is = drawn_ellipses(popover, view, 1);
  EXPECT_GT(as_it_is, meant_ellipses(view));
  ASSERT_FALSE(view.apps.empty());
  view.apps.push_back(view.apps.front());
  view.apps.back().name = std::string(200, 'm');
  EXPECT_EQ(drawn_ellipses(popover, view, 1), as_it_is + 1);
}

}  // namespace
}  // namespace lull::ui
