// SPDX-License-Identifier: MIT
#include "core/cache/tree_measure.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/path_text.h"
#include "core/base/unique_fd.h"
#include "core/cache/far_path.h"
#include "core/cache/reread_plan.h"
#include "core/cache/row_collector.h"
#include "core/cache/row_range.h"
#include "core/cache/tree_change.h"
#include "core/cache/tree_check.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"
#include "core/scan/tree_size.h"
#include "core/scan/walker.h"

namespace lull::cache {
namespace {

constexpr std::size_t kOpenAtOnce = 32;   // directories that are read again in one walk
constexpr std::size_t kFewRereads = 256;  // always worth it
constexpr int kMostReadings = 2;          // of everything, by one measurement
constexpr std::size_t kPartOfTree = 8;    // more than this part of the tree: read everything anew

std::int64_t to_ms(base::WallTime time) { return time.time_since_epoch().count(); }
std::int64_t to_ms(base::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}
base::WallTime from_ms(std::int64_t ms) { return base::WallTime(std::chrono::milliseconds(ms)); }

void set_totals(model::TreeSize& size, const TreeTotals& totals) {
  size.allocated_bytes = totals.allocated_bytes;
  size.apparent_bytes = totals.apparent_bytes;
  size.files = totals.files;
  size.directories = totals.directories;
  if (totals.directories > 0) size.as_of = from_ms(totals.oldest_ms);
}

class Measurement {
 public:
  Measurement(TreeStore& store, const MeasureRequest& request, const scan::WalkOptions& options)
      : store_(store),
        request_(request),
        options_(options),
        path_(normal_path(request.path)),
        now_ms_(to_ms(request.now)),
        mounts_(scan::MountsThatMayHang::find()) {
    options_.mounts = &mounts_;
    report_.size.path = request.path;
    report_.size.as_of = request.now;
    for (const std::string& path : request.stale) stale_.push_back(normal_path(path));
  }

  base::Result<MeasureReport> run() {
    if (!open_root()) return measure_plainly();
    find_known();
    if (known_ != nullptr && to_ms(request_.believe) > 0 && !is_mounted_over() && try_rereads())
      return std::move(report_);
    LULL_TRY(read_all());
    return std::move(report_);
  }

 private:
  // Not a directory, or one that may not be listed: nothing to remember.
  base::Result<MeasureReport> measure_plainly() {
    auto size = scan::measure_tree(request_.path, options_);
    if (!size) return tl::unexpected(std::move(size).error());
    report_.size = *std::move(size);
    report_.size.as_of = request_.now;
    return std::move(report_);
  }

  bool open_root() {
    scan::OpenManner manner;
    const int fd = scan::open_directory_at(AT_FDCWD, request_.path.c_str(), manner);
    if (fd < 0) return false;
    root_ = base::UniqueFd(fd);
    return ::fstat(fd, &status_) == 0;
  }

  // The rows of this very directory, if a tree has them.
  void find_known() {
    known_ = find_covering(store_, path_);
    if (known_ == nullptr) return;
    const auto range = known_->summary().device == scan::device_number(status_.st_dev)
                           ? find_rows(*known_, path_below(path_, known_->summary().path))
                           : std::nullopt;
    if (range && range->inode == status_.st_ino)
      range_ = *range;
    else
      known_ = nullptr;
  }

  // A question about a known directory may hang since something is mounted there; a walk goes
  // round.
  bool is_mounted_over() const {
    const auto ways = options_.mounts->ways_below(root_.get());
    const std::string_view here = path_below(path_, known_->summary().path);
    return std::any_of(ways.begin(), ways.end(), [&](const std::string& way) {
      return find_rows(*known_, here.empty() ? way : std::string(here) + "/" + way).has_value();
    });
  }

  RowCollector::Options collector_options() const {
    RowCollector::Options options;
    options.budget_bytes = request_.budget_bytes;
    // The times of files are told by the machine's clock, whatever `now` is.
    const auto real = base::system_clock().wall_now().time_since_epoch() - request_.settle;
    options.unsettled_after_ns = std::chrono::nanoseconds(real).count();
    options.progress = options_.progress;
    return options;
  }

  // ---- what did not change is not read ------------------------------------------------------

  // False: it has to be read anew.
  bool try_rereads() {
    const CheckRules rules{now_ms_, to_ms(request_.believe), request_.touched, stale_};
    const CheckReport check = check_rows(*known_, range_, root_.get(), rules, options_);
    if (check.damaged) {
      store_.erase(known_->summary().path);
      known_ = nullptr;
      return false;
    }
    report_.directories_checked = check.totals.directories + check.exceptions.size();
    set_totals(report_.size, check.totals);
    if (!check.complete) {
      report_.size.partial = true;
      return true;
    }
    if (!check.exceptions.empty()) return reread(check);
    report_.size.from_cache = true;
    report_.stored = true;
    return true;
  }

  bool reread(const CheckReport& check) {
    RereadPlan plan;
    const std::size_t most = std::max(kFewRereads, known_->summary().rows() / kPartOfTree);
    if (!plan_rereads(*known_, range_, check, most, plan)) return false;
    RowCollector collector(scan::walk_width(options_), collector_options());
    for (std::size_t at = 0; at < plan.rereads.size(); at += kOpenAtOnce) {
      const std::size_t count = std::min(kOpenAtOnce, plan.rereads.size() - at);
      switch (read_batch(std::span(plan.rereads).subspan(at, count), collector)) {
        case Batch::kRead:
          break;
        case Batch::kCancelled:
          collector.finish();
          collector.add_to(report_.size);
          report_.size.partial = true;
          return true;
        case Batch::kOtherTree:
          return false;
      }
    }
    collector.finish();
    if (!collector.has_rows() || !links_add_up(*known_, collector)) return false;
    drop_unseen(plan);
    return store_rereads(plan, collector);
  }

  enum class Batch { kRead, kCancelled, kOtherTree };
  // kOtherTree: what was checked a moment ago is another directory now.
  Batch read_batch(std::span<Reread> rereads, RowCollector& collector) {
    std::vector<scan::Seed> seeds;
    std::vector<Reread> listed;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rereads.size(); ++i) {
      const std::string shown = shown_path(rereads[i].path);
      struct stat status {};
      const int fd = open_below(root_.get(), rereads[i].path);
      base::UniqueFd directory(fd < 0 ? -1 : fd);
      const int failed = directory ? (::fstat(fd, &status) == 0 ? 0 : ESTALE)
                                   : stat_below(root_.get(), rereads[i].path, status);
      if (failed != 0 || !S_ISDIR(status.st_mode) || status.st_ino != rereads[i].inode ||
          status.st_dev != status_.st_dev)
        return Batch::kOtherTree;
      if (directory) {
        seeds.push_back({std::move(directory), shown});
        listed.push_back(std::move(rereads[i]));
        places.push_back(i);
      } else {
        rereads[i].fresh = collector.add_unlisted(shown, status, -fd);
      }
    }
    collector.expect(listed);
    // Known subdirectories are met by name only; they are not opened.
    const bool complete =
        scan::walk(std::move(seeds), collector, options_, {.look_before_opening = true});
    for (std::size_t i = 0; i < places.size(); ++i) rereads[places[i]] = std::move(listed[i]);
    return complete ? Batch::kRead : Batch::kCancelled;
  }

  bool store_rereads(const RereadPlan& plan, RowCollector& collector) {
    for (const Reread& one : plan.rereads)
      if (one.fresh == nullptr) return false;  // vanished while it was open
    const TreeChange change{known_.get(),  range_,    nullptr, plan.rereads,
                            plan.verdicts, collector, now_ms_};
    ChangedTotals totals;
    if (!store(change, totals)) return false;
    model::TreeSize errors;
    report_.directories_read = collector.directories_read();
    collector.add_to(errors);
    report_.size.error_count = errors.error_count;
    report_.size.errors = std::move(errors.errors);
    set_totals(report_.size, totals.range);
    return true;
  }

  // ---- everything is read -------------------------------------------------------------------

  // A file that is given another name while this reads may have been met before as one that has no
  // other, and counts twice then. So what may be such a file makes it read once more: by then all
  // of its names are told as names of one.
  base::Status read_all() {
    std::vector<std::uint64_t> told;
    for (int left = kMostReadings;; --left) {
      RowCollector collector(scan::walk_width(options_), collector_options());
      LULL_TRY(read_all(collector));
      if (report_.size.partial) return {};
      std::vector<std::uint64_t> late = collector.late_links(), news;
      std::set_difference(late.begin(), late.end(), told.begin(), told.end(),
                          std::back_inserter(news));
      if (news.empty()) {
        remember(collector);
        return {};
      }
      if (left == 1) {  // somebody goes on making links: a later reading will know
        store_.erase(known_ != nullptr ? known_->summary().path : path_);
        return {};
      }
      told = std::move(late);
    }
  }

  base::Status read_all(RowCollector& collector) {
    report_.size = {};
    report_.size.path = request_.path;
    report_.size.as_of = request_.now;
    std::vector<scan::Seed> seeds;
    const int fd = open_below(root_.get(), {});
    if (fd < 0) return base::fail_errno(-fd, request_.path, "measuring");
    seeds.push_back({base::UniqueFd(fd), request_.path});
    report_.size.partial = !scan::walk(std::move(seeds), collector, options_);
    collector.finish();
    report_.directories_read = collector.directories_read();
    collector.add_to(report_.size);
    return {};
  }

  void remember(RowCollector& collector) {
    if (!collector.has_rows() || collector.root() == nullptr) {
      store_.erase(path_);  // what is there is old, and what is new is too large
      return;
    }
    if (known_ != nullptr && range_.depth > 0 && !links_add_up(*known_, collector)) {
      store_.erase(known_->summary().path);
      known_ = nullptr;
    }
    const TreeChange change{known_.get(), range_, collector.root(), {}, {}, collector, now_ms_};
    ChangedTotals totals;
    if (!store(change, totals)) store_.erase(known_->summary().path);
  }

  // ---- the store ----------------------------------------------------------------------------

  // The totals also if it cannot be stored; false only if the known rows are damaged.
  bool store(const TreeChange& change, ChangedTotals& totals) {
    const std::string& tree = known_ != nullptr ? known_->summary().path : path_;
    bool passed = false, done = false;
    report_.stored = store_.put(tree, known_.get(), [&](PageSink& sink, TreeSummary& summary) {
      done = true;
      passed = apply_change(change, &sink, totals);
      if (!passed || !totals.storable) return false;
      fill_in(change, totals, summary);
      return true;
    });
    return done ? passed : apply_change(change, nullptr, totals);
  }

  void fill_in(const TreeChange& change, const ChangedTotals& totals, TreeSummary& summary) const {
    summary.totals = totals.tree;
    summary.written_ms = now_ms_;
    const RowNode* root = change.root;
    if (known_ != nullptr) {
      const TreeSummary& old = known_->summary();
      summary.device = old.device;
      summary.inode = old.inode;
      summary.mtime_ns = old.mtime_ns;
      summary.ctime_ns = old.ctime_ns;
      if (range_.depth > 0)
        root = nullptr;
      else if (root == nullptr && !change.rereads.empty() && change.rereads.front().row == 0)
        root = change.rereads.front().fresh;
    }
    if (root == nullptr) return;
    summary.device = status_.st_dev;
    summary.inode = root->inode;
    summary.mtime_ns = root->mtime_ns;
    summary.ctime_ns = root->ctime_ns;
  }

  std::string shown_path(std::string_view below) const {
    std::string path = request_.path;
    if (below.empty()) return path;
    if (path.back() != '/') path += '/';
    return path += below;
  }

  TreeStore& store_;
  const MeasureRequest& request_;
  scan::WalkOptions options_;
  const std::string path_;
  const std::int64_t now_ms_;
  const scan::MountsThatMayHang mounts_;  // of one moment for all that is done
  std::vector<std::string> stale_;
  base::UniqueFd root_;
  struct stat status_ {};
  std::shared_ptr<const StoredTree> known_;
  RowRange range_;
  MeasureReport report_;
};

struct KnownTotals {
  TreeTotals totals;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
};

// Of a whole tree without its pages.
std::optional<KnownTotals> totals_of(const StoredTree& tree, const std::string& path) {
  const TreeSummary& whole = tree.summary();
  if (path == whole.path)
    return KnownTotals{whole.totals, whole.inode, whole.mtime_ns, whole.ctime_ns};
  const auto range = find_rows(tree, path_below(path, whole.path));
  if (!range) return std::nullopt;
  const auto totals = sum_rows(tree, *range);
  if (!totals) return std::nullopt;
  return KnownTotals{*totals, range->inode, range->mtime_ns, range->ctime_ns};
}

bool is_still(const std::string& path, std::uint64_t device, const KnownTotals& known) {
  struct stat status {};
  if (scan::stat_at(AT_FDCWD, path.c_str(), status) != 0) return false;
  const scan::StatusTimes times = scan::times_of(status);
  return scan::device_number(status.st_dev) == device && status.st_ino == known.inode &&
         times.mtime_ns == known.mtime_ns && times.ctime_ns == known.ctime_ns;
}

bool overlap(const std::string& a, const std::string& b) {
  return base::is_at_or_below(a, b) || base::is_below(b, a);
}

}  // namespace

base::Result<MeasureReport> measure(TreeStore& store, const MeasureRequest& request,
                                    const scan::WalkOptions& options) {
  return Measurement(store, request, options).run();
}

std::optional<model::TreeSize> recall(TreeStore& store, const MeasureRequest& request) {
  const std::string path = normal_path(request.path);
  if (!request.touched.empty() ||
      std::any_of(request.stale.begin(), request.stale.end(),
                  [&](const std::string& stale) { return overlap(normal_path(stale), path); }))
    return std::nullopt;
  const auto tree = find_covering(store, path);
  if (tree == nullptr) return std::nullopt;
  const auto known = totals_of(*tree, path);
  if (!known || known->totals.failed || !is_still(request.path, tree->summary().device, *known))
    return std::nullopt;
  const std::int64_t now = to_ms(request.now), oldest = known->totals.oldest_ms;
  if (oldest > now || oldest <= now - to_ms(request.believe)) return std::nullopt;
  model::TreeSize size;
  size.path = request.path;
  size.from_cache = true;
  set_totals(size, known->totals);
  return size;
}

}  // namespace lull::cache
