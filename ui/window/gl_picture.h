// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "ui/draw/surface.h"
#include "ui/screenshot.h"

namespace lull::ui {

// draw_picture() by OpenGL: needs a display, shows nothing on it. kUnavailable without one.
base::Result<Image> draw_picture_by_gl(const ViewModel& view, const FontFiles& fonts,
                                       const PictureOptions& options);

}  // namespace lull::ui
