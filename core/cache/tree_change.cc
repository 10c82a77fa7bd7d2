// SPDX-License-Identifier: MIT
#include "core/cache/tree_change.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace lull::cache {
namespace {

// Eight pages of 4 KiB less what LMDB puts in front.
constexpr std::size_t kPageBytes = 8 * 4096 - 64;
constexpr std::size_t kRowBytes = 48, kLinkBytes = 24;  // at most, about
constexpr std::size_t kLongestPath = 16 * 1024;

// Cuts rows into pages and sums them.
class RowEmitter {
 public:
  RowEmitter(PageSink* sink, ChangedTotals& totals) : sink_(sink), totals_(totals) {}

  // The next row begins a page, which takes the place of page `like`.
  void cut(std::optional<std::size_t> like) {
    if (in_page_ && sink_ != nullptr && totals_.storable)
      sink_->add(writer_.finish(), writer_.rows(), like_);
    in_page_ = false;
    like_ = like;
  }

  void add(const DirRow& row, bool in_range) {
    (in_range ? range_ : rest_).add(row);
    if (sink_ == nullptr || !totals_.storable) return;
    const std::size_t most = kRowBytes + row.name.size() + kLinkBytes * row.links.size();
    if (in_page_ && writer_.size() + most > kPageBytes) cut(std::nullopt);
    path_.enter(row.depth, row.name);
    if (path_.path().size() > kLongestPath) totals_.storable = false;
    if (!in_page_)
      writer_.begin(row.depth > 1 ? path_.between(0, row.depth - 1) : std::string_view(), row.depth,
                    row.read_at_ms);
    in_page_ = true;
    writer_.add(row);
  }

  void finish() {
    cut(std::nullopt);
    Rollup all = range_;
    totals_.range = range_.finish();
    all.merge(std::move(rest_));
    totals_.tree = all.finish();
  }

 private:
  PageSink* const sink_;
  ChangedTotals& totals_;
  PageWriter writer_;
  PathStack path_;
  Rollup range_, rest_;
  bool in_page_ = false;
  std::optional<std::size_t> like_;
};

std::vector<const RowNode*> sorted_children(const RowNode& node) {
  std::vector<const RowNode*> children;
  for (const RowNode* child = node.children.load(std::memory_order_acquire); child != nullptr;
       child = child->next)
    children.push_back(child);
  std::sort(children.begin(), children.end(),
            [](const RowNode* a, const RowNode* b) { return a->name() < b->name(); });
  return children;
}

class Change {
 public:
  Change(const TreeChange& change, PageSink* sink, ChangedTotals& totals)
      : change_(change), emitter_(sink, totals) {}

  bool run() {
    if (change_.old == nullptr) {
      add_subtree(*change_.root, 0, {});
    } else {
      for (std::size_t index = 0; index < change_.old->summary().pages.size(); ++index)
        if (!pass_page(index)) return false;
      leave(0);
    }
    emitter_.finish();
    return true;
  }

 private:
  // New subdirectories of a directory that was read again, until their turn among the old comes.
  struct Pending {
    std::uint32_t depth;
    std::vector<const RowNode*> nodes;
    std::size_t next = 0;
  };

  bool pass_page(std::size_t index) {
    if (!decode_page(change_.old->page(index), page_)) return false;
    emitter_.cut(index);
    for (std::size_t at = 0; at < page_.rows.size(); ++at, ++row_) pass_row(index, at);
    return true;
  }

  void pass_row(std::size_t index, std::size_t at) {
    const DirRow& row = page_.rows[at];
    const bool is_root = index == change_.range.first_page && at == change_.range.first_row;
    if (is_root)
      in_range_ = true;
    else if (in_range_ && row.depth <= change_.range.depth)
      in_range_ = false;
    if (in_range_ && change_.root != nullptr) {
      if (is_root) add_subtree(*change_.root, row.depth, row.name);
      return;
    }
    if (row.depth > dropped_depth_) return;
    dropped_depth_ = kNothingDropped;
    leave(row.depth);
    add_pending_before(row.depth, row.name);
    const Verdict verdict = change_.verdicts.empty() ? Verdict::kSame : change_.verdicts[row_];
    if (verdict == Verdict::kReplaced) {
      dropped_depth_ = row.depth;
      return;
    }
    if (verdict == Verdict::kReread)
      add_reread(row);
    else
      emitter_.add(row, in_range_);
  }

  void add_reread(const DirRow& row) {
    while (change_.rereads[reread_].row != row_) ++reread_;
    const RowNode& fresh = *change_.rereads[reread_].fresh;
    add_node(fresh, row.depth, row.name);
    if (auto children = sorted_children(fresh); !children.empty())
      pending_.push_back({row.depth + 1, std::move(children)});
  }

  // What is still pending deeper than the next row comes before it.
  void leave(std::uint32_t depth) {
    while (!pending_.empty() && pending_.back().depth > depth) {
      Pending last = std::move(pending_.back());
      pending_.pop_back();
      for (; last.next < last.nodes.size(); ++last.next)
        add_subtree(*last.nodes[last.next], last.depth, last.nodes[last.next]->name());
    }
  }
  void add_pending_before(std::uint32_t depth, std::string_view name) {
    if (pending_.empty() || pending_.back().depth != depth) return;
    Pending& here = pending_.back();
    for (; here.next < here.nodes.size() && here.nodes[here.next]->name() < name; ++here.next)
      add_subtree(*here.nodes[here.next], depth, here.nodes[here.next]->name());
  }

  void add_subtree(const RowNode& root, std::uint32_t root_depth, std::string_view root_name) {
    std::vector<std::pair<const RowNode*, std::uint32_t>> stack{{&root, root_depth}};
    while (!stack.empty()) {
      const auto [node, depth] = stack.back();
      stack.pop_back();
      add_node(*node, depth, node == &root ? root_name : node->name());
      const auto children = sorted_children(*node);
      for (auto child = children.rbegin(); child != children.rend(); ++child)
        stack.emplace_back(*child, depth + 1);
    }
  }

  void add_node(const RowNode& node, std::uint32_t depth, std::string_view name) {
    const auto links = change_.collector.links_of(node);
    DirRow row;
    row.name = name;
    row.depth = depth;
    row.flags = node.flags.load(std::memory_order_relaxed);
    row.inode = node.inode;
    row.mtime_ns = node.mtime_ns;
    row.ctime_ns = node.ctime_ns;
    row.own_bytes = node.own_bytes.load(std::memory_order_relaxed);
    row.own_apparent = node.own_apparent.load(std::memory_order_relaxed);
    row.files = node.files.load(std::memory_order_relaxed);
    row.read_at_ms = change_.read_at_ms;
    row.links = links;
    emitter_.add(row, true);  // what is new lies in the range, even if its turn comes after the end
  }

  static constexpr std::uint32_t kNothingDropped = std::numeric_limits<std::uint32_t>::max();

  const TreeChange& change_;
  RowEmitter emitter_;
  DecodedPage page_;
  std::size_t row_ = 0;  // counted through the tree
  bool in_range_ = false;
  std::uint32_t dropped_depth_ = kNothingDropped;
  std::size_t reread_ = 0;
  std::vector<Pending> pending_;
};

}  // namespace

bool apply_change(const TreeChange& change, PageSink* sink, ChangedTotals& totals) {
  totals = {};
  return Change(change, sink, totals).run();
}

}  // namespace lull::cache
