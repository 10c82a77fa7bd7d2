// SPDX-License-Identifier: MIT
//
// lull_icon_sheet FILE.png: every picture of the status item in a table, for eyes. Columns: shapes
// by level, on a light and on a dark panel; rows: sizes, each also enlarged.
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "agent/tray/icon.h"

namespace {

using lull::agent::tray::IconLook;
using lull::agent::tray::IconShape;
using lull::model::PressureLevel;

// Rows of red, green and blue.
struct Sheet {
  int width, height;
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 0x60);
  std::uint8_t* at(int x, int y) {
    return &bytes[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                   static_cast<std::size_t>(x)) *
                  3];
  }
};

void put(Sheet& sheet, int left, int top, const IconLook& look, int side, int zoom, int panel) {
  const auto picture = lull::agent::tray::draw_icon(look, side);
  for (int y = 0; y < side * zoom; ++y)
    for (int x = 0; x < side * zoom; ++x) {
      const std::uint8_t* pixel =
          &picture.argb[static_cast<std::size_t>(y / zoom * side + x / zoom) * 4];
      for (int colour = 0; colour < 3; ++colour)
        sheet.at(left + x, top + y)[colour] = static_cast<std::uint8_t>(
            (pixel[colour + 1] * pixel[0] + panel * (255 - pixel[0])) / 255);
    }
}

std::vector<IconLook> looks() {
  std::vector<IconLook> all;
  for (const IconShape shape : {IconShape::kGauge, IconShape::kBars, IconShape::kPlain}) {
    all.push_back({shape, PressureLevel::kNormal, 8, 3, false});
    all.push_back({shape, PressureLevel::kNormal, 13, 17, false});
    all.push_back({shape, PressureLevel::kNormal, 8, 3, true});
    all.push_back({shape, PressureLevel::kWarning, 16, 9, false});
    all.push_back({shape, PressureLevel::kCritical, 19, 14, false});
  }
  return all;
}

// PNG (RFC 2083) with the pixels stored, not compressed.
void word(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

void chunk(std::string& out, const std::string& type, const std::string& data) {
  word(out, static_cast<std::uint32_t>(data.size()));
  std::uint32_t crc = 0xffffffff;
  for (const char letter : type + data) {
    crc ^= static_cast<std::uint8_t>(letter);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  out += type + data;
  word(out, ~crc);
}

std::string stored(const std::string& raw) {
  std::string data = "\x78\x01";
  std::uint32_t a = 1, b = 0;
  for (const char letter : raw) {
    a = (a + static_cast<std::uint8_t>(letter)) % 65521;
    b = (b + a) % 65521;
  }
  for (std::size_t from = 0; from < raw.size(); from += 65535) {
    const std::size_t size = std::min<std::size_t>(65535, raw.size() - from);
    data += from + size == raw.size() ? '\1' : '\0';
    for (const std::size_t value : {size, ~size}) {
      data += static_cast<char>(value & 0xff);
      data += static_cast<char>(value >> 8 & 0xff);
    }
    data += raw.substr(from, size);
  }
  word(data, b << 16 | a);
  return data;
}

std::string png(const Sheet& sheet) {
  std::string header, raw;
  word(header, static_cast<std::uint32_t>(sheet.width));
  word(header, static_cast<std::uint32_t>(sheet.height));
  header += std::string("\x08\x02\x00\x00\x00", 5);
  const auto row = static_cast<std::size_t>(sheet.width) * 3;
  for (std::size_t y = 0; y < static_cast<std::size_t>(sheet.height); ++y) {
    raw += '\0';
    raw.append(reinterpret_cast<const char*>(sheet.bytes.data()) + y * row, row);
  }
  std::string out = "\x89PNG\r\n\x1a\n";
  chunk(out, "IHDR", header);
  chunk(out, "IDAT", stored(raw));
  chunk(out, "IEND", {});
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: lull_icon_sheet FILE.png\n";
    return 2;
  }
  constexpr std::array<int, 2> kPanels = {0xf4, 0x1c};
  const auto all = looks();
  Sheet sheet{static_cast<int>(all.size()) * 104 + 8, 2 * 280};
  for (std::size_t panel = 0; panel < kPanels.size(); ++panel) {
    const int top = static_cast<int>(panel) * 280;
    for (int y = top; y < top + 280; ++y)
      std::fill_n(sheet.at(0, y), sheet.width * 3, static_cast<std::uint8_t>(kPanels[panel]));
    for (std::size_t column = 0; column < all.size(); ++column) {
      const int left = static_cast<int>(column) * 104 + 8;
      put(sheet, left, top + 8, all[column], 16, 1, kPanels[panel]);
      put(sheet, left + 24, top + 8, all[column], 22, 1, kPanels[panel]);
      put(sheet, left + 50, top + 8, all[column], 48, 1, kPanels[panel]);
      put(sheet, left, top + 64, all[column], 16, 6, kPanels[panel]);
      put(sheet, left, top + 170, all[column], 24, 4, kPanels[panel]);
    }
  }
  std::ofstream(argv[1], std::ios::binary) << png(sheet);
  return 0;
}
