// SPDX-License-Identifier: MIT
#include "ui/run.h"

#include <cstdio>

#include "ui/client/decode.h"
#include "ui/draw/png.h"
#include "ui/screenshot.h"
#include "ui/window/gl_picture.h"
#include "ui/window/popover_app.h"

namespace lull::ui {
namespace {

// Without a desktop to ask, dark.
const Theme& theme_named(const std::string& name) {
  return name == "light" ? light_theme() : dark_theme();
}

base::Status show_scene(const Options& options) {
  const auto scene = read_scene(options.snapshot);
  if (!scene) return tl::unexpected(scene.error());
  const ViewModel view = make_view(scene->state, scene->now);
  if (options.text) std::fputs(as_text(view).c_str(), stdout);
  if (options.screenshot.empty()) return {};
  PictureOptions picture;
  picture.scale = options.scale.value_or(1);
  picture.text_scale = options.text_scale.value_or(text_scale_in(scene->state).value_or(1));
  picture.theme = &theme_named(options.theme);
  picture.whole = !options.window_height;
  const FontFiles fonts = find_font_files();
  if (!fonts.complaint.empty()) complain(fonts.complaint);
  if (!options.opengl) return write_png(options.screenshot, draw_picture(view, fonts, picture));
  const auto drawn = draw_picture_by_gl(view, fonts, picture);
  return drawn ? write_png(options.screenshot, *drawn) : tl::unexpected(drawn.error());
}

}  // namespace

void complain(const base::Error& error) { complain(error.to_string()); }

void complain(const std::string& sentence) {
  std::fprintf(stderr, "lull-popover: %s\n", sentence.c_str());
}

int run(const Options& options) {
  if (options.help) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  if (options.version) {
    std::puts("lull-popover " LULL_VERSION);
    return 0;
  }
  const base::Status status =
      options.snapshot.empty() ? show_popover(options) : show_scene(options);
  if (!status) complain(status.error());
  return status ? 0 : 1;
}

}  // namespace lull::ui
