// SPDX-License-Identifier: MIT
#include "tests/ui/drawn.h"

#include <algorithm>
#include <functional>

namespace lull::ui {
namespace {

using Quad = std::function<void(ImDrawVert* const (&corners)[4], const ImDrawCmd&)>;

// Letters are the quads with another texel than the white one that plain shapes are drawn with; a
// quad is two triangles, of which the first has its upper left, upper right and lower right
// corners, the second its lower left one last (imgui_draw).
void visit(ImDrawList& list, const ImDrawCmd& command, const Quad& quad) {
  const ImVec2 white = ImGui::GetIO().Fonts->TexUvWhitePixel;
  const auto vertex = [&](unsigned at) -> ImDrawVert* {
    const int index = list.IdxBuffer[static_cast<int>(command.IdxOffset + at)];
    return &list.VtxBuffer[static_cast<int>(command.VtxOffset) + index];
  };
  for (unsigned at = 0; at + 3 <= command.ElemCount;) {
    const bool plain = vertex(at)->uv.x == white.x && vertex(at)->uv.y == white.y;
    if (!plain) quad({vertex(at), vertex(at + 1), vertex(at + 2), vertex(at + 5)}, command);
    at += plain ? 3 : 6;
  }
}

void visit(const ImDrawData& data, const Quad& quad) {
  for (int at = 0; at < data.CmdListsCount; ++at)
    for (const ImDrawCmd& command : data.CmdLists[at]->CmdBuffer)
      visit(*data.CmdLists[at], command, quad);
}

}  // namespace

bool Letter::is_cut() const {
  constexpr float kRounding = 1;
  return left < clip.x - kRounding || top < clip.y - kRounding || right > clip.z + kRounding ||
         bottom > clip.w + kRounding;
}

bool Letter::is_gone() const {
  return right <= clip.x || bottom <= clip.y || left >= clip.z || top >= clip.w;
}

std::vector<Letter> letters_of(const ImDrawData& data) {
  std::vector<Letter> found;
  visit(data, [&](ImDrawVert* const(&corners)[4], const ImDrawCmd& command) {
    const ImDrawVert &first = *corners[0], &third = *corners[2];
    found.push_back({first.pos.x, first.pos.y, third.pos.x, third.pos.y, command.ClipRect,
                     first.col, first.uv});
  });
  return found;
}

void hide_letters(const ImDrawData& data) {
  visit(data, [](ImDrawVert* const(&corners)[4], const ImDrawCmd&) {
    for (ImDrawVert* const corner : corners) corner->col &= ~IM_COL32_A_MASK;
  });
}

int ellipses(const std::vector<Letter>& letters) {
  const auto is_one = [](const Letter& letter) {
    const auto& fonts = ImGui::GetIO().Fonts->Fonts;
    return std::any_of(fonts.begin(), fonts.end(), [&](ImFont* font) {
      const ImFontGlyph* const glyph = font->FindGlyphNoFallback(0x2026);
      return glyph != nullptr && glyph->U0 == letter.texel.x && glyph->V0 == letter.texel.y;
    });
  };
  return static_cast<int>(std::count_if(letters.begin(), letters.end(), is_one));
}

std::vector<std::filesystem::path> scenes() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(LULL_GOLDEN_DIR))
    if (entry.path().extension() == ".json") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace lull::ui
