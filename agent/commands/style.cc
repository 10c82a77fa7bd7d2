// SPDX-License-Identifier: MIT
#include "agent/commands/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/base/text.h"

namespace lull::commands {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;  // of a column that may shrink

const char* escape_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kStrong:
      return "\x1b[1m";
    case Tone::kDim:
      return "\x1b[2m";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kWarning:
      return "\x1b[33m";
    case Tone::kBad:
      return "\x1b[31m";
  }
  return "";
}

bool has_utf8_locale(const base::EnvironmentLookup& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment(name);
    if (!value || value->empty()) continue;
    std::string lower = *value;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
  }
  return false;
}

// The code point at the front, which is valid UTF-8, and its length.
std::pair<std::uint32_t, std::size_t> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || text.size() < length) return {lead, 1};
  std::uint32_t point = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3F);
  return {point, length};
}

struct Range {
  std::uint32_t from, to;
};
// Unicode 15: combining marks and joiners people meet, and the East Asian Wide blocks.
constexpr std::array kZeroWidth = {Range{0x0300, 0x036F}, Range{0x200B, 0x200F},
                                   Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}};
constexpr std::array kWide = {
    Range{0x1100, 0x115F}, Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
    Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
// C1 controls, and the marks that reorder what is shown (Trojan Source, CVE-2021-42574).
constexpr std::array kUnsafe = {Range{0x0080, 0x009F}, Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
                                Range{0x2066, 0x2069}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, std::uint32_t point) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return point >= range.from && point <= range.to; });
}

std::size_t width_of(std::uint32_t point) {
  if (point < kZeroWidth.front().from) return 1;  // nearly all text
  if (is_in(kZeroWidth, point)) return 0;
  return is_in(kWide, point) ? 2 : 1;
}

std::string spaces(std::size_t count) { return std::string(count, ' '); }

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [point, length] = decode(text);
    width += width_of(point);
    text.remove_prefix(length);
  }
  return width;
}

std::string printable(std::string_view text) {
  const std::string valid = base::percent_escape_path(text);
  std::string safe;
  for (std::string_view rest = valid; !rest.empty();) {
    const auto [point, length] = decode(rest);
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    const bool unsafe = point >= kUnsafe.front().from && is_in(kUnsafe, point);
    for (const char c : rest.substr(0, length))
      if (unsafe) {
        const auto byte = static_cast<unsigned char>(c);
        safe += {'%', kHex[byte >> 4], kHex[byte & 15]};
      } else {
        safe += c;
      }
    rest.remove_prefix(length);
  }
  return safe;
}

Tone tone_of_tier(std::string_view tier) {
  if (tier == "safe") return Tone::kGood;
  return tier == "costly" ? Tone::kWarning : Tone::kBad;
}

Style::Style(const base::EnvironmentLookup& environment, bool terminal, unsigned width)
    : unicode_(has_utf8_locale(environment)), width_(terminal ? width : 0) {
  const std::string no_color = environment("NO_COLOR").value_or("");
  colour_ = terminal && no_color.empty() && environment("TERM").value_or("") != "dumb";
}

std::string Style::paint(Tone tone, std::string_view text) const {
  if (!colour_ || tone == Tone::kPlain || text.empty()) return std::string(text);
  return escape_of(tone) + std::string(text) + "\x1b[0m";
}

std::string Style::bar(double share, std::size_t width) const {
  const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(width);
  const auto full = static_cast<std::size_t>(std::lround(filled));
  std::string text = unicode_ ? "" : "[";
  for (std::size_t i = 0; i < width; ++i)
    text += i < full ? (unicode_ ? "█" : "#") : (unicode_ ? "░" : ".");
  return text + (unicode_ ? "" : "]");
}

std::string_view Style::mark(bool good) const {
  if (unicode_) return good ? "✓" : "✗";
  return good ? "ok" : "NO";
}

std::string Style::cut(std::string_view text, std::size_t columns) const {
  if (display_width(text) <= columns) return std::string(text);
  const std::size_t mark = display_width(ellipsis());
  if (columns < mark) return "";
  std::string kept;
  std::size_t used = 0;
  while (!text.empty()) {
    const auto [point, length] = decode(text);
    if (used + width_of(point) > columns - mark) break;
    used += width_of(point);
    kept += text.substr(0, length);
    text.remove_prefix(length);
  }
  return kept.append(ellipsis());
}

std::vector<std::size_t> TextTable::widths(const Style& style, std::size_t indent) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i].text));
  std::size_t total = indent + kGap * (columns_.size() - 1);
  for (const std::size_t width : widths) total += width;
  for (std::size_t i = columns_.size(); style.width() > 0 && i-- > 0;) {
    if (total <= style.width() || !columns_[i].may_shrink) continue;
    const std::size_t floor = std::min(widths[i], kNarrowest);
    const std::size_t less = std::min(total - style.width(), widths[i] - floor);
    widths[i] -= less;
    total -= less;
  }
  return widths;
}

std::string TextTable::render(const Style& style, std::size_t indent) const {
  const std::vector<std::size_t> width = widths(style, indent);
  const auto line = [&](const std::vector<Cell>& cells) {
    std::string text = spaces(indent);
    std::size_t owed = 0;  // spaces that come only if something follows them
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string shown = style.cut(cells[i].text, width[i]);
      const std::size_t padding = width[i] - display_width(shown);
      const bool right = columns_[i].align == Align::kRight;
      if (!shown.empty()) {
        text += spaces(owed + (right ? padding : 0)) + style.paint(cells[i].tone, shown);
        owed = 0;
      }
      owed += (shown.empty() ? width[i] : right ? 0 : padding) + kGap;
    }
    return text + "\n";
  };
  std::vector<Cell> headings;
  bool any = false;
  for (const Column& column : columns_) {
    headings.push_back({column.heading, Tone::kDim});
    any = any || !column.heading.empty();
  }
  std::string text = any ? line(headings) : "";
  for (const auto& row : rows_) text += line(row);
  return text;
}

}  // namespace lull::commands
