// SPDX-License-Identifier: MIT
#include "ui/screenshot.h"

#include <algorithm>
#include <cmath>

#include "ui/draw/backdrop.h"
#include "ui/draw/raster.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {

Image draw_picture(const ViewModel& view, const FontFiles& fonts, const PictureOptions& options) {
  Gui gui(fonts, options.scale, options.text_scale);
  Popover popover(gui, *options.theme);
  FrameGeometry geometry = frame_geometry(Popover::kMaxHeight, options.scale, true);
  popover.resize(geometry.width, geometry.height, geometry.margin);
  popover.frame(view, 0.016);
  const double content = popover.content_height();
  const double height = options.whole ? content : std::min(content, Popover::kMaxHeight);
  geometry = frame_geometry(height, options.scale, true);
  popover.resize(geometry.width, geometry.height, geometry.margin);
  popover.frame(view, 0.016);
  Image image(geometry.width, geometry.height);
  draw_backdrop(image.surface(), geometry.shape(), *options.theme);
  draw_on(image.surface(), gui.texture(), popover.frame(view, 0.016));
  return image;
}

}  // namespace lull::ui
