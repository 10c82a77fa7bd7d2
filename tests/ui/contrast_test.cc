// SPDX-License-Identifier: MIT
// What is really drawn, of every scene and with the pointer anywhere, against the table of pairs.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/ui/drawn.h"
#include "ui/client/decode.h"
#include "ui/draw/backdrop.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {
namespace {

constexpr int kHeight = 4000;  // room for the longest page

Color from_imgui(ImU32 color) {
  return {static_cast<std::uint8_t>(color >> IM_COL32_R_SHIFT),
          static_cast<std::uint8_t>(color >> IM_COL32_G_SHIFT),
          static_cast<std::uint8_t>(color >> IM_COL32_B_SHIFT), 255};
}

Color from_pixel(std::uint32_t pixel) {
  return {static_cast<std::uint8_t>(pixel >> 16), static_cast<std::uint8_t>(pixel >> 8),
          static_cast<std::uint8_t>(pixel), 255};
}

std::string named(Color color) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", color.r, color.g, color.b);
  return text;
}

// Text and what is behind it, the first time it was seen: where.
using Seen = std::map<std::string, std::pair<ColorPair, std::string>>;

class Contrast : public testing::TestWithParam<bool> {
 protected:
  Contrast() { popover_.resize(static_cast<int>(Popover::kWidth), kHeight, 0); }

  void show(const ViewModel& view) {
    view_ = view;
    for (int at = 0; at < 3; ++at) popover_.frame(view_, 0.02);
    ASSERT_LE(popover_.content_height(), kHeight);
  }
  void point_at(float x, float y) {
    popover_.handle({InputEvent::Kind::kPointer, x, y});
    popover_.frame(view_, 0.02);
  }
  void press(Key key) {
    InputEvent event{InputEvent::Kind::kKey};
    event.key = key;
    for (event.down = true;; event.down = false) {
      popover_.handle(event);
      show(view_);
      if (!event.down) return;
    }
  }
  Image picture(const ImDrawData& data) {
    Image image(static_cast<int>(Popover::kWidth), kHeight);
    draw_backdrop(image.surface(), {}, theme_);
    draw_on(image.surface(), gui_.texture(), data);
    return image;
  }
  void look(Seen& seen, const std::string& where) {
    const ImDrawData& data = popover_.frame(view_, 0.02);
    if (!looks_.insert(fingerprint(data)).second) return;  // as it did before
    const std::vector<Letter> letters = letters_of(data);
    hide_letters(data);
    const Image ground = picture(data);
    for (const Letter& letter : letters) {
      if (letter.is_gone()) continue;
      const int x = static_cast<int>((letter.left + letter.right) / 2);
      const int y = static_cast<int>((letter.top + letter.bottom) / 2);
      if (x < 0 || y < 0 || x >= ground.width() || y >= ground.height()) continue;
      const ColorPair pair{"", from_imgui(letter.color), from_pixel(ground.at(x, y)), 4.5};
      seen.emplace(named(pair.above) + " on " + named(pair.below), std::pair(pair, where));
    }
  }

  static std::size_t fingerprint(const ImDrawData& data) {
    std::size_t print = 0;
    for (int at = 0; at < data.CmdListsCount; ++at) {
      const auto& vertices = data.CmdLists[at]->VtxBuffer;
      const std::string_view bytes(reinterpret_cast<const char*>(vertices.Data),
                                   static_cast<std::size_t>(vertices.size_in_bytes()));
      print = print * 31 + std::hash<std::string_view>()(bytes);
    }
    return print;
  }

  Gui gui_{FontFiles{}, 1};
  std::set<std::size_t> looks_;
  const Theme& theme_ = GetParam() ? dark_theme() : light_theme();
  Popover popover_{gui_, theme_};
  ViewModel view_;
};

ViewModel view_of(const std::filesystem::path& path) {
  const auto scene = read_scene(path.string());
  EXPECT_TRUE(scene.has_value()) << path;
  return scene ? make_view(scene->state, scene->now) : ViewModel{};
}

TEST_P(Contrast, EveryTextThatIsDrawnIsInTheTableAndReadable) {
  Seen seen;
  for (const auto& path : scenes()) {
    const std::string name = path.stem().string();
    show(view_of(path));
    look(seen, name);
    const float end = std::min<float>(kHeight, static_cast<float>(popover_.content_height()));
    for (float y = 10; y < end; y += 12)
      for (const float x : {30.0F, 190.0F, 290.0F, 350.0F}) {
        point_at(x, y);
        look(seen, name + ", pointer at " + std::to_string(x) + " " + std::to_string(y));
      }
    point_at(-1000, -1000);
  }
  const std::vector<ColorPair> table = pairs_of(theme_);
  for (const auto& [name, found] : seen) {
    const ColorPair& pair = found.first;
    EXPECT_GE(contrast_ratio(pair.above, pair.below), 4.5) << name << ", " << found.second;
    EXPECT_TRUE(std::any_of(table.begin(), table.end(),
                            [&](const ColorPair& row) {
                              return row.above == pair.above && row.below == pair.below &&
                                     row.least >= 4.5;
                            }))
        << name << " is not in the table; " << found.second;
  }
  EXPECT_GE(seen.size(), 10U);
}

TEST_P(Contrast, WhereTheKeyboardIsShowsOnEveryControl) {
  std::size_t controls = 0;
  for (const auto& path : scenes()) {
    show(view_of(path));
    const Image without = picture(popover_.frame(view_, 0.02));
    std::string first;
    for (int step = 0; step < 200; ++step) {
      press(Key::kTab);
      const std::string control = popover_.focus().current();
      if (control.empty() || control == first) break;
      if (first.empty()) first = control;
      const Image with = picture(popover_.frame(view_, 0.02));
      int marked = 0;  // pixels that another colour shows by a ratio of 3 (WCAG 2.4.13)
      for (std::size_t at = 0; at < with.pixels().size(); ++at)
        if (with.pixels()[at] != without.pixels()[at] &&
            contrast_ratio(from_pixel(with.pixels()[at]), from_pixel(without.pixels()[at])) >= 3)
          ++marked;
      EXPECT_GE(marked, 100) << path.stem() << ": " << control;
      ++controls;
    }
    popover_.handle({InputEvent::Kind::kButton});
    InputEvent hide{InputEvent::Kind::kButton};
    hide.down = true;
    popover_.handle(hide);
  }
  EXPECT_GE(controls, 50U);
}

INSTANTIATE_TEST_SUITE_P(Themes, Contrast, testing::Bool(),
                         [](const auto& theme) { return theme.param ? "dark" : "light"; });

}  // namespace
}  // namespace lull::ui
