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

bool add_rows(const StoredTree& tree, const RowRange& range, DirWatch& watch, std::uint32_t id,
              const std::vector<std::uint64_t>& but) {
  std::string root = tree.summary().path;
  if (root.back() != '/') root += '/';
  DecodedPage page;
  PathStack path;
  bool all = true;
  for (std::size_t index = range.first_page; index <= range.last_page && all; ++index) {
    if (!decode_page(tree.page(index), page)) return false;
    range.for_rows(index, page, path, [&](std::size_t, const DirRow& row) {
      if (std::find(but.begin(), but.end(), row.inode) != but.end()) return;
      all = all && watch.add(root + std::string(path.path()), {id, row.inode});
    });
  }
  return all;
}

}  // namespace

bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree,
                std::span<const std::string> but) {
  const std::string normal = normal_path(path);
  const auto known = find_covering(store, normal);
  if (known == nullptr) return false;
  const auto range = find_rows(*known, path_below(normal, known->summary().path));
  const auto left_out = inodes_of(but, known->summary().device);
  if (range && add_rows(*known, *range, watch, tree, left_out)) return true;
  watch.remove_tree(tree);
  return false;
}

}  // namespace lull::cache
