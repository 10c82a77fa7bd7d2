// SPDX-License-Identifier: MIT
// What stands in the popover for every scene of tests/golden/popover, word by word.
// LULL_UPDATE_GOLDEN=1 writes the texts anew: read the difference before you keep it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "agent/control/protocol.h"
#include "ui/client/decode.h"
#include "ui/view/view_model.h"

namespace lull::ui {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(PopoverGolden, EverySceneReadsAsItsTextSays) {
  std::size_t scenes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LULL_GOLDEN_DIR)) {
    if (entry.path().extension() != ".json") continue;
    const auto scene = read_scene(entry.path().string());
    ASSERT_TRUE(scene.has_value()) << scene.error().to_string();
    const std::string seen = as_text(make_view(scene->state, scene->now));
    std::filesystem::path golden = entry.path();
    golden.replace_extension(".txt");
    if (std::getenv("LULL_UPDATE_GOLDEN") != nullptr)
      std::ofstream(golden, std::ios::binary) << seen;
    EXPECT_EQ(seen, read_file(golden.string())) << golden;
    ++scenes;
  }
  EXPECT_GE(scenes, 15U);
}

// So that the tests of what is drawn draw all of them. The other list is what `lull config --json`
// prints (tests/golden/cli), which comes from the one table.
TEST(PopoverGolden, TheSceneOfTheSettingsHasEverySettingThereIs) {
  const std::string printed = read_file(LULL_GOLDEN_DIR "/../cli/config-show-json.txt");
  const std::size_t begin = printed.find('{');
  ASSERT_NE(begin, std::string::npos);
  const auto config =
      control::parse_message(printed.substr(begin, printed.find('\n', begin) - begin));
  ASSERT_TRUE(config.has_value());
  const auto scene = read_scene(LULL_GOLDEN_DIR "/settings.json");
  ASSERT_TRUE(scene.has_value() && scene->state.settings);
  const auto words = [](const std::vector<Setting>& settings) {
    std::string text;
    for (const Setting& setting : settings) {
      text += setting.key + " = " + setting.default_value + " # " + setting.help;
      for (const std::string& word : setting.words) text += " " + word;
      text += "\n";
    }
    return text;
  };
  EXPECT_EQ(words(*scene->state.settings), words(decode_settings(*config)));
  std::size_t rows = 0;
  for (const auto& section : make_view(scene->state, scene->now).settings.sections)
    rows += section.rows.size();
  EXPECT_EQ(rows, scene->state.settings->size());
}

}  // namespace
}  // namespace lull::ui
