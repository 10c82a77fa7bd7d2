// SPDX-License-Identifier: MIT
#include "ui/window/x11_raster.h"

namespace lull::ui {
namespace {

XWindowAttributes attributes_of(Display* display, ::Window window) {
  XWindowAttributes attributes{};
  XGetWindowAttributes(display, window, &attributes);
  return attributes;
}

X11Image make_image(Display* display, ::Window window, int width, int height) {
  const XWindowAttributes attributes = attributes_of(display, window);
  return {display, attributes.visual, attributes.depth, width, height};
}

}  // namespace

X11Raster::X11Raster(Display* display, ::Window window, int width, int height,
                     const CoverageTexture& fonts)
    : display_(display),
      window_(window),
      fonts_(fonts),
      context_(XCreateGC(display, window, 0, nullptr)),
      image_(make_image(display, window, width, height)) {}

X11Raster::~X11Raster() { XFreeGC(display_, context_); }

void X11Raster::draw(const ImDrawData& data) {
  const Surface target = image_.surface();
  copy_pixels(target, backdrop_.surface());
  draw_on(target, fonts_, data);
}

void X11Raster::present() { image_.put(window_, context_); }

}  // namespace lull::ui
