// SPDX-License-Identifier: MIT
#include "core/cache/far_path.h"

#include <cerrno>
#include <climits>
#include <string>
#include <utility>

#include "core/scan/dir_reader.h"

namespace lull::cache {
namespace {

constexpr std::size_t kMost = PATH_MAX - 1;

// Goes as far as it takes to make the rest short enough. `at` is what the rest begins from.
struct Way {
  Way(int directory, std::string_view path) : at(directory) {
    while (path.size() > kMost) {
      const std::size_t slash = path.rfind('/', kMost);
      if (slash == std::string_view::npos) return;  // no name is that long
      own.reset(scan::open_step_at(at, std::string(path.substr(0, slash)).c_str()));
      at = own.get();
      if (at < 0) return;
      path.remove_prefix(slash + 1);
    }
    rest = path;
  }
  int at;
  base::UniqueFd own;
  std::string rest;
};

}  // namespace

int stat_below(int directory, std::string_view path, struct stat& status) {
  const Way way(directory, path);
  return way.at < 0 ? ENOENT : scan::stat_at(way.at, way.rest.c_str(), status);
}

base::UniqueFd step_below(int directory, std::string_view path) {
  const Way way(directory, path);
  if (way.at < 0 || way.rest.empty()) return {};
  const int fd = scan::open_step_at(way.at, way.rest.c_str());
  return fd < 0 ? base::UniqueFd() : base::UniqueFd(fd);
}

int open_below(int directory, std::string_view path) {
  const Way way(directory, path);
  if (way.at < 0) return -ENOENT;
  scan::OpenManner manner;
  return scan::open_directory_at(way.at, path.empty() ? "." : way.rest.c_str(), manner);
}

}  // namespace lull::cache
