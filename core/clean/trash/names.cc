// SPDX-License-Identifier: MIT
#include "core/clean/trash/names.h"

#include <cstddef>

#include "core/clean/trash.h"

namespace lull::clean {
namespace {

constexpr std::size_t kLongestEntry = 255;
constexpr std::size_t kLongestName = kLongestEntry - kInfoSuffix.size();
constexpr std::size_t kLongestExtension = 16;  // with its dot; what is longer is no extension

// The last '.' that something stands before and after, or the end.
std::size_t extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const bool is_one = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
                      name.size() - dot <= kLongestExtension;
  return is_one ? dot : name.size();
}

// At most `longest` bytes, and no half of a UTF-8 character at the end.
std::string_view shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return text;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  std::size_t end = longest;
  while (end > 0 && longest - end < 3 && continues(text[end])) --end;
  return text.substr(0, continues(text[end]) ? longest : end);
}

}  // namespace

bool is_trash_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && name != "." && name != ".." &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

std::string info_name(std::string_view name) {
  std::string file(name);
  file += kInfoSuffix;
  return file;
}

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    if (path.substr(0, end) == "..") return false;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return true;
}

std::string joined(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  path += name;
  return path;
}

std::string fallback_name(std::string_view wanted, std::string_view token) {
  token = token.substr(0, kLongestName - kLongestExtension - 1);
  const std::size_t at = extension_of(wanted);
  const std::string_view extension = wanted.substr(at);
  const std::size_t room = kLongestName - extension.size() - token.size() - 1;
  std::string name(shortened(wanted.substr(0, at), room));
  if (!name.empty()) name += '.';
  name += token;
  name += extension;
  return name;
}

}  // namespace lull::clean
