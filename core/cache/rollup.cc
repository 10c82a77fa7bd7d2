// SPDX-License-Identifier: MIT
#include "core/cache/rollup.h"

#include <algorithm>
#include <utility>

namespace lull::cache {

void Rollup::add(const DirRow& row) {
  totals_.allocated_bytes += row.own_bytes;
  totals_.apparent_bytes += row.own_apparent;
  totals_.files += row.files;
  ++totals_.directories;
  totals_.oldest_ms = std::min(totals_.oldest_ms, row.read_at_ms);
  totals_.failed = totals_.failed || (row.flags & DirRow::kFailed) != 0;
  for (const LinkedFile& file : row.links) links_.push_back({file, row.read_at_ms});
}

void Rollup::merge(Rollup&& other) {
  totals_.allocated_bytes += other.totals_.allocated_bytes;
  totals_.apparent_bytes += other.totals_.apparent_bytes;
  totals_.files += other.totals_.files;
  totals_.directories += other.totals_.directories;
  totals_.oldest_ms = std::min(totals_.oldest_ms, other.totals_.oldest_ms);
  totals_.failed = totals_.failed || other.totals_.failed;
  if (links_.empty()) {
    links_ = std::move(other.links_);
  } else {
    links_.insert(links_.end(), other.links_.begin(), other.links_.end());
  }
}

TreeTotals Rollup::finish() {
  // The latest reading of each first; between equal ones the greater, so that the answer does not
  // depend on which thread was faster.
  std::sort(links_.begin(), links_.end(), [](const Link& a, const Link& b) {
    if (a.file.inode != b.file.inode) return a.file.inode < b.file.inode;
    if (a.read_at_ms != b.read_at_ms) return a.read_at_ms > b.read_at_ms;
    if (a.file.allocated_bytes != b.file.allocated_bytes)
      return a.file.allocated_bytes > b.file.allocated_bytes;
    return a.file.apparent_bytes > b.file.apparent_bytes;
  });
  const LinkedFile* last = nullptr;
  for (const Link& link : links_) {
    if (last != nullptr && last->inode == link.file.inode) continue;
    last = &link.file;
    totals_.allocated_bytes += link.file.allocated_bytes;
    totals_.apparent_bytes += link.file.apparent_bytes;
    ++totals_.files;
  }
  links_ = {};
  return totals_;
}

}  // namespace lull::cache
