// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <vector>

#include <imgui.h>

// What a frame of Dear ImGui's draws, taken apart again.
namespace lull::ui {

struct Letter {
  float left, top, right, bottom;
  ImVec4 clip;
  ImU32 color;
  ImVec2 texel;  // upper left in the fonts' picture: which letter of which font it is

  float area() const { return (right - left) * (bottom - top); }
  // Some of it is beyond the edge of what it is in.
  bool is_cut() const;
  // All of it is.
  bool is_gone() const;
};

std::vector<Letter> letters_of(const ImDrawData& data);
// From now on nothing is seen of the letters.
void hide_letters(const ImDrawData& data);
// Of these, those that say that a text goes on: "…".
int ellipses(const std::vector<Letter>& letters);

// The states in tests/golden/popover, in the order of their names.
std::vector<std::filesystem::path> scenes();

}  // namespace lull::ui
