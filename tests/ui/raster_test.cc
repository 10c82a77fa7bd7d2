// SPDX-License-Identifier: MIT
#include "ui/draw/raster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <imgui.h>

#include "ui/draw/backdrop.h"
#include "ui/gui.h"

namespace lull::ui {
namespace {

constexpr ImU32 kWhite = IM_COL32(255, 255, 255, 255);

class RasterTest : public testing::Test {
 protected:
  // Draws on a picture of 40 × 40.
  const Image& draw(const std::function<void(ImDrawList&)>& shapes) {
    image_ = Image(40, 40);
    const ImDrawData& data =
        gui_.frame(40, 40, 0.02, [&] { shapes(*ImGui::GetForegroundDrawList()); });
    draw_on(image_.surface(), gui_.texture(), data);
    return image_;
  }
  std::size_t pixels_of(std::uint32_t value) const {
    return static_cast<std::size_t>(
        std::count(image_.pixels().begin(), image_.pixels().end(), value));
  }
  Gui gui_{FontFiles{}, 1};
  Image image_;
};

TEST_F(RasterTest, ARectangleCoversThePixelsWhoseCentresItHolds) {
  draw([](ImDrawList& list) { list.AddRectFilled({3, 4}, {13, 9}, kWhite); });
  EXPECT_EQ(pixels_of(0xffffffff), 50U);
  EXPECT_EQ(image_.at(3, 4), 0xffffffffU);
  EXPECT_EQ(image_.at(12, 8), 0xffffffffU);
  EXPECT_EQ(image_.at(13, 8), 0U);
}

TEST_F(RasterTest, TransparencyIsPremultiplied) {
  draw([](ImDrawList& list) { list.AddRectFilled({0, 0}, {1, 1}, IM_COL32(200, 100, 0, 128)); });
  EXPECT_EQ(image_.at(0, 0), 0x80643200U);
}

TEST_F(RasterTest, TrianglesThatShareAnEdgeNeitherOverlapNorLeaveASeam) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> place(0, 40);
  for (int round = 0; round < 200; ++round) {
    const ImVec2 inner{place(random), place(random)};
    // Half transparent: a pixel that is drawn twice shows.
    const ImU32 half = IM_COL32(255, 255, 255, 128);
    draw([&](ImDrawList& list) {
      list.Flags = 0;
      list.AddTriangleFilled({0, 0}, {40, 0}, inner, half);
      list.AddTriangleFilled({40, 0}, {40, 40}, inner, half);
      list.AddTriangleFilled({40, 40}, {0, 40}, inner, half);
      list.AddTriangleFilled({0, 40}, {0, 0}, inner, half);
    });
    ASSERT_EQ(pixels_of(0x80808080), 1600U) << inner.x << " " << inner.y;
  }
}

TEST_F(RasterTest, ACirclesAreaIsTheCircles) {
  draw([](ImDrawList& list) { list.AddCircleFilled({20, 20}, 15, kWhite, 96); });
  double area = 0;
  for (const std::uint32_t pixel : image_.pixels()) area += (pixel >> 24) / 255.0;
  EXPECT_NEAR(area, 3.14159 * 15 * 15, 12);
}

TEST_F(RasterTest, TheClipRectangleCuts) {
  draw([](ImDrawList& list) {
    list.PushClipRect({10, 10}, {20, 20});
    list.AddCircleFilled({15, 15}, 30, kWhite);
    list.AddRectFilled({-100, -100}, {100, 100}, kWhite);
    list.PopClipRect();
  });
  EXPECT_EQ(pixels_of(0xffffffff), 100U);
}

TEST_F(RasterTest, TextIsDrawn) {
  draw([](ImDrawList& list) { list.AddText({2, 2}, kWhite, "Lull"); });
  const std::size_t inked = 1600 - pixels_of(0);
  EXPECT_GT(inked, 20U);
  EXPECT_LT(inked, 200U);
  EXPECT_GT(pixels_of(0xffffffff), 5U) << "stems are solid";
}

TEST_F(RasterTest, NonsenseDrawsNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float far = std::numeric_limits<float>::max();
  draw([&](ImDrawList& list) {
    list.Flags = 0;
    for (const float value : {nan, far, -far}) {
      list.AddTriangleFilled({value, 0}, {10, 10}, {0, 10}, kWhite);
      list.AddTriangleFilled({0, 0}, {10, value}, {0, 10}, kWhite);
    }
  });
  EXPECT_EQ(pixels_of(0), 1600U);
}

TEST(Backdrop, HasRoundCornersAndAShadowOnlyWithAMargin) {
  Image bare(60, 60), shadowed(100, 100);
  draw_backdrop(bare.surface(), {0, 12, 1}, dark_theme());
  EXPECT_EQ(bare.at(0, 0), 0U);
  EXPECT_EQ(bare.at(30, 30) >> 24, 255U);
  EXPECT_EQ(bare.at(30, 0) >> 24, 255U);
  draw_backdrop(shadowed.surface(), {18, 12, 1}, light_theme());
  EXPECT_EQ(shadowed.at(0, 0), 0U);
  EXPECT_GT(shadowed.at(50, 84) >> 24, 10U) << "under the lower edge";
  EXPECT_EQ(shadowed.at(50, 50), 0xfff3f4f7U);
}

// Of a circle's quarter, pixel by pixel: what is outside shows what lies behind, in all corners.
TEST(Backdrop, CornersAreQuartersOfACircleInEveryPixel) {
  for (const double radius : {12.0, 18.0, 24.0}) {
    const int size = static_cast<int>(radius);
    Image image(100, 80);
    draw_backdrop(image.surface(), {0, radius, 1}, light_theme());
    double covered = 0;
    for (int y = 0; y < size; ++y)
      for (int x = 0; x < size; ++x) {
        const std::uint32_t alpha = image.at(x, y) >> 24;
        covered += alpha / 255.0;
        const double out = std::hypot(radius - x - 0.5, radius - y - 0.5) - radius;
        if (std::abs(out) > 0.5) {
          EXPECT_EQ(alpha, out > 0 ? 0U : 255U) << x << " " << y;
        }
        EXPECT_EQ(image.at(99 - x, y), image.at(x, y));
        EXPECT_EQ(image.at(x, 79 - y), image.at(x, y));
        EXPECT_EQ(image.at(99 - x, 79 - y), image.at(x, y));
        for (int shift = 0; shift < 24; shift += 8)
          EXPECT_LE(image.at(x, y) >> shift & 0xff, alpha) << "premultiplied";
      }
    EXPECT_NEAR(covered, 3.14159 / 4 * radius * radius, 0.5);
  }
}

TEST(Pixels, ScaleAsExactArithmeticDoes) {
  for (std::uint32_t value = 0; value < 256; ++value)
    for (std::uint32_t factor = 0; factor < 256; ++factor) {
      const auto exact = static_cast<std::uint32_t>(std::lround(value * factor / 255.0));
      ASSERT_EQ(scale_pixel(value * 0x01010101U, factor), exact * 0x01010101U);
    }
}

}  // namespace
}  // namespace lull::ui
