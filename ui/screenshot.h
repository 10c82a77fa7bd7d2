// SPDX-License-Identifier: MIT
#pragma once
#include "ui/draw/surface.h"
#include "ui/font_files.h"
#include "ui/theme.h"
#include "ui/view/view_model.h"

namespace lull::ui {

struct PictureOptions {
  double scale = 1, text_scale = 1;
  const Theme* theme = &dark_theme();
  bool whole = true;  // as high as its contents; else as high as the window would be
};

// The popover with its shadow, drawn without a display.
Image draw_picture(const ViewModel& view, const FontFiles& fonts, const PictureOptions& options);

}  // namespace lull::ui
