// SPDX-License-Identifier: MIT
#include "core/cache/reread_plan.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace lull::cache {
namespace {

// Passes the rows of a range with where each one is; false if a page is damaged.
template <class Visit>
bool pass_rows(const StoredTree& tree, const RowRange& range, Visit&& visit) {
  const auto& pages = tree.summary().pages;
  std::size_t first = 0;
  for (std::size_t i = 0; i < range.first_page; ++i) first += pages[i].rows;
  DecodedPage page;
  PathStack path;
  for (std::size_t index = range.first_page; index <= range.last_page; ++index) {
    if (!decode_page(tree.page(index), page)) return false;
    range.for_rows(index, page, path,
                   [&](std::size_t at, const DirRow& row) { visit(first + at, row, path); });
    first += pages[index].rows;
  }
  return true;
}

constexpr std::uint32_t kNothingDropped = std::numeric_limits<std::uint32_t>::max();

// A directory with a subdirectory that is another one now must be read again, whatever its own
// times say. Rows below a replaced one no longer count.
class Spread {
 public:
  Spread(const RowRange& range, std::vector<Verdict>& verdicts)
      : range_(range), verdicts_(verdicts) {}

  void pass(std::size_t index, const DirRow& row) {
    above_.resize(row.depth - range_.depth);
    above_.push_back(index);
    if (row.depth > dropped_) {
      verdicts_[index] = Verdict::kReplaced;
      return;
    }
    dropped_ = kNothingDropped;
    if (verdicts_[index] != Verdict::kReplaced) return;
    dropped_ = row.depth;
    if (above_.size() > 1) verdicts_[above_[above_.size() - 2]] = Verdict::kReread;
  }

 private:
  const RowRange& range_;
  std::vector<Verdict>& verdicts_;
  std::vector<std::size_t> above_;  // rows from the range's root to the one at hand
  std::uint32_t dropped_ = kNothingDropped;
};

// Makes a Reread of every row that needs one, with those of its children that stay.
class Gather {
 public:
  Gather(const RowRange& range, RereadPlan& plan) : range_(range), plan_(plan) {}

  void pass(std::size_t index, const DirRow& row, const PathStack& path) {
    open_.resize(row.depth - range_.depth);
    const Verdict verdict = plan_.verdicts[index];
    if (verdict != Verdict::kReplaced && !open_.empty() && open_.back() != kNone)
      plan_.rereads[open_.back()].children.push_back(
          {std::string(row.name), index, row.inode, false});
    open_.push_back(kNone);
    if (verdict != Verdict::kReread) return;
    open_.back() = plan_.rereads.size();
    Reread reread;
    reread.row = index;
    reread.path = row.depth == range_.depth ? std::string_view() : path.below(range_.depth);
    reread.inode = row.inode;
    plan_.rereads.push_back(std::move(reread));
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  const RowRange& range_;
  RereadPlan& plan_;
  std::vector<std::size_t> open_;  // Reread of each directory above, if it has one
};

}  // namespace

bool plan_rereads(const StoredTree& tree, const RowRange& range, const CheckReport& check,
                  std::size_t most, RereadPlan& plan) {
  if (check.exceptions.size() > most) return false;
  plan.verdicts.assign(tree.summary().rows(), Verdict::kSame);
  for (const auto& exception : check.exceptions) plan.verdicts[exception.row] = exception.verdict;
  Spread spread(range, plan.verdicts);
  if (!pass_rows(tree, range, [&](std::size_t index, const DirRow& row, const PathStack&) {
        spread.pass(index, row);
      }))
    return false;
  Gather gather(range, plan);
  if (!pass_rows(tree, range, [&](std::size_t index, const DirRow& row, const PathStack& path) {
        gather.pass(index, row, path);
      }))
    return false;
  const bool root_stays = !plan.rereads.empty() || check.exceptions.empty();
  return root_stays && plan.rereads.size() <= most;
}

void drop_unseen(RereadPlan& plan) {
  for (const Reread& reread : plan.rereads)
    for (const Reread::Child& child : reread.children)
      if (!child.seen) plan.verdicts[child.row] = Verdict::kReplaced;
}

bool links_add_up(const StoredTree& tree, const RowCollector& fresh) {
  const std::vector<std::uint64_t> half_met = fresh.half_met_links();
  if (half_met.empty()) return true;
  std::vector<bool> known(half_met.size());
  DecodedPage page;
  for (std::size_t index = 0; index < tree.summary().pages.size(); ++index) {
    if (!decode_page(tree.page(index), page)) return false;
    for (const LinkedFile& link : page.links) {
      const auto at = std::lower_bound(half_met.begin(), half_met.end(), link.inode);
      if (at != half_met.end() && *at == link.inode)
        known[static_cast<std::size_t>(at - half_met.begin())] = true;
    }
  }
  return std::find(known.begin(), known.end(), false) == known.end();
}

}  // namespace lull::cache
