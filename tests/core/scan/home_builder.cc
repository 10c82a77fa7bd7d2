// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/scan/home_manifest.h"

namespace lull::scan::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t kLargestReal = 4096;  // larger files are sparse

std::string elf(char type) {
  std::string head(
      "\x7f"
      "ELF\x02\x01\x01",
      7);
  head.resize(64);
  head[16] = type;
  head[18] = 62;  // x86-64
  head[20] = 1;
  return head;
}

void append_big_endian(std::string& bytes, std::uint32_t value, int count) {
  while (count-- > 0) bytes += static_cast<char>(value >> (8 * count));
}

// Version 2 of gitformat-index(5), with an entry for each name and no real object behind it.
std::string git_index(std::string_view names) {
  std::string entries;
  std::uint32_t count = 0;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const std::string_view name = names.substr(0, comma);
    std::string entry(60, '\0');
    append_big_endian(entry, static_cast<std::uint32_t>(name.size()), 2);
    entry += name;
    entry.append(8 - entry.size() % 8, '\0');
    entries += entry;
    ++count;
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  std::string index = "DIRC";
  append_big_endian(index, 2, 4);
  append_big_endian(index, count, 4);
  return index + entries + std::string(20, '\0');
}

std::string trash_info(std::string_view what, const Installation& home) {
  const std::size_t colon = what.find(':');
  const int age = std::stoi(std::string(what.substr(0, colon)));
  return "[Trash Info]\nPath=" + std::string(what.substr(colon + 1)) +
         "\nDeletionDate=" + home.deletion_date(age) + "\n";
}

std::string content_of(const HomeEntry& entry, const Installation& home) {
  using Maker = std::function<std::string(std::string_view)>;
  static const std::map<std::string, Maker, std::less<>> kMakers{
      {"sqlite", [](auto) { return std::string("SQLite format 3\0", 16); }},
      {"cachedir-tag",
       [](auto) { return std::string("Signature: 8a477f597d28d172789f06886806bc55\n"); }},
      {"elf-core", [](auto) { return elf(4); }},
      {"elf-program", [](auto) { return elf(3); }},
      {"png", [](auto) { return std::string("\x89PNG\r\n\x1a\n"); }},
      {"gzip", [](auto) { return std::string("\x1f\x8b\x08"); }},
      {"text", [](std::string_view text) { return std::string(text); }},
      {"git-index", [](std::string_view names) { return git_index(names); }}};
  if (entry.more.empty()) return std::string(std::min(entry.bytes, kLargestReal), 'x');
  const std::string_view word = std::string_view(entry.more).substr(1);
  const std::size_t colon = std::min(word.find(':'), word.size());
  const std::string_view rest = word.substr(std::min(colon + 1, word.size()));
  if (word.starts_with("trashinfo:")) return trash_info(rest, home);
  const auto maker = kMakers.find(word.substr(0, colon));
  if (entry.more.front() != '=' || maker == kMakers.end())
    throw std::runtime_error("unknown content " + entry.more);
  std::string bytes = maker->second(rest);
  const bool as_written = word.starts_with("text:") || word.starts_with("git-index:");
  if (!as_written && bytes.size() < std::min(entry.bytes, kLargestReal))
    bytes.resize(std::min(entry.bytes, kLargestReal), '\0');
  return bytes;
}

void make_file(const HomeEntry& entry, Installation& home) {
  const std::string path = home.tree.text(entry.path, content_of(entry, home));
  if (entry.bytes > kLargestReal && ::truncate(path.c_str(), static_cast<off_t>(entry.bytes)) != 0)
    throw std::runtime_error("cannot make " + path);
}

void set_times(const HomeEntry& entry, Installation& home) {
  home.tree.touch(entry.path, home.request.now - days(entry.days) - minutes(30));
}

bool is_top(const HomeEntry& entry) {
  return entry.path == "home" || entry.path == "tmp" || entry.path == "vartmp" ||
         entry.path == "volumes";
}

bool is_volume(const HomeEntry& entry) {
  constexpr std::string_view kVolumes = "volumes/";
  return entry.path.starts_with(kVolumes) &&
         entry.path.find('/', kVolumes.size()) == std::string::npos;
}

// Where one home has a link and another a directory, following it would lead out of the tree; where
// it has a file, nothing can be below it.
bool is_below_no_directory(const std::string& path, const Installation& home) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string above = path.substr(0, slash);
    if (home.tree.exists(above) && !S_ISDIR(home.tree.status(above).st_mode)) return true;
  }
  return false;
}

}  // namespace

void make_entry(const HomeEntry& entry, Installation& home) {
  switch (entry.kind) {
    case HomeEntry::Kind::kDirectory:
      home.tree.directory(entry.path);
      break;
    case HomeEntry::Kind::kFile:
      make_file(entry, home);
      break;
    case HomeEntry::Kind::kLink:
      home.tree.symlink(entry.path, entry.more);
      break;
    case HomeEntry::Kind::kFifo:
      home.tree.fifo(entry.path);
      break;
    case HomeEntry::Kind::kSocket:
      home.tree.socket(entry.path);
      break;
  }
  if (entry.kind == HomeEntry::Kind::kFile) home.tree.mode(entry.path, entry.mode);
  set_times(entry, home);
}

// A change time cannot be set back, so the scan takes place so much later.
void set_scan_day(Installation& home, int oldest_days) {
  home.request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + days(oldest_days) + hours(1));
}

void build_home(const HomeManifest& manifest, Installation& home) {
  for (const HomeEntry& entry : manifest.entries) {
    if (is_top(entry) || is_below_no_directory(entry.path, home) || home.tree.exists(entry.path))
      continue;
    make_entry(entry, home);
    if (is_volume(entry)) home.request.places.volumes.push_back(home.tree.path(entry.path));
  }
  // Making what is in a directory made the directory new, so directories come last, deepest first.
  for (auto entry = manifest.entries.rbegin(); entry != manifest.entries.rend(); ++entry) {
    if (is_top(*entry) || is_below_no_directory(entry->path, home)) continue;
    if (!S_ISDIR(home.tree.status(entry->path).st_mode)) continue;
    home.tree.mode(entry->path, entry->mode);
    set_times(*entry, home);
  }
}

}  // namespace lull::scan::testing
