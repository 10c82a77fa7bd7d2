// SPDX-License-Identifier: MIT
#include "ui/theme.h"

#include <gtest/gtest.h>

namespace lull::ui {
namespace {

TEST(Theme, ContrastIsTheOneOfTheStandard) {
  EXPECT_NEAR(contrast_ratio({0, 0, 0}, {255, 255, 255}), 21.0, 1e-9);
  EXPECT_NEAR(contrast_ratio({255, 255, 255}, {255, 255, 255}), 1.0, 1e-9);
  // #777 on white, the well-known near miss of AA.
  EXPECT_NEAR(contrast_ratio({0x77, 0x77, 0x77}, {255, 255, 255}), 4.48, 0.01);
}

TEST(Theme, EveryPairOfBothThemesIsReadable) {
  for (const Theme* theme : {&dark_theme(), &light_theme()})
    for (const ColorPair& pair : pairs_of(*theme))
      EXPECT_GE(contrast_ratio(pair.above, pair.below), pair.least)
          << (theme->dark ? "dark, " : "light, ") << pair.name << " #" << std::hex
          << (pair.above.r << 16 | pair.above.g << 8 | pair.above.b);
}

}  // namespace
}  // namespace lull::ui
