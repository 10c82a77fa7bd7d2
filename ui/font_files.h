// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace lull::ui {

struct FontFile {
  std::string path;  // empty: none was found
  int index = 0;     // of the face within the file
};

struct FontFiles {
  FontFile regular, bold;
};

// What the desktop shows its own text in: fontconfig's match of `sans-serif`. Fontconfig's memory
// is given back before this returns. Never fails: without fonts the paths are empty.
FontFiles find_font_files();

}  // namespace lull::ui
