// SPDX-License-Identifier: MIT
// The pages behind the two icons: history and settings.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "ui/imgui_compat.h"
#include "ui/panels/panels.h"

namespace lull::ui {
namespace {

void history_row(Canvas& canvas, const HistoryRow& row) {
  const Card card(canvas);
  const float when_room = canvas.text_width(canvas.fonts.small, row.when);
  canvas.line(canvas.fonts.strong, canvas.theme.text, row.title, canvas.x, canvas.y,
              canvas.width - when_room - canvas.px(10));
  canvas.line(canvas.fonts.small, canvas.theme.muted, row.when, canvas.x, canvas.y + canvas.px(1),
              canvas.width, Align::kRight);
  canvas.text_space(21);
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

// One button per word; those that are in force are filled.
void choice(Canvas& canvas, const SettingRow& row, float left, float top, bool enabled) {
  for (const std::string& word : row.words) {
    const float wide = canvas.button_width(word);
    const auto kind = row.is_chosen(word) ? ButtonKind::kChosen : ButtonKind::kQuiet;
    if (canvas.button("set-" + row.key + "-" + word, word, {left, top}, {wide, canvas.text_px(28)},
                      kind, enabled))
      if (const auto value = pressed_value(row, word)) set(canvas, row.key, *value);
    left += wide + canvas.px(4);
  }
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

// Enter keeps the text, Esc and leaving the field drop it.
void open_field(Canvas& canvas, const SettingRow& row, ImVec2 at, ImVec2 size,
                PanelMemory& memory) {
  std::array<char, 512> buffer{};
  memory.edited.copy(buffer.data(), buffer.size() - 1);
  ImGui::SetCursorScreenPos(at);
  colour_field(canvas.theme);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding,
                      {canvas.px(8), (size.y - canvas.text_height(canvas.fonts.body)) / 2});
  ImGui::SetNextItemWidth(size.x);
  const std::string label = "##" + row.key;
  if (std::exchange(memory.editing_begins, false)) edit_next_field(label.c_str());
  const bool entered =
      ImGui::InputText(label.c_str(), buffer.data(), buffer.size(),
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(3);
  const bool left = ImGui::IsItemDeactivated();
  memory.edited = buffer.data();
  if (entered && memory.edited != row.value) set(canvas, row.key, memory.edited);
  if (entered || left) memory.editing.clear();
}

void text_value(Canvas& canvas, const SettingRow& row, bool enabled, PanelMemory& memory) {
  const ImVec2 size{canvas.width * 0.46F, canvas.text_px(28)};
  const ImVec2 at{canvas.x + canvas.width - size.x, canvas.y - canvas.px(5)};
  if (memory.editing == row.key) return open_field(canvas, row, at, size, memory);
  if (canvas.button("edit-" + row.key, row.value.empty() ? "—" : row.value, at, size,
                    ButtonKind::kSecondary, enabled)) {
    memory.editing = row.key;
    memory.edited = row.value;
    memory.editing_begins = true;
  }
}

void setting_row(Canvas& canvas, const SettingRow& row, bool enabled, PanelMemory& memory) {
  const std::string& label = row.label;
  const float right = canvas.x + canvas.width;
  const float label_room = canvas.width * 0.5F;
  if (is_switch(row)) {
    const float wide = canvas.px(Canvas::toggle_width());
    canvas.line(canvas.fonts.body, canvas.theme.text, label, canvas.x, canvas.y,
                canvas.width - wide - canvas.px(10));
    if (canvas.toggle("set-" + row.key, {right - wide, canvas.y - canvas.px(2)},
                      row.value == "true", enabled))
      set(canvas, row.key, row.value == "true" ? "false" : "true");
    canvas.text_space(21);
  } else if (!row.words.empty()) {
    const float wide = choice_width(canvas, row);
    const bool beside =
        canvas.text_width(canvas.fonts.body, label) + wide + canvas.px(8) <= canvas.width;
    canvas.line(canvas.fonts.body, canvas.theme.text, label, canvas.x, canvas.y,
                beside ? canvas.width - wide - canvas.px(4) : canvas.width);
    if (!beside) canvas.text_space(24);
    choice(canvas, row, beside ? right - wide + canvas.px(4) : canvas.x, canvas.y - canvas.px(6),
           enabled);
    canvas.text_space(26);
  } else {
    canvas.line(canvas.fonts.body, canvas.theme.text, label, canvas.x, canvas.y, label_room);
    text_value(canvas, row, enabled, memory);
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
