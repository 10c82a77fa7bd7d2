// SPDX-License-Identifier: MIT
#include "ui/draw/png.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <png.h>

namespace lull::ui {
namespace {

std::uint8_t straight(std::uint32_t channel, std::uint32_t alpha) {
  if (alpha == 0) return 0;
  return static_cast<std::uint8_t>(
      std::min<std::uint32_t>(255, (channel * 255 + alpha / 2) / alpha));
}

std::vector<std::uint8_t> rgba_of(const Image& image) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(image.pixels().size() * 4);
  for (const std::uint32_t pixel : image.pixels()) {
    const std::uint32_t alpha = pixel >> 24;
    for (const unsigned shift : {16U, 8U, 0U})
      bytes.push_back(straight((pixel >> shift) & 255, alpha));
    bytes.push_back(static_cast<std::uint8_t>(alpha));
  }
  return bytes;
}

}  // namespace

base::Status write_png(const std::string& path, const Image& image) {
  png_image header;
  std::memset(&header, 0, sizeof header);
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width());
  header.height = static_cast<png_uint_32>(image.height());
  header.format = PNG_FORMAT_RGBA;
  const std::vector<std::uint8_t> bytes = rgba_of(image);
  if (png_image_write_to_file(&header, path.c_str(), 0, bytes.data(), 0, nullptr) == 0)
    return base::fail(base::ErrorCode::kIo,
                      std::string("the picture was not written: ") + header.message, path);
  return {};
}

}  // namespace lull::ui
