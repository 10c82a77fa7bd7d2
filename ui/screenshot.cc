// SPDX-License-Identifier: MIT
#include "ui/screenshot.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/draw/backdrop.h"
#include "ui/draw/raster.h"
#include "ui/frame_geometry.h"
#include "ui/popover.h"

namespace lull::ui {

base::Result<Image> draw_picture_by(const Painter& painter, const ViewModel& view,
                                    const FontFiles& fonts, const PictureOptions& options) {
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
  Image backdrop(geometry.width, geometry.height);
  draw_backdrop(backdrop.surface(), geometry.shape(), *options.theme);
  return painter(std::move(backdrop), gui.texture(),
                 [&]() -> const ImDrawData& { return popover.frame(view, 0.016); });
}

Image draw_picture(const ViewModel& view, const FontFiles& fonts, const PictureOptions& options) {
  const Painter raster = [](Image image, const CoverageTexture& texture, const auto& frame) {
    draw_on(image.surface(), texture, frame());
    return base::Result<Image>(std::move(image));
  };
  return *draw_picture_by(raster, view, fonts, options);
}

}  // namespace lull::ui
