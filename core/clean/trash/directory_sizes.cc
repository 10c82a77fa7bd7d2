// SPDX-License-Identifier: MIT
#include "core/clean/trash/directory_sizes.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/clean/trash/info_file.h"
#include "core/clean/trash/names.h"
#include "core/scan/peek.h"
#include "core/scan/trash_info.h"

namespace lull::clean {
namespace {

constexpr const char* kFile = "directorysizes";
constexpr std::size_t kLargest = std::size_t{16} << 20;  // a hundred thousand directories

// Takes what is before the next `end` off `text`; all of it if there is none.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  return failed == std::errc{} && stopped == end;
}

// When the info of a directory that is still in the trash was last written.
std::optional<std::int64_t> info_mtime(const TrashDirectory& trash, const std::string& name) {
  struct stat info {
  }, directory{};
  if (::fstatat(trash.info.get(), info_name(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::fstatat(trash.files.get(), name.c_str(), &directory, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISDIR(directory.st_mode))
    return std::nullopt;
  return info.st_mtime;
}

}  // namespace

DirectorySizes parse_directory_sizes(std::string_view text) {
  DirectorySizes sizes;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    DirectorySize size;
    const bool numbers = parse_number(take_until(line, ' '), size.bytes) &&
                         parse_number(take_until(line, ' '), size.mtime);
    if (!numbers) continue;
    if (auto name = scan::percent_decoded(line); name && is_trash_name(*name))
      sizes.insert_or_assign(*std::move(name), size);
  }
  return sizes;
}

std::string directory_sizes_text(const DirectorySizes& sizes) {
  std::string text;
  for (const auto& [name, size] : sizes) {
    text += std::to_string(size.bytes);
    text += ' ';
    text += std::to_string(size.mtime);
    text += ' ';
    text += base::percent_encoded(name);
    text += '\n';
  }
  return text;
}

base::Status update_directory_sizes(const TrashDirectory& trash,
                                    const std::map<std::string, std::uint64_t>& more) {
  const auto text = scan::peek_text(trash.root.get(), kFile, kLargest);
  const DirectorySizes before = parse_directory_sizes(text.value_or(""));
  DirectorySizes now;
  for (const auto& [name, size] : before)
    if (info_mtime(trash, name) == size.mtime) now.emplace(name, size);
  for (const auto& [name, bytes] : more)
    if (const auto mtime = info_mtime(trash, name))
      now.insert_or_assign(name, DirectorySize{bytes, *mtime});
  if (now == before) return {};
  const int failed = replace_file(trash.root.get(), kFile, directory_sizes_text(now), Durable::kNo);
  if (failed != 0) return base::fail_errno(failed, joined(trash.place.path, kFile));
  return {};
}

}  // namespace lull::clean
