// SPDX-License-Identifier: MIT
#include "agent/tray/icon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace lull::agent::tray {
namespace {

using model::PressureLevel;

constexpr std::array kShapes = {IconShape::kGauge, IconShape::kBars, IconShape::kPlain};
constexpr std::array kShapeNames = {"gauge", "bars", "plain"};

std::vector<IconLook> signs(IconShape shape) {
  return {{shape, PressureLevel::kNormal, 12, 6, false},
          {shape, PressureLevel::kNormal, 12, 6, true},
          {shape, PressureLevel::kWarning, 12, 6, false},
          {shape, PressureLevel::kCritical, 12, 6, false}};
}

struct Pixel {
  double alpha, red, green, blue;  // 0..1
};

std::vector<Pixel> pixels(const IconLook& look, int side) {
  const Pixmap picture = draw_icon(look, side);
  std::vector<Pixel> list;
  for (std::size_t at = 0; at + 3 < picture.argb.size(); at += 4)
    list.push_back({picture.argb[at] / 255.0, picture.argb[at + 1] / 255.0,
                    picture.argb[at + 2] / 255.0, picture.argb[at + 3] / 255.0});
  return list;
}

// WCAG 2.2, "relative luminance".
double luminance(double red, double green, double blue) {
  const auto linear = [](double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

// Of a pixel that lies on a grey panel, with that panel.
double contrast(const Pixel& pixel, double panel) {
  const auto over = [&](double value) { return value * pixel.alpha + panel * (1 - pixel.alpha); };
  const double a = luminance(over(pixel.red), over(pixel.green), over(pixel.blue)) + 0.05;
  const double b = luminance(panel, panel, panel) + 0.05;
  return std::max(a, b) / std::min(a, b);
}

double ink(const IconLook& look, int side) {
  double sum = 0;
  for (const Pixel& pixel : pixels(look, side)) sum += pixel.alpha;
  return sum / (side * side);
}

// Pixels of which one picture has most and the other little, whatever their colours.
long differences(const IconLook& one, const IconLook& other, int side) {
  const auto a = pixels(one, side), b = pixels(other, side);
  long count = 0;
  for (std::size_t at = 0; at < a.size(); ++at) count += std::abs(a[at].alpha - b[at].alpha) > 0.4;
  return count;
}

TEST(Icon, HasTheSizeThatWasAskedForAndFourBytesAPixel) {
  for (const int side : icon_sides()) {
    const Pixmap picture = draw_icon({}, side);
    EXPECT_EQ(picture.side, side);
    EXPECT_EQ(picture.argb.size(), static_cast<std::size_t>(side * side * 4));
  }
}

TEST(Icon, StandsOutFromBlackAndFromWhitePanels) {
  for (const IconShape shape : kShapes)
    for (const IconLook& look : signs(shape))
      for (const int side : icon_sides())
        for (const double panel : {0.0, 1.0}) {
          long seen = 0;
          for (const Pixel& pixel : pixels(look, side)) {
            seen += contrast(pixel, panel) >= 3;
            if (pixel.alpha == 1) {
              EXPECT_GE(contrast(pixel, panel), 3.0);
            }
          }
          EXPECT_GE(seen, side * side / 8) << side << " on " << panel;
        }
}

TEST(Icon, TheLevelHasAShapeOfItsOwnWithoutColour) {
  for (const IconShape shape : kShapes) {
    const auto looks = signs(shape);
    for (std::size_t one = 0; one < looks.size(); ++one)
      for (std::size_t other = 0; other < one; ++other)
        for (const int side : icon_sides())
          EXPECT_GE(differences(looks[one], looks[other], side), side * side / 64)
              << kShapeNames[static_cast<std::size_t>(shape)] << ' ' << one << ' ' << other;
  }
}

TEST(Icon, TheLevelHasAColourOfItsOwn) {
  for (const IconShape shape : kShapes) {
    std::vector<std::vector<std::uint8_t>> colours;
    for (const IconLook& look : signs(shape)) {
      const auto bytes = draw_icon(look, 16).argb;
      colours.emplace_back(bytes.begin() + 1, bytes.begin() + 4);
    }
    std::sort(colours.begin(), colours.end());
    EXPECT_EQ(std::unique(colours.begin(), colours.end()), colours.end());
  }
}

TEST(Icon, EveryStepOfMemoryAddsInkToGaugeAndBars) {
  for (const IconShape shape : {IconShape::kGauge, IconShape::kBars})
    for (const int side : icon_sides())
      for (int step = 1; step <= kIconSteps; ++step)
        EXPECT_GT(ink({shape, PressureLevel::kNormal, step, 5, false}, side),
                  ink({shape, PressureLevel::kNormal, step - 1, 5, false}, side))
            << side << ' ' << step;
}

TEST(Icon, EveryStepOfTheProcessorAddsInkToBarsOnly) {
  for (int step = 1; step <= kIconSteps; ++step) {
    const auto look = [&](IconShape shape, int cpu) {
      return IconLook{shape, PressureLevel::kNormal, 5, cpu, false};
    };
    EXPECT_GT(ink(look(IconShape::kBars, step), 16), ink(look(IconShape::kBars, step - 1), 16));
    for (const IconShape shape : {IconShape::kGauge, IconShape::kPlain})
      EXPECT_EQ(draw_icon(look(shape, step), 16).argb, draw_icon(look(shape, 0), 16).argb);
  }
}

TEST(Icon, AnEmptyGaugeStillHasItsTrack) {
  for (const IconShape shape : {IconShape::kGauge, IconShape::kBars})
    EXPECT_GT(ink({shape, PressureLevel::kNormal, 0, 0, false}, 16), 0.1);
}

TEST(Icon, WhatIsOutOfRangeCountsAsTheNearest) {
  IconLook most, beyond;
  most.memory_step = kIconSteps;
  beyond.memory_step = 1000;
  EXPECT_EQ(draw_icon(most, 22).argb, draw_icon(beyond, 22).argb);
  most.memory_step = 0;
  beyond.memory_step = -1000;
  EXPECT_EQ(draw_icon(most, 22).argb, draw_icon(beyond, 22).argb);
  EXPECT_EQ(draw_icon({}, -5).side, 8);
  EXPECT_EQ(draw_icon({}, 1 << 20).side, 256);
}

// FNV-1a; two pictures that differ anywhere have other numbers.
std::string hash(const Pixmap& picture) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const std::uint8_t byte : picture.argb) sum = (sum ^ byte) * 0x100000001b3;
  std::ostringstream text;
  text << std::hex << sum;
  return text.str();
}

// Changed on purpose? Look at lull_icon_sheet, then LULL_UPDATE_GOLDEN=1 writes the file anew.
TEST(Icon, PicturesAreTheSameToTheByteEverywhere) {
  std::ostringstream seen;
  for (const IconShape shape : kShapes)
    for (const IconLook& look : signs(shape))
      for (const int side : icon_sides())
        seen << kShapeNames[static_cast<std::size_t>(shape)] << ' '
             << model::pressure_level_name(look.level) << (look.paused ? " paused " : " ") << side
             << ' ' << hash(draw_icon(look, side)) << '\n';
  const std::string file = std::string(LULL_GOLDEN_DIR) + "/icons.txt";
  if (std::getenv("LULL_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(LULL_GOLDEN_DIR);
    std::ofstream(file) << seen.str();
  }
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  EXPECT_EQ(seen.str(), kept.str());
}

}  // namespace
}  // namespace lull::agent::tray
