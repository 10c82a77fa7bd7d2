// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "ui/draw/surface.h"

namespace lull::ui {

// Writes a premultiplied picture as an 8-bit RGBA PNG (libpng). Replaces the file.
base::Status write_png(const std::string& path, const Image& image);

}  // namespace lull::ui
