// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

// Pictures in memory as X11's 32-bit visuals and compositors take them: 0xAARRGGBB in the machine's
// byte order, colours premultiplied with alpha.
namespace lull::ui {

// A view of somebody's pixels. `stride` counts pixels.
struct Surface {
  std::uint32_t* pixels = nullptr;
  int width = 0, height = 0, stride = 0;
  std::uint32_t* row(int y) const { return pixels + static_cast<std::ptrdiff_t>(y) * stride; }
};

// Copies the pixels of `from`, as far as both go.
inline void copy_pixels(const Surface& to, const Surface& from) {
  const int width = std::min(to.width, from.width);
  for (int y = 0; y < std::min(to.height, from.height); ++y)
    std::memcpy(to.row(y), from.row(y), static_cast<std::size_t>(width) * sizeof(std::uint32_t));
}

// Owns its pixels; all transparent at first.
class Image {
 public:
  Image() = default;
  Image(int width, int height)
      : width_(width),
        height_(height),
        pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}
  Surface surface() { return {pixels_.data(), width_, height_, width_}; }
  const std::vector<std::uint32_t>& pixels() const { return pixels_; }
  std::uint32_t at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                   static_cast<std::size_t>(x)];
  }
  int width() const { return width_; }
  int height() const { return height_; }

 private:
  int width_ = 0, height_ = 0;
  std::vector<std::uint32_t> pixels_;
};

// Channels times `factor` / 255, rounded. Two channels at a time in one multiplication.
inline std::uint32_t scale_pixel(std::uint32_t pixel, std::uint32_t factor) {
  constexpr std::uint32_t kMask = 0x00ff00ff, kHalf = 0x00800080;
  std::uint32_t low = (pixel & kMask) * factor + kHalf;
  std::uint32_t high = ((pixel >> 8) & kMask) * factor + kHalf;
  low = ((low + ((low >> 8) & kMask)) >> 8) & kMask;
  high = (high + ((high >> 8) & kMask)) & ~kMask;
  return low | high;
}

// Porter and Duff's "over" of premultiplied pixels.
inline std::uint32_t over(std::uint32_t above, std::uint32_t below) {
  return above + scale_pixel(below, 255 - (above >> 24));
}

inline std::uint32_t premultiplied(std::uint32_t r, std::uint32_t g, std::uint32_t b,
                                   std::uint32_t a) {
  return (scale_pixel((r << 16) | (g << 8) | b, a) & 0x00ffffff) | (a << 24);
}

}  // namespace lull::ui
