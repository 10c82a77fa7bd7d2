// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/dir_reader.h"
#include "core/scan/git_index.h"
#include "core/scan/peek.h"

namespace lull::scan {
namespace {

constexpr std::size_t kLargestIndex = std::size_t{64} << 20;
constexpr std::size_t kLargestPointer = 8192;

// "gitdir: PATH" of a work tree or submodule, made absolute; nothing if it says anything else.
std::optional<std::string> pointed_directory(const std::string& top) {
  const auto text = peek_text(AT_FDCWD, (top + "/.git").c_str(), kLargestPointer);
  constexpr std::string_view kWord = "gitdir: ";
  if (!text || !text->starts_with(kWord)) return std::nullopt;
  std::string path = text->substr(kWord.size());
  while (!path.empty() && (path.back() == '\n' || path.back() == '\r')) path.pop_back();
  if (path.empty() || path.find('\0') != std::string::npos) return std::nullopt;
  return path.front() == '/' ? path : top + "/" + path;
}

// SHA-256 repositories say so; half-understood settings are no reason to go on.
std::optional<std::size_t> hash_bytes_of(const std::string& git) {
  std::string common = git;
  if (const auto pointer = peek_text(AT_FDCWD, (git + "/commondir").c_str(), kLargestPointer)) {
    const std::string path = pointer->substr(0, pointer->find('\n'));
    common = path.starts_with('/') ? path : git + "/" + path;
  }
  const auto config = peek_text(AT_FDCWD, (common + "/config").c_str(), kLargestIndex);
  if (!config) return std::nullopt;
  std::string lower = *config;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (lower.find("objectformat") == std::string::npos) return 20;
  return lower.find("sha256") != std::string::npos ? 32 : std::optional<std::size_t>{};
}

// What the repository whose work tree begins at `top` says of `relative`.
Tracking tracking_in(const std::string& top, const std::string& relative,
                     const struct stat& status) {
  std::optional<std::string> git = top + "/.git";
  if (S_ISREG(status.st_mode)) git = pointed_directory(top);
  if (!git || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) return Tracking::kUnknown;
  struct stat index {};
  const int failed = stat_at(AT_FDCWD, (*git + "/index").c_str(), index);
  const bool is_repository = stat_at(AT_FDCWD, (*git + "/HEAD").c_str(), index) == 0;
  if (failed == ENOENT && is_repository) return Tracking::kNot;  // nothing was ever added
  const auto hash_bytes = hash_bytes_of(*git);
  const auto bytes = peek_text(AT_FDCWD, (*git + "/index").c_str(), kLargestIndex);
  if (!hash_bytes || !bytes) return Tracking::kUnknown;
  return find_in_index(*bytes, relative, *hash_bytes);
}

}  // namespace

Tracking find_tracking(const std::string& path) {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash + 1 < path.size();
       slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    const std::string top = path.substr(0, slash);
    struct stat status {};
    const int failed = stat_at(AT_FDCWD, (top + "/.git").c_str(), status);
    if (failed == ENOENT || failed == ENOTDIR) continue;
    if (failed != 0) return Tracking::kUnknown;
    const Tracking tracking = tracking_in(top, path.substr(slash + 1), status);
    if (tracking != Tracking::kNot) return tracking;
  }
  return Tracking::kNot;
}

}  // namespace lull::scan
