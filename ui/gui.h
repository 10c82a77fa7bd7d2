// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "ui/draw/raster.h"
#include "ui/font_files.h"
#include "ui/input.h"

struct ImDrawData;
struct ImFont;
struct ImGuiContext;

namespace lull::ui {

// The sizes of text in use. Owned by the Gui.
struct FontSet {
  ImFont* small = nullptr;
  ImFont* body = nullptr;
  ImFont* strong = nullptr;
  ImFont* title = nullptr;
  ImFont* large = nullptr;
};

// A Dear ImGui context with our fonts and no backend: it is fed events and gives triangles, with a
// window or without. One thread; several may exist, one after the other is current.
class Gui {
 public:
  // `scale`: pixels per logical pixel; `text_scale` makes only the text larger. Missing fonts are
  // replaced by the one that is part of ImGui.
  Gui(const FontFiles& files, double scale, double text_scale = 1);
  ~Gui();
  Gui(const Gui&) = delete;
  Gui& operator=(const Gui&) = delete;

  double scale() const { return scale_; }
  double text_scale() const { return text_scale_; }
  const FontSet& fonts() const { return fonts_; }
  CoverageTexture texture() const { return texture_; }
  // None of the files was a font that can be used.
  bool has_built_in_letters() const { return built_in_letters_; }
  // From the next frame on; fonts and texture are others then.
  void use_text_scale(const FontFiles& files, double text_scale);

  void feed(const InputEvent& event);
  // One frame of `width` × `height` pixels; the result is valid until the next one.
  const ImDrawData& frame(int width, int height, double elapsed_seconds,
                          const std::function<void()>& contents);

 private:
  void load_fonts(const FontFiles& files);
  void add_fonts(std::vector<char>& regular, int face, std::vector<char>& bold, int bold_face);

  struct Destroy {
    void operator()(ImGuiContext* context) const;
  };
  std::unique_ptr<ImGuiContext, Destroy> context_;
  const double scale_;
  double text_scale_;
  FontSet fonts_;
  CoverageTexture texture_;
  bool built_in_letters_ = false;
};

}  // namespace lull::ui
