// SPDX-License-Identifier: MIT
#include "core/cache/watch_tree.h"

#include "core/cache/row_range.h"

namespace lull::cache {
namespace {

bool add_rows(const StoredTree& tree, const RowRange& range, DirWatch& watch, std::uint32_t id) {
  std::string root = tree.summary().path;
  if (root.back() != '/') root += '/';
  DecodedPage page;
  PathStack path;
  bool all = true;
  for (std::size_t index = range.first_page; index <= range.last_page && all; ++index) {
    if (!decode_page(tree.page(index), page)) return false;
    range.for_rows(index, page, path, [&](std::size_t, const DirRow& row) {
      all = all && watch.add(root + std::string(path.path()), {id, row.inode});
    });
  }
  return all;
}

}  // namespace

bool watch_tree(TreeStore& store, DirWatch& watch, const std::string& path, std::uint32_t tree) {
  const std::string normal = normal_path(path);
  const auto known = find_covering(store, normal);
  if (known == nullptr) return false;
  const auto range = find_rows(*known, path_below(normal, known->summary().path));
  if (range && add_rows(*known, *range, watch, tree)) return true;
  watch.remove_tree(tree);
  return false;
}

}  // namespace lull::cache
