// SPDX-License-Identifier: MIT
#include "ui/desktop_theme.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace lull::ui {
namespace {

class DesktopTheme : public testing::Test {
 protected:
  DesktopTheme() {
    directories_.config_home = home_.path();
    forget();
  }
  ~DesktopTheme() override { forget(); }

  static void forget() {
    ::unsetenv("LULL_COLOR_SCHEME");
    ::unsetenv("GTK_THEME");
  }
  bool is_dark(const std::string& name = "system") { return theme_for(name, directories_).dark; }

  support::TempDir home_;
  base::UserDirectories directories_;
};

TEST_F(DesktopTheme, WhatIsNamedIsUsedWhateverTheDesktopSays) {
  ::setenv("LULL_COLOR_SCHEME", "light", 1);
  EXPECT_TRUE(is_dark("dark"));
  ::setenv("LULL_COLOR_SCHEME", "dark", 1);
  EXPECT_FALSE(is_dark("light"));
}

TEST_F(DesktopTheme, WhatTheAgentHeardComesBeforeGtk) {
  ::setenv("GTK_THEME", "Adwaita:dark", 1);
  EXPECT_TRUE(is_dark());
  ::setenv("LULL_COLOR_SCHEME", "light", 1);
  EXPECT_FALSE(is_dark());
  ::setenv("LULL_COLOR_SCHEME", "purple", 1);
  EXPECT_TRUE(is_dark());
}

TEST_F(DesktopTheme, GtksSettingsAreRead) {
  EXPECT_TRUE(is_dark()) << "nobody says";
  home_.write("gtk-3.0/settings.ini", "[Settings]\ngtk-theme-name=Adwaita\n");
  EXPECT_FALSE(is_dark());
  home_.write("gtk-4.0/settings.ini",
              "[Settings]\ngtk-theme-name=Adwaita\ngtk-application-prefer-dark-theme = 1\n");
  EXPECT_TRUE(is_dark());
}

TEST_F(DesktopTheme, ASettingsFileThatSaysNothingIsNoPreference) {
  EXPECT_EQ(prefers_dark(""), std::nullopt);
  EXPECT_EQ(prefers_dark("[Settings]\ngtk-font-name=Sans 10"), std::nullopt);
  EXPECT_EQ(prefers_dark("gtk-theme-name=Breeze-Dark"), true);
  EXPECT_EQ(prefers_dark("gtk-application-prefer-dark-theme=false"), false);
}

}  // namespace
}  // namespace lull::ui
