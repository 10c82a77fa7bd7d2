// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "ui/focus.h"
#include "ui/gui.h"
#include "ui/intent.h"
#include "ui/panels/panels.h"
#include "ui/theme.h"

namespace lull::ui {

// The popover without a window: takes events and a view, gives triangles and intents. One thread.
class Popover {
 public:
  static constexpr double kWidth = 380;      // logical pixels
  static constexpr double kMaxHeight = 720;  // what a small screen leaves may be less

  Popover(Gui& gui, const Theme& theme) : gui_(gui), theme_(&theme) {}

  void use_theme(const Theme& theme) { theme_ = &theme; }
  // The surface; `margin` pixels around the window belong to its shadow.
  void resize(int width, int height, int margin);

  // Keys that move the focus are taken here, everything else goes to the controls. Esc ends the
  // editing of a text, else it is the intent to close; so is the loss of focus.
  void handle(const InputEvent& event);
  // Draws; the data is valid until the next frame. The intents of what was pressed since the frame
  // before are in `intents()`.
  const ImDrawData& frame(const ViewModel& view, double elapsed_seconds);
  // Takes them.
  std::vector<Intent> intents();

  // What the contents would need, logical pixels, margins included; known after a frame.
  double content_height() const { return content_height_; }
  const Focus& focus() const { return focus_; }

 private:
  void handle_key(const InputEvent& event);
  void contents(const ViewModel& view);
  void page(Canvas& canvas, const ViewModel& view);
  void scroll_mark(const Canvas& canvas, float content, float visible) const;

  Gui& gui_;
  const Theme* theme_;
  Focus focus_;
  PanelMemory memory_;
  std::vector<Intent> intents_;
  Page page_ = Page::kOverview;
  int width_ = 0, height_ = 0, margin_ = 0;
  double content_height_ = 0;
  double letters_ = 0;        // their size, of the last frame
  double scroll_by_ = 0;      // pages, from the keyboard
  bool scroll_home_ = false;  // a page was changed
};

}  // namespace lull::ui
