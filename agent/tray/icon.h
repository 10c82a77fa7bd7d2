// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/pressure.h"

// The picture of the status item, drawn by the processor. Pure: no files, no clocks, any thread.
namespace lull::agent::tray {

// What the icon draws (setting ui.icon).
enum class IconShape : std::uint8_t {
  kGauge,  // a ring, filled clockwise by the memory in use
  kBars,   // two columns: memory in use, processor
  kPlain,  // a crescent that measures nothing
};

// Fractions are drawn in so many steps: what is less than a step apart looks the same, and needs no
// new picture.
constexpr int kIconSteps = 20;

// All that can be seen of the icon; equal looks give equal pictures.
struct IconLook {
  IconShape shape = IconShape::kGauge;
  model::PressureLevel level = model::PressureLevel::kNormal;
  int memory_step = 0;  // 0..kIconSteps, in use
  int cpu_step = 0;     // 0..kIconSteps, busy; drawn by kBars only
  bool paused = false;  // shown while the level is normal

  bool operator==(const IconLook&) const = default;
};

// A square picture as StatusNotifierItem wants it: rows from the top, four bytes a pixel in the
// order alpha, red, green, blue (ARGB32 in network byte order), alpha not multiplied in.
struct Pixmap {
  int side = 0;  // pixels
  std::vector<std::uint8_t> argb;
};

// Draws with even edges. The level is told twice, for those who do not see colours and for panels
// that take them away: normal is blue; warning is amber with a dot; critical is red with an
// exclamation mark; paused is grey with two strokes. Every colour keeps a contrast of 3:1
// (WCAG 2.2, 1.4.11 "Non-text Contrast") with both a black and a white panel. The side is 8..256;
// steps beyond their range count as its ends. The same bytes on every machine: only operations that
// IEEE 754 rounds exactly are used.
Pixmap draw_icon(const IconLook& wanted, int wanted_side);

// The sides panels ask for, in pixels.
std::span<const int> icon_sides();

}  // namespace lull::agent::tray
