// SPDX-License-Identifier: MIT
#include "core/cache/tree_check.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include <sys/stat.h>

#include "core/base/path_text.h"
#include "core/base/unique_fd.h"
#include "core/cache/far_path.h"
#include "core/scan/parallel.h"
#include "core/scan/status_values.h"
#include "core/scan/walker.h"

namespace lull::cache {
namespace {

// So many rows are looked at from one open directory above them all: opening it costs as much as
// two lstats, and each component that a path is shorter saves a fifth of one.
constexpr std::size_t kRowsPerAnchor = 48;
constexpr std::uint32_t kComponentsWorthIt = 2;

// An open directory on the way to the row at hand, at some depth.
class Anchor {
 public:
  Anchor(int root, std::uint32_t depth) : root_(root), root_depth_(depth), depth_(depth) {}

  int fd() const { return own_ ? own_.get() : root_; }
  std::uint32_t depth() const { return depth_; }
  void back_to_root() {
    own_.reset();
    depth_ = root_depth_;
  }
  // Moves to the ancestor at `depth` of the path's end.
  void move_to(const PathStack& path, std::uint32_t depth) {
    auto next = step_below(fd(), path.between(depth_, depth));
    if (!next) return;
    own_ = std::move(next);
    depth_ = depth;
  }

 private:
  const int root_;
  const std::uint32_t root_depth_;
  std::uint32_t depth_;
  base::UniqueFd own_;
};

struct alignas(64) Slot {
  DecodedPage page;
  PathStack path;
  Rollup rollup;
  std::vector<CheckReport::Exception> exceptions;
};

class Check {
 public:
  Check(const StoredTree& tree, const RowRange& range, int root, const CheckRules& rules,
        const scan::WalkOptions& options)
      : tree_(tree), range_(range), root_(root), rules_(rules), options_(options) {
    std::size_t rows = 0;
    for (const auto& page : tree.summary().pages) {
      first_rows_.push_back(rows);
      rows += page.rows;
    }
  }

  CheckReport run() {
    std::vector<Slot> slots(scan::walk_width(options_));
    CheckReport report;
    report.complete = scan::for_each_index(range_.last_page - range_.first_page + 1, options_,
                                           [&](unsigned slot, std::size_t index) {
                                             check_page(slots[slot], range_.first_page + index);
                                           });
    report.damaged = damaged_.load();
    Rollup rollup;
    for (Slot& slot : slots) {
      rollup.merge(std::move(slot.rollup));
      report.exceptions.insert(report.exceptions.end(), slot.exceptions.begin(),
                               slot.exceptions.end());
    }
    report.totals = rollup.finish();
    std::sort(report.exceptions.begin(), report.exceptions.end(),
              [](const auto& a, const auto& b) { return a.row < b.row; });
    return report;
  }

 private:
  void check_page(Slot& slot, std::size_t index) {
    if (damaged_.load(std::memory_order_relaxed)) return;
    if (!decode_page(tree_.page(index), slot.page) ||
        slot.page.rows.size() != tree_.summary().pages[index].rows) {
      damaged_.store(true, std::memory_order_relaxed);
      return;
    }
    Anchor anchor(root_, range_.depth);
    std::size_t anchored_until = 0;
    std::uint64_t rows = 0, bytes = 0;
    range_.for_rows(index, slot.page, slot.path, [&](std::size_t at, const DirRow& row) {
      if (at >= anchored_until) {
        anchored_until = at + kRowsPerAnchor;
        set_anchor(slot, anchor, at, anchored_until);
      }
      const Verdict verdict = judge(slot, anchor, row);
      if (verdict == Verdict::kSame) {
        slot.rollup.add(row);
        bytes += row.own_bytes;
      } else {
        slot.exceptions.push_back({first_rows_[index] + at, verdict});
      }
      ++rows;
    });
    if (options_.progress != nullptr) options_.progress->add(rows, bytes);
  }

  // The deepest directory that all rows from `begin` until `end` are below.
  void set_anchor(const Slot& slot, Anchor& anchor, std::size_t begin, std::size_t end) const {
    anchor.back_to_root();
    std::uint32_t least = slot.page.rows[begin].depth;
    for (std::size_t i = begin; i < std::min(end, slot.page.rows.size()); ++i) {
      if (slot.page.rows[i].depth <= range_.depth) break;  // after the range
      least = std::min(least, slot.page.rows[i].depth);
    }
    if (least > range_.depth + kComponentsWorthIt) anchor.move_to(slot.path, least - 1);
  }

  Verdict judge(const Slot& slot, const Anchor& anchor, const DirRow& row) const {
    if (is_too_old(row)) return Verdict::kReread;
    struct stat status {};
    const int failed = row.depth == range_.depth
                           ? (::fstat(root_, &status) == 0 ? 0 : errno)
                           : stat_below(anchor.fd(), slot.path.below(anchor.depth()), status);
    if (failed != 0 || !S_ISDIR(status.st_mode) || status.st_ino != row.inode ||
        scan::device_number(status.st_dev) != tree_.summary().device)
      return Verdict::kReplaced;
    const scan::StatusTimes times = scan::times_of(status);
    if (times.mtime_ns != row.mtime_ns || times.ctime_ns != row.ctime_ns || is_suspect(slot, row))
      return Verdict::kReread;
    return Verdict::kSame;
  }

  bool is_too_old(const DirRow& row) const {
    if (row.read_at_ms > rules_.now_ms) return true;  // the clock was set back: unknown
    return row.read_at_ms <= rules_.now_ms - rules_.believe_ms;
  }

  bool is_suspect(const Slot& slot, const DirRow& row) const {
    if ((row.flags & (DirRow::kUnsettled | DirRow::kHasMounts | DirRow::kFailed)) != 0) return true;
    if (!rules_.touched.empty() &&
        std::binary_search(rules_.touched.begin(), rules_.touched.end(), row.inode))
      return true;
    if (rules_.stale.empty()) return false;
    std::string path = tree_.summary().path;
    if (!slot.path.path().empty()) {
      if (path.back() != '/') path += '/';
      path += slot.path.path();
    }
    return std::any_of(rules_.stale.begin(), rules_.stale.end(),
                       [&](const std::string& stale) { return base::is_at_or_below(path, stale); });
  }

  const StoredTree& tree_;
  const RowRange& range_;
  const int root_;
  const CheckRules& rules_;
  const scan::WalkOptions& options_;
  std::vector<std::size_t> first_rows_;  // of each page, counted through the tree
  std::atomic<bool> damaged_{false};
};

}  // namespace

CheckReport check_rows(const StoredTree& tree, const RowRange& range, int root,
                       const CheckRules& rules, const scan::WalkOptions& options) {
  return Check(tree, range, root, rules, options).run();
}

}  // namespace lull::cache
