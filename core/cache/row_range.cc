// SPDX-License-Identifier: MIT
#include "core/cache/row_range.h"

#include <string>

#include "core/base/path_text.h"

namespace lull::cache {
namespace {

// The first row's path of a page; false if the page is damaged.
bool first_path(const StoredTree& tree, std::size_t index, std::string& path) {
  PageStart start;
  if (!peek_page(tree.raw_page(index), start)) return false;
  path = start.base;
  if (!path.empty()) path += '/';
  path += start.name;
  return true;
}

// How many pages begin with a row for which `is_before` holds; they come first.
template <class IsBefore>
std::optional<std::size_t> count_pages(const StoredTree& tree, IsBefore&& is_before) {
  std::size_t low = 0, high = tree.summary().pages.size();
  std::string path;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (!first_path(tree, middle, path)) return std::nullopt;
    if (is_before(path))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool find_in_page(const StoredTree& tree, std::string_view below, RowRange& range) {
  DecodedPage page;
  if (!decode_page(tree.page(range.first_page), page)) return false;
  PathStack path;
  path.restart(page.base);
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    const DirRow& row = page.rows[i];
    path.enter(row.depth, row.name);
    if (path.path() != below) continue;
    range.first_row = i;
    range.depth = row.depth;
    range.inode = row.inode;
    range.mtime_ns = row.mtime_ns;
    range.ctime_ns = row.ctime_ns;
    return true;
  }
  return false;
}

}  // namespace

std::optional<RowRange> find_rows(const StoredTree& tree, std::string_view below) {
  const auto before =
      count_pages(tree, [&](const std::string& path) { return compare_paths(path, below) <= 0; });
  if (!before || *before == 0) return std::nullopt;
  RowRange range;
  range.first_page = *before - 1;
  if (!find_in_page(tree, below, range)) return std::nullopt;
  const auto through = count_pages(tree, [&](const std::string& path) {
    return below.empty() || compare_paths(path, below) <= 0 || base::is_below(path, below);
  });
  if (!through) return std::nullopt;
  range.last_page = *through - 1;
  return range;
}

std::optional<TreeTotals> sum_rows(const StoredTree& tree, const RowRange& range) {
  Rollup rollup;
  DecodedPage page;
  PathStack path;
  for (std::size_t index = range.first_page; index <= range.last_page; ++index) {
    if (!decode_page(tree.page(index), page)) return std::nullopt;
    range.for_rows(index, page, path, [&](std::size_t, const DirRow& row) { rollup.add(row); });
  }
  return rollup.finish();
}

}  // namespace lull::cache
