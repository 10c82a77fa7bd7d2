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
  // A sentence, if there is no font: letters will be the few that are built in. Else empty.
  std::string complaint = {};
};

// What the desktop shows its own text in: fontconfig's match of `sans-serif`. Fontconfig's memory
// is given back before this returns. Never fails: without fonts that can be read the paths are
// empty, and there is a complaint.
FontFiles find_font_files();

}  // namespace lull::ui
