// SPDX-License-Identifier: MIT
#include "ui/gui.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <imgui.h>

#include "ui/imgui_compat.h"

namespace lull::ui {
namespace {

// Latin, Greek and Cyrillic, which programs and mounts are named in, and the signs we write.
constexpr std::array<ImWchar, 11> kAllLetters = {0x0020, 0x024f, 0x0370, 0x04ff, 0x2010, 0x2027,
                                                 0x2032, 0x2033, 0x20ac, 0x20ac, 0};
constexpr std::array<ImWchar, 7> kLatin = {0x0020, 0x017f, 0x2010, 0x2027, 0x20ac, 0x20ac, 0};
constexpr std::array<ImWchar, 5> kFigures = {0x0020, 0x0039, 0x2012, 0x2014, 0};

constexpr float kSmall = 12, kBody = 13.5F, kTitle = 17, kLarge = 25;
// What a font file may have; larger ones are not worth the memory.
constexpr std::streamoff kMaxFontBytes = 64 << 20;

// How a font begins (OpenType 1.9, "Organization of an OpenType font" and "Font collections"): what
// does not is none, and ImGui would rather end the program than say so.
bool begins_as_font(const std::vector<char>& bytes) {
  constexpr std::array<std::string_view, 4> kBegins = {std::string_view("\0\1\0\0", 4), "OTTO",
                                                       "true", "ttcf"};
  constexpr std::size_t kSmallest = 1024;
  const std::string_view begin(bytes.data(), std::min<std::size_t>(bytes.size(), 4));
  return bytes.size() >= kSmallest &&
         std::find(kBegins.begin(), kBegins.end(), begin) != kBegins.end();
}

std::vector<char> read_font(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : 0;
  if (size <= 0 || size > kMaxFontBytes) return {};
  std::vector<char> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  if (!file.read(bytes.data(), size) || !begins_as_font(bytes)) return {};
  return bytes;
}

// The atlas uses the bytes until it is built; they are not its own.
ImFont* add_font(std::vector<char>& bytes, int index, float size, const ImWchar* letters) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  ImFontConfig config;
  config.SizePixels = std::max(1.0F, std::round(size));
  config.OversampleH = config.OversampleV = 1;
  config.PixelSnapH = true;
  if (bytes.empty()) return atlas.AddFontDefault(&config);
  config.FontDataOwnedByAtlas = false;
  config.FontNo = index;
  return atlas.AddFontFromMemoryTTF(bytes.data(), static_cast<int>(bytes.size()), config.SizePixels,
                                    &config, letters);
}

// The built-in letters are ASCII and Latin-1: for the signs we write besides there is another one.
void use_signs_of_built_in(ImFont& font) {
  constexpr std::pair<ImWchar, ImWchar> kSigns[] = {
      {0x2012, '-'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''},
      {0x201c, '"'}, {0x201d, '"'}, {0x2026, 0x85}};  // the last is "…", where ImGui has its own
  for (const auto& [sign, built_in] : kSigns) font.AddRemapChar(sign, built_in);
}

void set_style(float scale) {
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = style.FramePadding = style.ItemSpacing = {0, 0};
  style.WindowBorderSize = style.ChildBorderSize = style.FrameBorderSize = 0;
  style.WindowMinSize = {1, 1};
  // Lines as geometry: the raster then needs no filtered texture.
  style.AntiAliasedLinesUseTex = false;
  style.CircleTessellationMaxError = 0.15F;
  style.FrameRounding = std::round(6 * scale);
  style.Colors[ImGuiCol_WindowBg] = style.Colors[ImGuiCol_ChildBg] = {0, 0, 0, 0};
}

}  // namespace

void Gui::Destroy::operator()(ImGuiContext* context) const { ImGui::DestroyContext(context); }

Gui::Gui(const FontFiles& files, double scale, double text_scale)
    : context_(ImGui::CreateContext()), scale_(scale), text_scale_(text_scale) {
  ImGui::SetCurrentContext(context_.get());
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigInputTextCursorBlink = false;  // a blinking cursor would be a frame every half second
  prepare_input();
  set_style(static_cast<float>(scale));
  load_fonts(files);
}

Gui::~Gui() = default;

void Gui::load_fonts(const FontFiles& files) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors | ImFontAtlasFlags_NoBakedLines;
  atlas.TexDesiredWidth = scale_ > 1.3 ? 1024 : 512;
  use_freetype(atlas);
  std::vector<char> regular = read_font(files.regular.path);
  std::vector<char> bold = read_font(files.bold.path);
  const int bold_face = bold.empty() ? files.regular.index : files.bold.index;
  if (bold.empty()) bold = regular;
  add_fonts(regular, files.regular.index, bold, bold_face);
  // What claims to be a font and is none: first the bold one is suspected.
  if (!regular.empty() && !atlas.Build()) {
    atlas.Clear();
    add_fonts(regular, files.regular.index, regular, files.regular.index);
    if (!atlas.Build()) {
      atlas.Clear();
      regular.clear();
      add_fonts(regular, 0, regular, 0);
    }
  }
  built_in_letters_ = regular.empty();
  unsigned char* texels = nullptr;
  atlas.GetTexDataAsAlpha8(&texels, &texture_.width, &texture_.height);
  texture_.texels = texels;
  atlas.SetTexID((ImTextureID)1);  // the only one there is
  if (built_in_letters_)
    for (ImFont* const font : atlas.Fonts) use_signs_of_built_in(*font);
  atlas.ClearInputData();
}

void Gui::add_fonts(std::vector<char>& regular, int face, std::vector<char>& bold, int bold_face) {
  const auto size = [&](float logical) {
    return static_cast<float>(logical * scale_ * text_scale_);
  };
  fonts_.body = add_font(regular, face, size(kBody), kAllLetters.data());
  fonts_.small = add_font(regular, face, size(kSmall), kAllLetters.data());
  fonts_.strong = add_font(bold, bold_face, size(kBody), kLatin.data());
  fonts_.title = add_font(bold, bold_face, size(kTitle), kLatin.data());
  fonts_.large = add_font(bold, bold_face, size(kLarge), kFigures.data());
}

void Gui::use_text_scale(const FontFiles& files, double text_scale) {
  ImGui::SetCurrentContext(context_.get());
  text_scale_ = text_scale;
  ImGui::GetIO().Fonts->Clear();
  load_fonts(files);
}

void Gui::feed(const InputEvent& event) {
  ImGui::SetCurrentContext(context_.get());
  feed_input(event);
}

const ImDrawData& Gui::frame(int width, int height, double elapsed_seconds,
                             const std::function<void()>& contents) {
  ImGui::SetCurrentContext(context_.get());
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  io.DeltaTime = static_cast<float>(std::clamp(elapsed_seconds, 0.001, 1.0));
  ImGui::NewFrame();
  contents();
  ImGui::Render();
  return *ImGui::GetDrawData();
}

}  // namespace lull::ui
