// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

// Manual pages in the man(7) macros, which groff and mandoc both read. Pure text; any thread.
namespace lull::manual {

// What names a page: "lull", "1", and the two words at the bottom and the top of the paper.
struct PageTitle {
  std::string_view name;
  std::string_view section;
  std::string_view date;     // 2026-11-26
  std::string_view version;  // 0.1.0
  std::string_view volume;   // "User Commands"
};

// Text as roff shows it, byte for byte: nothing in it is a request or an escape. UTF-8 beyond ASCII
// becomes \[uXXXX]; hyphens are those of the keyboard, so that an option can be copied.
std::string literal(std::string_view text);
// The same with what stands `between` in bold.
std::string prose(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

// A page, written from its top to its bottom. Arguments named `roff` are what the functions above
// give; the others are plain text.
class Page {
 public:
  explicit Page(const PageTitle& title);

  void heading(std::string_view text);
  void part(std::string_view text);  // a heading below a heading
  // The page's name and what it is, as whatis(1) and apropos(1) need it.
  void name_line(std::string_view name, std::string_view what);
  void paragraph(const std::string& roff);
  void item(const std::string& tag_roff, const std::string& roff);
  void command(std::string_view line);  // as typed, on a line of its own
  const std::string& text() const { return text_; }

 private:
  void begin_paragraph();
  void fill(const std::string& roff);  // in lines short enough for every reader

  std::string text_;
  bool below_heading_ = false;  // where a paragraph has begun already
};

}  // namespace lull::manual
