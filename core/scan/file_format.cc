// SPDX-License-Identifier: MIT
#include "core/scan/file_format.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <unistd.h>

#include "core/scan/peek.h"

namespace lull::scan {
namespace {

using namespace std::string_view_literals;

bool begins_with(std::span<const std::byte> bytes, std::string_view signature) {
  return bytes.size() >= signature.size() &&
         std::equal(signature.begin(), signature.end(), bytes.begin(),
                    [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

// e_ident: class at 4, byte order at 5, version at 6; e_type at 16 in that order.
bool is_elf_core(std::span<const std::byte> bytes) {
  if (bytes.size() < 18 || !begins_with(bytes,
                                        "\x7f"
                                        "ELF"sv))
    return false;
  const auto at = [&](std::size_t index) { return std::to_integer<unsigned>(bytes[index]); };
  constexpr unsigned kCore = 4;
  const bool known = (at(4) == 1 || at(4) == 2) && at(6) == 1;
  if (at(5) == 1) return known && at(16) == kCore && at(17) == 0;
  return known && at(5) == 2 && at(16) == 0 && at(17) == kCore;
}

}  // namespace

bool has_format(FileFormat format, std::span<const std::byte> beginning) {
  switch (format) {
    case FileFormat::kAny:
      return true;
    case FileFormat::kElfCore:
      return is_elf_core(beginning);
    case FileFormat::kSqlite:
      return begins_with(beginning, "SQLite format 3\0"sv);
    case FileFormat::kPng:
      return begins_with(beginning, "\x89PNG\r\n\x1a\n"sv);
    case FileFormat::kGzip:
      return begins_with(beginning, "\x1f\x8b\x08"sv);
  }
  return false;
}

bool file_has_format(FileFormat format, int directory, const char* name, dev_t device,
                     ino_t inode) {
  struct stat status {};
  const base::UniqueFd fd = open_to_peek(directory, name, status);
  if (!fd || status.st_dev != device || status.st_ino != inode) return false;
  std::array<std::byte, kFormatBytes> bytes;
  const ssize_t length = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  return length > 0 && has_format(format, std::span(bytes).first(static_cast<std::size_t>(length)));
}

}  // namespace lull::scan
