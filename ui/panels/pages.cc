// SPDX-License-Identifier: MIT
// The pages behind the two icons: history and settings.
#include <algorithm>
#include <optional>
#include <utility>

#include "ui/imgui_compat.h"
#include "ui/panels/panels.h"

namespace lull::ui {
namespace {

void history_row(Canvas& canvas, const HistoryRow& row) {
  const Card card(canvas);
  const float when_room = canvas.text_width(canvas.fonts.small, row.when);
  canvas.line(canvas.fonts.small, canvas.theme.muted, row.when, canvas.x, canvas.y + canvas.px(1),
              canvas.width, Align::kRight);
  const float title = canvas.block(canvas.fonts.strong, canvas.theme.text, row.title, canvas.x,
                                   canvas.y, canvas.width - when_room - canvas.px(10));
  canvas.y += std::max(canvas.text_px(21), title + canvas.text_px(4));
  const float undo = row.undoable ? canvas.button_width("Undo") : 0;
  const float whole = canvas.width, top = canvas.y;
  canvas.width -= undo > 0 ? undo + canvas.px(10) : 0;
  canvas.paragraph(canvas.fonts.small, canvas.theme.muted, row.detail);
  canvas.width = whole;
  if (!row.undoable) return;
  const float tall = canvas.text_px(28);
  if (canvas.button("undo-" + std::to_string(row.run), "Undo",
                    {canvas.x + canvas.width - undo, top - canvas.px(2)}, {undo, tall},
                    ButtonKind::kSecondary)) {
    Intent intent{Intent::Kind::kUndo};
    intent.run = row.run;
    canvas.intents.push_back(intent);
  }
  canvas.y = std::max(canvas.y, top - canvas.px(2) + tall);
}

void set(Canvas& canvas, const std::string& key, const std::string& value) {
  Intent intent{Intent::Kind::kSet};
  intent.key = key;
  intent.value = value;
  canvas.intents.push_back(intent);
}

bool is_switch(const SettingRow& row) {
  return row.words.size() == 2 && (row.value == "true" || row.value == "false");
}

// What the setting is after a press on one of its words; nullopt: what it was.
std::optional<std::string> pressed_value(const SettingRow& row, const std::string& pressed) {
  if (!row.several) return pressed == row.value ? std::nullopt : std::optional(pressed);
  std::string list;
  for (const std::string& word : row.words)
    if (row.is_chosen(word) != (word == pressed))
      list += (list.empty() ? "\"" : ", \"") + word + "\"";
  return "[" + list + "]";
}

// One button per word, in as many lines as it takes; those that are in force are filled. Gives the
// upper edge of the last line.
float choice(Canvas& canvas, const SettingRow& row, float left, float top, bool enabled) {
  const float begin = left, right = canvas.x + canvas.width;
  for (const std::string& word : row.words) {
    const float wide = canvas.button_width(word);
    if (left > begin && left + wide > right + 1) {
      left = begin;
      top += canvas.text_px(32);
    }
    const auto kind = row.is_chosen(word) ? ButtonKind::kChosen : ButtonKind::kQuiet;
    if (canvas.button("set-" + row.key + "-" + word, word, {left, top}, {wide, canvas.text_px(28)},
                      kind, enabled))
      if (const auto value = pressed_value(row, word)) set(canvas, row.key, *value);
    left += wide + canvas.px(4);
  }
  return top;
}

float choice_width(const Canvas& canvas, const SettingRow& row) {
  float wide = 0;
  for (const std::string& word : row.words) wide += canvas.button_width(word) + canvas.px(4);
  return wide;
}

void colour_field(const Theme& theme) {
  const auto vector = [](Color color) { return ImGui::ColorConvertU32ToFloat4(packed(color)); };
  ImGui::PushStyleColor(ImGuiCol_FrameBg, vector(theme.track));
  ImGui::PushStyleColor(ImGuiCol_Text, vector(theme.text));
  ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, vector(theme.selection));
}

// As long as what is typed, or pasted: ImGui asks for more room.
int give_room(ImGuiInputTextCallbackData* asked) {
  auto& text = *static_cast<std::string*>(asked->UserData);
  text.resize(static_cast<std::size_t>(asked->BufTextLen));
  asked->Buf = text.data();
  return 0;
}

// Enter keeps the text, Esc and leaving the field drop it.
void open_field(Canvas& canvas, const SettingRow& row, ImVec2 at, ImVec2 size,
                PanelMemory& memory) {
  ImGui::SetCursorScreenPos(at);
  colour_field(canvas.theme);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                      {canvas.px(8), (size.y - canvas.text_height(canvas.fonts.body)) / 2});
  ImGui::SetNextItemWidth(size.x);
  const std::string label = "##" + row.key;
  if (std::exchange(memory.editing_begins, false)) edit_next_field(label.c_str());
  const bool entered =
      ImGui::InputText(label.c_str(), memory.edited.data(), memory.edited.size() + 1,
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll |
                           ImGuiInputTextFlags_CallbackResize,
                       give_room, &memory.edited);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(3);
  const bool left = ImGui::IsItemDeactivated();
  if (entered && memory.edited != row.value) set(canvas, row.key, memory.edited);
  if (entered || left) memory.editing.clear();
}

void text_value(Canvas& canvas, const SettingRow& row, float wide, bool enabled,
                PanelMemory& memory) {
  const ImVec2 size{wide, canvas.text_px(28)};
  const ImVec2 at{canvas.x + canvas.width - size.x, canvas.y - canvas.px(5)};
  if (memory.editing == row.key) return open_field(canvas, row, at, size, memory);
  if (canvas.button("edit-" + row.key, row.value.empty() ? "—" : row.value, at, size,
                    ButtonKind::kSecondary, enabled)) {
    memory.editing = row.key;
    memory.edited = row.value;
    memory.editing_begins = true;
  }
}

// The label beside what is set, which takes `wide`; or above it, if there is no room. True: beside.
bool label_beside(Canvas& canvas, const SettingRow& row, float wide) {
  const float needed = canvas.text_width(canvas.fonts.body, row.label) + wide + canvas.px(8);
  const bool beside = needed <= canvas.width;
  const float tall = canvas.block(canvas.fonts.body, canvas.theme.text, row.label, canvas.x,
                                  canvas.y, canvas.width);
  if (!beside) canvas.y += tall + canvas.text_px(8);
  return beside;
}

void switch_row(Canvas& canvas, const SettingRow& row, bool enabled) {
  const float wide = canvas.px(Canvas::toggle_width());
  const float tall = canvas.block(canvas.fonts.body, canvas.theme.text, row.label, canvas.x,
                                  canvas.y, canvas.width - wide - canvas.px(10));
  const bool on = row.value == "true";
  if (canvas.toggle("set-" + row.key, {canvas.x + canvas.width - wide, canvas.y - canvas.px(2)}, on,
                    enabled))
    set(canvas, row.key, on ? "false" : "true");
  canvas.y += std::max(canvas.text_px(21), tall + canvas.px(5));
}

void words_row(Canvas& canvas, const SettingRow& row, bool enabled) {
  const float wide = choice_width(canvas, row);
  const bool beside = label_beside(canvas, row, wide);
  const float left = beside ? canvas.x + canvas.width - wide + canvas.px(4) : canvas.x;
  canvas.y = choice(canvas, row, left, canvas.y - canvas.px(6), enabled) + canvas.px(6);
  canvas.text_space(26);
}

void setting_row(Canvas& canvas, const SettingRow& row, bool enabled, PanelMemory& memory) {
  if (is_switch(row)) {
    switch_row(canvas, row, enabled);
  } else if (!row.words.empty()) {
    words_row(canvas, row, enabled);
  } else {
    const float wide = canvas.width * 0.46F;
    const bool beside = label_beside(canvas, row, wide);
    text_value(canvas, row, beside ? wide : canvas.width, enabled, memory);
    canvas.text_space(27);
  }
  canvas.paragraph(canvas.fonts.small, canvas.theme.muted, row.help);
}

void note(Canvas& canvas, const std::string& text) {
  if (text.empty()) return;
  const Card card(canvas);
  canvas.paragraph(canvas.fonts.body, canvas.theme.muted, text);
}

}  // namespace

void history_page(Canvas& canvas, const HistoryView& view) {
  note(canvas, view.note);
  for (const HistoryRow& row : view.rows) history_row(canvas, row);
}

void settings_page(Canvas& canvas, const SettingsView& view, bool enabled, PanelMemory& memory) {
  note(canvas, view.note);
  for (const auto& section : view.sections) {
    const Card card(canvas);
    canvas.line(canvas.fonts.strong, canvas.theme.text, section.title, canvas.x, canvas.y,
                canvas.width);
    canvas.text_space(29);
    for (std::size_t at = 0; at < section.rows.size(); ++at) {
      if (at > 0) canvas.space(18);
      const SettingRow& row = section.rows[at];
      setting_row(canvas, row, enabled && !row.locked, memory);
    }
  }
}

}  // namespace lull::ui
