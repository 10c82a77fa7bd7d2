// SPDX-License-Identifier: MIT
#include "packaging/manual/roff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace lull::manual {
namespace {

constexpr std::size_t kLine = 78;

// The code point that begins at `at`, which moves behind it. The tables hold valid UTF-8 alone;
// what is none counts as one character a byte.
std::uint32_t code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  std::uint32_t point = more == 0 ? first : first & (0x3Fu >> more);
  for (int i = 0; i < more && at < text.size(); ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  return point;
}

std::string unicode_escape(std::uint32_t point) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "\\[u%04X]", static_cast<unsigned>(point));
  return text.data();
}

const char* ascii_escape(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '"':
      return "\\(dq";
    default:
      return nullptr;
  }
}

std::string in_font(char font, std::string_view text) {
  return text.empty() ? "" : std::string("\\f") + font + literal(text) + "\\fR";
}

// A line that begins with one of these would be a request.
std::string guarded(const std::string& line) {
  const bool request = !line.empty() && (line[0] == '.' || line[0] == '\'');
  return (request ? "\\&" : "") + line + "\n";
}

}  // namespace

std::string literal(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      out += unicode_escape(code_point(text, at));
    } else if (const char* escape = ascii_escape(text[at++])) {
      out += escape;
    } else {
      out += static_cast<char>(byte);
    }
  }
  return out;
}

std::string bold(std::string_view text) { return in_font('B', text); }
std::string italic(std::string_view text) { return in_font('I', text); }

std::string prose(std::string_view text) {
  std::string out;
  for (bool code = false; !text.empty(); code = !code) {
    const std::size_t end = text.find('`');
    const std::string_view piece = text.substr(0, end);
    out += code ? bold(piece) : literal(piece);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

Page::Page(const PageTitle& title) {
  std::string upper(title.name);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  text_ = ".\\\" Made from the tables of the program; see packaging/manual in its source.\n.TH " +
          literal(upper) + " " + std::string(title.section) + " " + std::string(title.date) +
          " \"Lull " + std::string(title.version) + "\" \"" + std::string(title.volume) + "\"\n";
}

void Page::heading(std::string_view text) {
  text_ += ".SH " + literal(text) + "\n";
  below_heading_ = true;
}

void Page::part(std::string_view text) {
  text_ += ".SS " + literal(text) + "\n";
  below_heading_ = true;
}

void Page::begin_paragraph() {
  if (!std::exchange(below_heading_, false)) text_ += ".PP\n";
}

void Page::name_line(std::string_view name, std::string_view what) {
  heading("NAME");
  text_ += literal(name) + " \\- " + literal(what) + "\n";
}

void Page::paragraph(const std::string& roff) {
  begin_paragraph();
  fill(roff);
}

void Page::item(const std::string& tag_roff, const std::string& roff) {
  below_heading_ = false;
  text_ += ".TP\n" + guarded(tag_roff);
  fill(roff);
}

void Page::command(std::string_view line) {
  begin_paragraph();
  text_ += ".RS 4\n.nf\n" + guarded(bold(line)) + ".fi\n.RE\n";
}

void Page::fill(const std::string& roff) {
  std::string line;
  for (std::size_t at = 0; at < roff.size();) {
    const std::size_t from = roff.find_first_not_of(" \n", at);
    if (from == std::string::npos) break;
    at = std::min(roff.find_first_of(" \n", from), roff.size());
    const std::string word = roff.substr(from, at - from);
    if (!line.empty() && line.size() + 1 + word.size() > kLine) {
      text_ += guarded(line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) text_ += guarded(line);
}

}  // namespace lull::manual
