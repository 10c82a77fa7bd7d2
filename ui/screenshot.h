// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "core/base/result.h"
#include "ui/draw/raster.h"
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

// Draws over a backdrop, whose size the picture has, what `frame` gives when it is asked.
using Painter = std::function<base::Result<Image>(Image backdrop, const CoverageTexture& fonts,
                                                  const std::function<const ImDrawData&()>& frame)>;
base::Result<Image> draw_picture_by(const Painter& painter, const ViewModel& view,
                                    const FontFiles& fonts, const PictureOptions& options);

// The popover with its shadow, drawn without a display.
Image draw_picture(const ViewModel& view, const FontFiles& fonts, const PictureOptions& options);

}  // namespace lull::ui
