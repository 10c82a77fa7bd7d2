// SPDX-License-Identifier: MIT
#include "ui/popover.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <imgui.h>

namespace lull::ui {
namespace {

constexpr double kPadding = 14;
constexpr ImGuiWindowFlags kWindowFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                          ImGuiWindowFlags_NoSavedSettings |
                                          ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav;

}  // namespace

void Popover::resize(int width, int height, int margin) {
  width_ = width;
  height_ = height;
  margin_ = margin;
}

std::vector<Intent> Popover::intents() { return std::exchange(intents_, {}); }

void Popover::handle(const InputEvent& event) {
  if (event.kind == InputEvent::Kind::kFocusLost) intents_.push_back({Intent::Kind::kClose});
  if (event.kind == InputEvent::Kind::kButton && event.down) focus_.hide();
  if (event.kind == InputEvent::Kind::kKey && event.down && memory_.editing.empty())
    handle_key(event);
  gui_.feed(event);
}

void Popover::handle_key(const InputEvent& event) {
  switch (event.key) {
    case Key::kEscape:
      intents_.push_back({Intent::Kind::kClose});
      return;
    case Key::kTab:
      return focus_.step(event.shift ? -1 : 1);
    case Key::kDown:
      return focus_.step(1);
    case Key::kUp:
      return focus_.step(-1);
    case Key::kEnter:
    case Key::kSpace:
      return focus_.activate();
    case Key::kPageDown:
      scroll_by_ += 0.9;
      return;
    case Key::kPageUp:
      scroll_by_ -= 0.9;
      return;
    case Key::kHome:
      scroll_home_ = true;
      return;
    case Key::kEnd:
      scroll_by_ += 1000;
      return;
    default:
      return;
  }
}

const ImDrawData& Popover::frame(const ViewModel& view, double elapsed_seconds) {
  if (view.page != page_) {
    page_ = view.page;
    focus_.forget();
    memory_.editing.clear();
    scroll_home_ = true;
  }
  // What was pressed stays in sight when the page grows around it.
  if (std::exchange(letters_, gui_.text_scale()) != gui_.text_scale()) focus_.show_again();
  focus_.begin_frame();
  return gui_.frame(width_, height_, elapsed_seconds, [&] { contents(view); });
}

void Popover::page(Canvas& canvas, const ViewModel& view) {
  switch (view.page) {
    case Page::kHistory:
      return history_page(canvas, view.history);
    case Page::kSettings:
      return settings_page(canvas, view.settings, view.connected, memory_);
    case Page::kOverview:
      break;
  }
  if (view.welcome) welcome_panel(canvas, view);
  memory_panel(canvas, view.memory);
  optimize_panel(canvas, view.optimize);
  reclaim_panel(canvas, view.reclaim, memory_);
  activity_panel(canvas, view, memory_);
  apps_panel(canvas, view.apps);
  disks_panel(canvas, view.disks);
  work_panel(canvas, view.work);
  footer_panel(canvas, view);
}

// The header stays; what is below it scrolls.
void Popover::contents(const ViewModel& view) {
  Canvas canvas(*theme_, gui_.fonts(), {gui_.scale(), gui_.text_scale()}, focus_, intents_);
  const auto margin = static_cast<float>(margin_);
  const float padding = canvas.px(kPadding);
  const float width = static_cast<float>(width_) - 2 * margin;
  const float height = static_cast<float>(height_) - 2 * margin;
  ImGui::PushFont(gui_.fonts().body);
  ImGui::SetNextWindowPos({margin, margin});
  ImGui::SetNextWindowSize({width, height});
  ImGui::Begin("popover", nullptr, kWindowFlags | ImGuiWindowFlags_NoScrollWithMouse);
  canvas.x = margin + padding;
  canvas.y = margin + padding;
  canvas.width = width - 2 * padding;
  header_panel(canvas, view);
  const float head = canvas.y - margin;
  ImGui::SetCursorScreenPos({margin, canvas.y});
  const float visible = height - head - canvas.px(2);
  ImGui::BeginChild(
      "page", {width, visible}, false,
      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoBackground);
  if (std::exchange(scroll_home_, false)) ImGui::SetScrollY(0);
  if (const double pages = std::exchange(scroll_by_, 0); pages != 0)
    ImGui::SetScrollY(std::clamp(ImGui::GetScrollY() + static_cast<float>(pages) * visible, 0.0F,
                                 ImGui::GetScrollMaxY()));
  const float top = ImGui::GetCursorScreenPos().y;
  canvas.y = top + canvas.px(2);
  page(canvas, view);
  const float content = canvas.y - top + padding - canvas.px(view.page == Page::kOverview ? 4 : 10);
  // The contents' size, for scrolling.
  ImGui::SetCursorScreenPos({margin, top});
  ImGui::Dummy({1, content});
  scroll_mark(canvas, content, visible);
  ImGui::EndChild();
  ImGui::End();
  ImGui::PopFont();
  content_height_ = (head + content + canvas.px(2)) / gui_.scale();
}

void Popover::scroll_mark(const Canvas& canvas, float content, float visible) const {
  if (content <= visible + 1) return;
  const ImVec2 at = ImGui::GetWindowPos();
  const float wide = canvas.px(4), inset = canvas.px(4);
  const float length = std::max(canvas.px(24), visible * visible / content);
  const float free = visible - length - 2 * inset;
  const float share = std::clamp(ImGui::GetScrollY() / (content - visible), 0.0F, 1.0F);
  const float left = at.x + ImGui::GetWindowWidth() - wide - inset;
  const float top = at.y + inset + share * free;
  canvas.list().AddRectFilled({left, top}, {left + wide, top + length},
                              packed(theme_->muted, kScrollMark), wide / 2);
}

}  // namespace lull::ui
