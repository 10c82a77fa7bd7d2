// SPDX-License-Identifier: MIT
// What stands in the popover for every scene of tests/golden/popover, word by word.
// LULL_UPDATE_GOLDEN=1 writes the texts anew: read the difference before you keep it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lull::ui
