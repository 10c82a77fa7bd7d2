// SPDX-License-Identifier: MIT
// A machine without fonts, or with one that is none: the window has letters all the same.
#include <cstdlib>

#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/support/temp_dir.h"
#include "tests/ui/drawn.h"
#include "ui/client/decode.h"
#include "ui/font_files.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {
namespace {

class Fonts : public testing::Test {
 protected:
  ~Fonts() override { ::unsetenv("FONTCONFIG_FILE"); }

  // Letters of the overview, and how many of them are the sign for one that the font has not.
  struct Drawn {
    std::size_t letters = 0, unknown = 0;
    bool built_in = false;
  };
  static Drawn draw(const FontFiles& files) {
    Gui gui(files, 1);
    Popover popover(gui, dark_theme());
    const auto scene = read_scene(LULL_GOLDEN_DIR "/unknown.json");  // full of "—"
    if (!scene) return {};
    const ViewModel view = make_view(scene->state, scene->now);
    const FrameGeometry geometry = frame_geometry(2000, 1, false);
    popover.resize(geometry.width, geometry.height, geometry.margin);
    popover.frame(view, 0.02);
    Drawn drawn;
    drawn.built_in = gui.has_built_in_letters();
    for (const Letter& letter : letters_of(popover.frame(view, 0.02))) {
      ++drawn.letters;
      for (const ImFont* const font : ImGui::GetIO().Fonts->Fonts) {
        const ImFontGlyph* const fallback = font->FallbackGlyph;
        if (fallback != nullptr && fallback->U0 == letter.texel.x && fallback->V0 == letter.texel.y)
          ++drawn.unknown;
      }
    }
    return drawn;
  }

  support::TempDir home_;
};

TEST_F(Fonts, AMachineWithoutAnyIsToldSo) {
  home_.write("fonts.conf", "<?xml version=\"1.0\"?><fontconfig></fontconfig>\n");
  ::setenv("FONTCONFIG_FILE", (home_.path() + "/fonts.conf").c_str(), 1);
  const FontFiles files = find_font_files();
  EXPECT_EQ(files.regular.path, "");
  EXPECT_NE(files.complaint.find("no fonts on this machine"), std::string::npos);
  EXPECT_EQ(files.complaint.find('\n'), std::string::npos) << "one line";
  const Drawn drawn = draw(files);
  EXPECT_GT(drawn.letters, 100U);
  EXPECT_EQ(drawn.unknown, 0U) << "dashes are among what we write";
}

TEST_F(Fonts, WhereThereAreSomeNobodyComplains) {
  const FontFiles files = find_font_files();
  EXPECT_NE(files.regular.path, "");
  EXPECT_EQ(files.complaint, "");
}

TEST_F(Fonts, AFileThatIsNoFontIsNotOne) {
  home_.write("some.ttf", "this is no font");
  home_.write("like.ttf", "OTTO" + std::string(2000, 'x'));
  FontFiles files;
  for (const char* name : {"/some.ttf", "/like.ttf", "/gone.ttf"}) {
    files.regular.path = files.bold.path = home_.path() + name;
    const Drawn drawn = draw(files);
    EXPECT_GT(drawn.letters, 100U) << name;
    EXPECT_EQ(drawn.unknown, 0U) << name;
    EXPECT_TRUE(drawn.built_in) << name;
  }
}

TEST_F(Fonts, ABadBoldOneDoesNotTakeTheOthersWithIt) {
  home_.write("bold.ttf", "OTTO" + std::string(2000, 'x'));
  FontFiles files = find_font_files();
  files.bold.path = home_.path() + "/bold.ttf";
  const Drawn drawn = draw(files);
  EXPECT_GT(drawn.letters, 100U);
  EXPECT_FALSE(drawn.built_in);
}

}  // namespace
}  // namespace lull::ui
