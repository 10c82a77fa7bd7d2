// SPDX-License-Identifier: MIT
// Welcome, Optimize, what could be cleaned, background work, footer.
#include <algorithm>

#include "ui/panels/panels.h"

namespace lull::ui {
namespace {

constexpr std::size_t kShortList = 5;

void intend(Canvas& canvas, Intent::Kind kind) { canvas.intents.push_back({kind}); }

// A small text in as many lines as it takes, in the middle of a button's height or higher than it.
// Gives the height of both.
float beside_button(Canvas& canvas, const std::string& text, float left, float room, float button) {
  ImFont* const font = canvas.fonts.small;
  const float needed = canvas.paragraph_height(font, text, room);
  const float tall = std::max(button, needed);
  canvas.block(font, canvas.theme.muted, text, left, canvas.y + (tall - needed) / 2, room);
  return tall;
}

void progress_card(Canvas& canvas, const OptimizeView& view) {
  const Card card(canvas);
  const std::string percent =
      view.fraction ? std::to_string(static_cast<int>(*view.fraction * 100)) + " %" : "";
  const float room = canvas.text_width(canvas.fonts.body, percent);
  canvas.line(canvas.fonts.strong, canvas.theme.text, view.title, canvas.x, canvas.y,
              canvas.width - room - canvas.px(8));
  canvas.line(canvas.fonts.body, canvas.theme.muted, percent, canvas.x, canvas.y, canvas.width,
              Align::kRight);
  canvas.text_space(25);
  canvas.meter(canvas.x, canvas.y, canvas.width, 6, view.fraction, canvas.theme.meter);
  canvas.space(17);
  const float wide = canvas.button_width("Cancel"), tall = canvas.text_px(30);
  if (canvas.button("cancel", "Cancel", {canvas.x + canvas.width - wide, canvas.y}, {wide, tall},
                    ButtonKind::kSecondary, view.cancel_enabled))
    intend(canvas, Intent::Kind::kCancel);
  canvas.y +=
      beside_button(canvas, view.detail, canvas.x, canvas.width - wide - canvas.px(10), tall);
}

void result_buttons(Canvas& canvas, const OptimizeView& view) {
  const float tall = canvas.text_px(32), gap = canvas.px(8);
  const float wide = view.undo_run ? (canvas.width - gap) / 2 : canvas.width;
  if (view.undo_run) {
    if (canvas.button("undo", "Undo", {canvas.x, canvas.y}, {wide, tall}, ButtonKind::kSecondary)) {
      Intent intent{Intent::Kind::kUndo};
      intent.run = view.undo_run;
      canvas.intents.push_back(intent);
    }
  }
  if (canvas.button("done", "Done", {canvas.x + canvas.width - wide, canvas.y}, {wide, tall},
                    ButtonKind::kSecondary))
    intend(canvas, Intent::Kind::kDismiss);
  canvas.y += tall;
}

void result_card(Canvas& canvas, const OptimizeView& view) {
  const Card card(canvas);
  const float line = canvas.text_height(canvas.fonts.strong);
  canvas.dot({canvas.x + canvas.px(5), canvas.y + line / 2}, 5, text_of(canvas.theme, view.tone));
  const float title =
      canvas.block(canvas.fonts.strong, canvas.theme.text, view.title, canvas.x + canvas.px(18),
                   canvas.y, canvas.width - canvas.px(18));
  canvas.y += std::max(canvas.text_px(24), title + canvas.text_px(5));
  for (const std::string& text : view.lines) {
    canvas.paragraph(canvas.fonts.small, canvas.theme.muted, text);
    canvas.space(4);
  }
  canvas.space(8);
  result_buttons(canvas, view);
}

// Its title and note take as many lines as they need: what would go is not left to guess.
void category_row(Canvas& canvas, const ReclaimRow& row) {
  const FontSet& fonts = canvas.fonts;
  const float box = canvas.px(17), pad = canvas.px(6), between = canvas.px(2);
  const float left = canvas.x + box + canvas.px(11);
  const float size_room = canvas.text_width(fonts.body, row.size);
  const float room = canvas.x + canvas.width - left - size_room - canvas.px(10);
  const float text = canvas.paragraph_height(fonts.body, row.title, room) + between +
                     canvas.paragraph_height(fonts.small, row.note, room);
  const float tall = std::max(canvas.text_px(38), text + canvas.text_px(9));
  if (canvas.row("tick-" + row.id, {canvas.x - pad, canvas.y}, {canvas.width + 2 * pad, tall},
                 row.enabled)) {
    Intent intent{Intent::Kind::kTick};
    intent.categories = {row.id};
    intent.flag = !row.ticked;
    canvas.intents.push_back(intent);
  }
  canvas.tick_box({canvas.x, canvas.y + (tall - box) / 2}, box, row.ticked, row.enabled);
  float top = canvas.y + (tall - text) / 2;
  top += canvas.block(fonts.body, canvas.theme.text, row.title, left, top, room) + between;
  canvas.block(fonts.small, canvas.theme.muted, row.note, left, top, room);
  canvas.line(fonts.body, canvas.theme.text, row.size, canvas.x + canvas.width - size_room,
              canvas.y + (tall - canvas.text_height(fonts.body)) / 2, size_room);
  canvas.y += tall;
}

void reclaim_title(Canvas& canvas, const ReclaimView& view) {
  const float room = canvas.text_width(canvas.fonts.strong, view.total);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "Can be cleaned", canvas.x, canvas.y,
              canvas.width - room - canvas.px(10));
  canvas.line(canvas.fonts.strong, canvas.theme.text, view.total, canvas.x, canvas.y, canvas.width,
              Align::kRight);
  canvas.text_space(19);
  const std::string again = "Look again";
  const float wide = canvas.button_width(again);
  canvas.line(canvas.fonts.small, canvas.theme.muted, view.age.empty() ? "never looked" : view.age,
              canvas.x, canvas.y + canvas.px(3), canvas.width - wide);
  if (canvas.button("scan", again,
                    {canvas.x + canvas.width - wide + canvas.px(13), canvas.y - canvas.px(2)},
                    {wide, canvas.text_px(24)}, ButtonKind::kQuiet, view.scan_enabled))
    intend(canvas, Intent::Kind::kScan);
  canvas.text_space(27);
}

// Twice: first it shows what would go, then that goes.
void clean_button(Canvas& canvas, const ReclaimView& view) {
  const bool offered = !view.offer.empty();
  if (offered) {
    canvas.paragraph(canvas.fonts.small, canvas.theme.muted, view.offer);
    canvas.space(8);
  }
  const std::string withdraw = "Not now";
  const float tall = canvas.text_px(34), aside = offered ? canvas.button_width(withdraw) : 0;
  const float needed = canvas.text_width(canvas.fonts.strong, view.button) + canvas.px(12);
  const bool beside = !offered || needed <= canvas.width - aside;
  if (canvas.button("clean", view.button, {canvas.x, canvas.y},
                    {canvas.width - (beside ? aside : 0), tall},
                    offered ? ButtonKind::kPrimary : ButtonKind::kSecondary, view.button_enabled)) {
    Intent intent{Intent::Kind::kClean};
    intent.categories = view.chosen;
    canvas.intents.push_back(intent);
  }
  if (!beside) canvas.y += tall;
  if (offered && canvas.button("withdraw", withdraw, {canvas.x + canvas.width - aside, canvas.y},
                               {aside, tall}, ButtonKind::kQuiet))
    intend(canvas, Intent::Kind::kWithdraw);
  canvas.y += tall;
}

void line_of_work(Canvas& canvas, const char* label, const std::string& what,
                  const std::string& when) {
  const float label_room = canvas.text_px(40);
  const float when_room = canvas.text_width(canvas.fonts.small, when);
  canvas.line(canvas.fonts.small, canvas.theme.muted, label, canvas.x, canvas.y + canvas.px(1),
              label_room);
  canvas.line(canvas.fonts.small, canvas.theme.muted, when, canvas.x, canvas.y + canvas.px(1),
              canvas.width, Align::kRight);
  canvas.y += canvas.block(canvas.fonts.body, canvas.theme.text, what, canvas.x + label_room,
                           canvas.y, canvas.width - label_room - when_room - canvas.px(10));
}

}  // namespace

void welcome_panel(Canvas& canvas, const ViewModel& view) {
  const Card card(canvas);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "Welcome", canvas.x, canvas.y, canvas.width);
  canvas.text_space(23);
  for (const char* sentence : kWelcome) {
    canvas.paragraph(canvas.fonts.body, canvas.theme.muted, sentence);
    canvas.space(6);
  }
  canvas.space(6);
  const float switch_wide = canvas.px(Canvas::toggle_width());
  const float right = canvas.x + canvas.width;
  const float label =
      canvas.block(canvas.fonts.body, canvas.theme.text, "Clean by itself while I am away",
                   canvas.x, canvas.y + canvas.px(2), canvas.width - switch_wide - canvas.px(8));
  if (canvas.toggle("welcome-switch", {right - switch_wide, canvas.y}, view.welcome_switch,
                    view.connected)) {
    Intent intent{Intent::Kind::kSet};
    intent.key = "automation.clean";
    intent.value = view.welcome_switch ? "rehearse" : "on";
    canvas.intents.push_back(intent);
  }
  canvas.y += std::max(canvas.text_px(32), label + canvas.text_px(10));
  if (canvas.button("welcome-done", "Got it", {canvas.x, canvas.y},
                    {canvas.width, canvas.text_px(32)}, ButtonKind::kSecondary))
    intend(canvas, Intent::Kind::kDismissWelcome);
  canvas.text_space(32);
}

void optimize_panel(Canvas& canvas, const OptimizeView& view) {
  switch (view.kind) {
    case OptimizeView::Kind::kProgress:
      return progress_card(canvas, view);
    case OptimizeView::Kind::kResult:
      return result_card(canvas, view);
    case OptimizeView::Kind::kButton:
      break;
  }
  if (canvas.button("optimize", view.label, {canvas.x, canvas.y}, {canvas.width, canvas.px(44)},
                    ButtonKind::kPrimary, view.enabled))
    intend(canvas, Intent::Kind::kOptimize);
  canvas.space(54);
}

void reclaim_panel(Canvas& canvas, const ReclaimView& view, PanelMemory& memory) {
  const Card card(canvas);
  reclaim_title(canvas, view);
  if (view.rows.empty()) {
    canvas.paragraph(canvas.fonts.body, canvas.theme.muted, view.empty);
    return;
  }
  const bool long_list = view.rows.size() > kShortList;
  const std::size_t shown =
      memory.all_categories ? view.rows.size() : std::min(view.rows.size(), kShortList);
  for (std::size_t at = 0; at < shown; ++at) category_row(canvas, view.rows[at]);
  if (long_list) {
    canvas.space(4);
    const std::string label =
        memory.all_categories ? "Show less" : "Show all " + std::to_string(view.rows.size());
    if (canvas.button("categories", label, {canvas.x, canvas.y}, {canvas.width, canvas.text_px(26)},
                      ButtonKind::kQuiet))
      memory.all_categories = !memory.all_categories;
    canvas.text_space(26);
  }
  canvas.space(10);
  clean_button(canvas, view);
}

void work_panel(Canvas& canvas, const WorkView& view) {
  const Card card(canvas);
  canvas.line(canvas.fonts.strong, canvas.theme.text, "In the background", canvas.x, canvas.y,
              canvas.width);
  canvas.text_space(26);
  line_of_work(canvas, "Last", view.last, view.last_when);
  canvas.space(8);
  line_of_work(canvas, "Next", view.next, view.next_when);
  if (view.waiting.empty()) return;
  canvas.space(6);
  const float inset = canvas.text_px(40);
  canvas.x += inset;
  canvas.width -= inset;
  canvas.paragraph(canvas.fonts.small, canvas.theme.muted, view.waiting);
  canvas.x -= inset;
  canvas.width += inset;
}

void footer_panel(Canvas& canvas, const ViewModel& view) {
  const std::string& label = view.header.pause_label;
  const float wide = canvas.button_width(label), tall = canvas.text_px(26);
  const float both = beside_button(canvas, view.footer, canvas.x + canvas.px(4),
                                   canvas.width - wide - canvas.px(8), tall);
  if (canvas.button("pause", label,
                    {canvas.x + canvas.width - wide + canvas.px(9), canvas.y + (both - tall) / 2},
                    {wide, tall}, ButtonKind::kQuiet, view.header.pause_enabled))
    intend(canvas, view.header.paused ? Intent::Kind::kResume : Intent::Kind::kPause);
  canvas.y += both;
}

}  // namespace lull::ui
