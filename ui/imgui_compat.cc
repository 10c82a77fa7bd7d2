// SPDX-License-Identifier: MIT
#include "ui/imgui_compat.h"

#include <cfloat>
#include <optional>

#include <imgui.h>
#include <imgui_internal.h>

#if __has_include(<imgui_freetype.h>)
#include <imgui_freetype.h>
#define LULL_HAS_IMGUI_FREETYPE
#elif __has_include(<misc/freetype/imgui_freetype.h>)
#include <misc/freetype/imgui_freetype.h>
#define LULL_HAS_IMGUI_FREETYPE
#endif

#if __has_include(<backends/imgui_impl_opengl3.h>)
#include <backends/imgui_impl_opengl3.h>
#else
#include <imgui_impl_opengl3.h>
#endif

namespace lull::ui {
namespace {

// Those that a text field understands; everything else is the popover's own business.
std::optional<ImGuiKey> imgui_key(Key key) {
  switch (key) {
    case Key::kEscape:
      return ImGuiKey_Escape;
    case Key::kEnter:
      return ImGuiKey_Enter;
    case Key::kLeft:
      return ImGuiKey_LeftArrow;
    case Key::kRight:
      return ImGuiKey_RightArrow;
    case Key::kHome:
      return ImGuiKey_Home;
    case Key::kEnd:
      return ImGuiKey_End;
    case Key::kBackspace:
      return ImGuiKey_Backspace;
    case Key::kDelete:
      return ImGuiKey_Delete;
    case Key::kA:
      return ImGuiKey_A;
    case Key::kC:
      return ImGuiKey_C;
    case Key::kV:
      return ImGuiKey_V;
    case Key::kX:
      return ImGuiKey_X;
    case Key::kZ:
      return ImGuiKey_Z;
    default:
      return std::nullopt;
  }
}

}  // namespace

#if IMGUI_VERSION_NUM >= 18700

void prepare_input() {}

void feed_input(const InputEvent& event) {
  ImGuiIO& io = ImGui::GetIO();
  switch (event.kind) {
    case InputEvent::Kind::kPointer:
      return io.AddMousePosEvent(event.x, event.y);
    case InputEvent::Kind::kPointerLeft:
      return io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
    case InputEvent::Kind::kButton:
      return io.AddMouseButtonEvent(0, event.down);
    case InputEvent::Kind::kWheel:
      return io.AddMouseWheelEvent(0, event.y);
    case InputEvent::Kind::kText:
      return io.AddInputCharactersUTF8(event.text.c_str());
    case InputEvent::Kind::kFocusLost:
      return io.AddFocusEvent(false);
    case InputEvent::Kind::kKey:
      io.AddKeyEvent(ImGuiMod_Ctrl, event.control);
      io.AddKeyEvent(ImGuiMod_Shift, event.shift);
      if (const auto key = imgui_key(event.key)) io.AddKeyEvent(*key, event.down);
      return;
  }
}

#else

void prepare_input() {
  ImGuiIO& io = ImGui::GetIO();
  for (int key = 0; key < ImGuiKey_COUNT; ++key) io.KeyMap[key] = key;
  io.MousePos = {-FLT_MAX, -FLT_MAX};
}

void feed_input(const InputEvent& event) {
  ImGuiIO& io = ImGui::GetIO();
  switch (event.kind) {
    case InputEvent::Kind::kPointer:
      io.MousePos = {event.x, event.y};
      return;
    case InputEvent::Kind::kPointerLeft:
      io.MousePos = {-FLT_MAX, -FLT_MAX};
      return;
    case InputEvent::Kind::kButton:
      io.MouseDown[0] = event.down;
      return;
    case InputEvent::Kind::kWheel:
      io.MouseWheel += event.y;
      return;
    case InputEvent::Kind::kText:
      return io.AddInputCharactersUTF8(event.text.c_str());
    case InputEvent::Kind::kFocusLost:
      for (bool& down : io.KeysDown) down = false;
      return;
    case InputEvent::Kind::kKey:
      io.KeyCtrl = event.control;
      io.KeyShift = event.shift;
      if (const auto key = imgui_key(event.key)) io.KeysDown[*key] = event.down;
      return;
  }
}

#endif

void edit_next_field([[maybe_unused]] const char* label) {
#if IMGUI_VERSION_NUM >= 19000
  ImGui::ActivateItemByID(ImGui::GetID(label));
#else
  ImGui::SetKeyboardFocusHere();
#endif
}

void use_freetype([[maybe_unused]] ImFontAtlas& atlas) {
#ifdef LULL_HAS_IMGUI_FREETYPE
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
#endif
}

bool begin_opengl(const char* version) {
  if (!ImGui_ImplOpenGL3_Init(version)) return false;
  ImGui_ImplOpenGL3_NewFrame();  // makes its shaders and takes the fonts' picture
  return true;
}

// The backend only reads, it does not say so.
void draw_by_opengl(const ImDrawData& data) {
  ImGui_ImplOpenGL3_RenderDrawData(const_cast<ImDrawData*>(&data));
}

void end_opengl() { ImGui_ImplOpenGL3_Shutdown(); }

}  // namespace lull::ui
