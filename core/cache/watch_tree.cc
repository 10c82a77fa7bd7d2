// SPDX-License-Identifier: MIT
#include "core/cache/watch_tree.h"

#include <algorithm>
#include <vector>

#include <sys/stat.h>

#include "core/cache/row_range.h"
#include "core/scan/status_values.h"

namespace lull::cache {
namespace {

// Those of them that are on the device: a path that goes through links has no row of that name.
std::vector<std::uint64_t> inodes_of(std::span<const std::string> directories,
                                     std::uint64_t device) {
  std::vector<std::uint64_t> inodes;
  for (const std::string& directory : directories) {
    struct stat status {};
    if (::stat(directory.c_str(), &status) == 0 && scan::device_number(status.st_dev) == device)
      inodes.push_back(status.st_ino);
  }
  return inodes;
}

// Calls visit(path, inode) for the directories of the tree at `path` that have rows, but for those
// that are left out, until that returns false. False then, and where there are no rows.
template <class Visit>
bool for_directories(TreeStore& store, const std::string& path, std::span<const std::string> but,
                     Visit&& visit) {
  const std::string normal = normal_path(path);
  const auto tree = find_covering(store, normal);
  if (tree == nullptr) return false;
  const auto range = find_rows(*tree, path_below(normal, tree->summary().path));
  if (!range) return false;
  const auto left_out = inodes_of(but, tree->summary().device);
  std::string root = tree->summary().path;
  if (root.back() != '/') root += '/';
  DecodedPage page;
  PathStack way;
  bool go_on = true;
  for (std::size_t index = range->first_page; index <= range->last_page && go_on; ++index) {
    if (!decode_page(tree->page(index), page)) return false;
    range->for_rows(index, page, way, [&](std::size_t, const DirRow& row) {
      if (std::find(left_out.begin(), left_out.end(), row.inode) != left_out.end()) return;
      go_on = go_on && visit(root + std::string(way.path()), row.inode);
    });
  }
  return go_on;
}

}  // namespace

bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree,
                std::span<const std::string> but) {
  const bool whole =
      for_directories(store, path, but, [&](const std::string& directory, std::uint64_t inode) {
        return watch.add(directory, {tree, inode});
      });
  if (!whole) watch.remove_tree(tree);
  return whole;
}

WatchedPart watch_part(TreeStore& store, DirWatch& watch, const std::string& path,
                       std::uint32_t tree, std::span<const std::uint64_t> touched,
                       std::span<const std::string> but) {
  WatchedPart part;
  part.whole =
      for_directories(store, path, but, [&](const std::string& directory, std::uint64_t inode) {
        if (std::binary_search(touched.begin(), touched.end(), inode)) part.known.push_back(inode);
        return watch.add(directory, {tree, inode});
      });
  std::sort(part.known.begin(), part.known.end());
  return part;
}

}  // namespace lull::cache
