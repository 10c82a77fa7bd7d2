// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"

// How text looks for people: colours and glyphs only where they can be shown, columns by what a
// terminal shows and not by bytes.
namespace lull::commands {

enum class Tone { kPlain, kStrong, kDim, kGood, kWarning, kBad };

// Of a rule's tier: safe, costly, and whatever else should be looked at first.
Tone tone_of_tier(std::string_view tier);

class Style {
 public:
  // Colours on a terminal unless NO_COLOR is set (https://no-color.org) or TERM is dumb; glyphs
  // beyond ASCII if the locale is UTF-8. `width` 0: as wide as it gets.
  Style(const base::EnvironmentLookup& environment, bool terminal, unsigned width);

  std::string paint(Tone tone, std::string_view text) const;
  std::string bar(double share, std::size_t width) const;  // share 0..1
  std::string_view mark(bool good) const;                  // ✓ or ✗
  std::string_view ellipsis() const { return unicode_ ? "…" : "..."; }
  std::string_view dash() const { return unicode_ ? "–" : "-"; }  // stands for "unknown" and "none"
  std::size_t width() const { return width_; }
  // At most `columns` wide, cut at the end.
  std::string cut(std::string_view text, std::size_t columns) const;

 private:
  bool colour_;
  bool unicode_;
  std::size_t width_;
};

// Columns that a terminal uses for it (no escape sequences inside).
std::size_t display_width(std::string_view text);
// Safe to write to a terminal: what is not UTF-8, control characters and those that change the
// direction of text are escaped.
std::string printable(std::string_view text);

// Rows under headings. The first row of cells sets nothing: widths come from all of them.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string heading;
    Align align = Align::kLeft;
    bool may_shrink = false;  // cut when the terminal is too narrow
  };
  struct Cell {
    std::string text;
    Tone tone = Tone::kPlain;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Two spaces between columns, nothing behind the last; `indent` spaces before.
  std::string render(const Style& style, std::size_t indent = 0) const;

 private:
  std::vector<std::size_t> widths(const Style& style, std::size_t indent) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace lull::commands
