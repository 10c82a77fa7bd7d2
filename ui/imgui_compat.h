// SPDX-License-Identifier: MIT
#pragma once
#include "ui/input.h"

struct ImDrawData;
struct ImFontAtlas;

// The one place that knows which Dear ImGui this is: Debian 12 has 1.86, Debian 13 has 1.90. Until
// 1.87 input was written into ImGuiIO; since then it is queued. Of the context that is current.
namespace lull::ui {

// Once per context, before its first frame.
void prepare_input();
void feed_input(const InputEvent& event);
// The text field that comes next, with this label, is edited from the next frame on. 1.90 does
// not do that for SetKeyboardFocusHere() in our windows.
void edit_next_field(const char* label);
// FreeType with light hinting instead of stb_truetype, where this ImGui was built with it.
void use_freetype(ImFontAtlas& atlas);

// ImGui's own OpenGL 3 backend, for the OpenGL context that is current; shaders in the dialect that
// `version` names. False if it does not start.
bool begin_opengl(const char* version);
void draw_by_opengl(const ImDrawData& data);
void end_opengl();

}  // namespace lull::ui
