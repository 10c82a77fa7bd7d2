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
        const FrameGeometry geometry = frame_geometry(4000, scale, false);
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

}  // namespace
}  // namespace lull::ui
