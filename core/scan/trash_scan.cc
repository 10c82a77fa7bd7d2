// SPDX-License-Identifier: MIT
#include "core/scan/trash_scan.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/scan/dir_reader.h"
#include "core/scan/judge.h"
#include "core/scan/peek.h"
#include "core/scan/status_values.h"
#include "core/scan/trash_info.h"

namespace lull::scan {
namespace {

constexpr std::string_view kSuffix = ".trashinfo";
constexpr std::size_t kLargestInfo = 64 * 1024;

std::int64_t youngest_of(const struct stat& status) {
  const StatusTimes times = times_of(status);
  return std::max({times.mtime_ns, times.ctime_ns, times.atime_ns});
}

std::set<std::string> names_in(int directory, const std::string& path, ErrorList& errors) {
  std::set<std::string> names;
  alignas(std::uint64_t) std::array<std::byte, 8192> buffer;
  DirReader reader(directory, {});
  ssize_t got = reader.fill(buffer);
  for (; got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);) {
      const std::string_view name = entry.name;
      if (name != "." && name != "..") names.emplace(name);
    }
  }
  if (got < 0) errors.add(path, static_cast<int>(-got));
  return names;
}

// One trash directory.
class TrashScan {
 public:
  TrashScan(const CategoryContext& context, RuleRoot root, const WalkOptions& options,
            ErrorList& errors, CategoryResult& result)
      : context_(context),
        root_(std::move(root)),
        options_(options),
        errors_(errors),
        result_(result) {}

  void run() {
    if (!open("info", info_) || !open("files", files_)) return;
    const auto infos = names_in(info_.get(), root_.path + "/info", errors_);
    auto files = names_in(files_.get(), root_.path + "/files", errors_);
    for (const std::string& info : infos) {
      if (options_.cancel.cancelled()) {
        result_.complete = false;
        return;
      }
      if (!info.ends_with(kSuffix) || info.size() == kSuffix.size()) continue;
      const std::string name = info.substr(0, info.size() - kSuffix.size());
      const bool whole = files.erase(name) > 0;
      if (whole && !takes_orphans()) judge(info, name);
      if (!whole && takes_orphans())
        orphan("info/" + info, info_.get(), info, "in the trash without its file");
    }
    if (!takes_orphans()) return;  // they are another rule's, which says why they stay
    for (const std::string& name : files)
      orphan("files/" + name, files_.get(), name, "in the trash without its .trashinfo");
  }

 private:
  // One of the two directories; false if there is none that could be looked into.
  bool open(const char* name, base::UniqueFd& fd) {
    OpenManner manner{.keep_atime = true, .refuse_mounts = true};
    const int opened = open_directory_at(root_.directory.get(), name, manner);
    if (opened == -ENOENT) return false;
    if (opened < 0) {
      errors_.add(root_.path + "/" + name, -opened);
      return false;
    }
    fd.reset(opened);
    return true;
  }

  std::string full(const std::string& relative) const { return root_.path + "/" + relative; }

  bool takes_orphans() const { return context_.rule.only == Only::kTrashOrphans; }

  void orphan(const std::string& relative, int directory, const std::string& name,
              const std::string& reason) {
    struct stat status {};
    if (stat_at(directory, name.c_str(), status) != 0) return;  // restored or emptied meanwhile
    if (status.st_uid != context_.owner)
      return leave(relative, blocks_of(status), "not owned by you");
    CategoryResult whole;
    const std::string stays = judge_item(directory, relative, name, status, whole);
    const std::int64_t age_ns = context_.now_ns - youngest_of(status);
    if (age_ns < context_.rule.older_than.value_or(base::Duration::zero()).count())
      return stay(relative, whole, too_young(context_.rule));
    if (!stays.empty()) return stay(relative, whole, stays);
    take(std::move(whole), reason);
  }
  void leave(const std::string& relative, std::uint64_t bytes, const std::string& reason) {
    result_.skip(reason, bytes);
    if (context_.items) result_.entries.push_back({full(relative), bytes, reason, true});
  }

  void judge(const std::string& info, const std::string& name) {
    struct stat item {
    }, record{};
    if (stat_at(files_.get(), name.c_str(), item) != 0 ||
        stat_at(info_.get(), info.c_str(), record) != 0)
      return;  // restored or emptied meanwhile
    if (item.st_uid != context_.owner || record.st_uid != context_.owner)
      return leave("files/" + name, blocks_of(item), "not owned by you");
    const auto text = peek_text(info_.get(), info.c_str(), kLargestInfo);
    const auto parsed = text ? parse_trash_info(*text) : std::nullopt;
    if (!parsed) return leave("files/" + name, blocks_of(item), "damaged .trashinfo");
    CategoryResult whole;
    const std::string stays = judge_item(files_.get(), "files/" + name, name, item, whole);
    const std::int64_t age_ns =
        context_.now_ns -
        std::chrono::duration_cast<std::chrono::nanoseconds>(parsed->deleted_at.time_since_epoch())
            .count();
    if (age_ns < 0) return stay("files/" + name, whole, "deletion date in the future");
    if (age_ns < context_.rule.older_than.value_or(base::Duration::max()).count())
      return stay("files/" + name, whole, too_young(context_.rule));
    if (!stays.empty()) return stay("files/" + name, whole, stays);
    go(info, record, age_ns, std::move(whole));
  }

  // What would go with the item; or why it stays.
  std::string judge_item(int directory, const std::string& relative, const std::string& name,
                         const struct stat& item, CategoryResult& whole) {
    const std::string path = full(relative);
    if (item.st_dev != root_.device) return "on another file system";
    if (S_ISDIR(item.st_mode)) {
      OpenManner manner{.keep_atime = true, .refuse_mounts = true};
      const int fd = open_directory_at(directory, name.c_str(), manner);
      if (fd < 0) {
        errors_.add(path, -fd);
        return "could not be read";
      }
      return walk_item(path, base::UniqueFd(fd), item, whole);
    }
    const FileKey key{item.st_dev, item.st_ino};
    // One of several names frees nothing; it may go all the same, having been thrown away.
    whole.bytes = item.st_nlink > 1 ? 0 : blocks_of(item);
    whole.items = whole.files_seen = 1;
    if (context_.keep.cover(path) != nullptr) return "on your keep list";
    if (context_.open_files == nullptr) return "cannot tell whether a program has it open";
    if (context_.open_files->contains(key.device, key.inode)) return "open in a program";
    if (context_.claimed.contains(key)) return "counted in another category";
    whole.claims.push_back(key);
    if (context_.items)
      whole.entries.push_back({path, whole.bytes, {}, false, device_number(key.device), key.inode});
    return {};
  }

  std::string walk_item(const std::string& path, base::UniqueFd fd, const struct stat& item,
                        CategoryResult& whole) {
    const PathGuard nothing;
    CategoryContext context{.rule = context_.rule,
                            .owner = context_.owner,
                            .now_ns = context_.now_ns,
                            .items = context_.items,
                            .record_claims = context_.record_claims,
                            .running = {},
                            .never = nothing,
                            .keep = context_.keep,
                            .open_files = context_.open_files,
                            .claimed = context_.claimed,
                            .programs = {},
                            .whole_item = true};
    std::vector<RuleRoot> roots;
    roots.push_back({std::move(fd), path, path, item.st_dev, item.st_ino});
    const std::uint64_t errors_before = errors_.count();
    whole = scan_category(context, std::move(roots), options_, errors_);
    if (!whole.complete) result_.complete = false;
    if (!whole.skipped.empty()) return whole.skipped.begin()->first;
    return whole.complete && errors_.count() == errors_before ? "" : "could not be read";
  }

  void stay(const std::string& relative, const CategoryResult& whole, const std::string& reason) {
    std::uint64_t bytes = whole.bytes;
    for (const auto& [why, sum] : whole.skipped) bytes += sum.bytes;
    count_seen(whole);
    leave(relative, bytes, reason);
  }

  void go(const std::string& info, const struct stat& record, std::int64_t age_ns,
          CategoryResult whole) {
    using std::chrono::days;
    if (context_.items)
      whole.entries.push_back({full("info/" + info), blocks_of(record), {}, false});
    ++whole.items;
    ++whole.files_seen;
    whole.bytes += blocks_of(record);
    take(std::move(whole), "deleted " +
                               base::format_duration(std::chrono::duration_cast<days>(
                                   std::chrono::nanoseconds(age_ns))) +
                               " ago");
  }

  void take(CategoryResult whole, const std::string& reason) {
    for (model::ScanEntry& entry : whole.entries) entry.reason = reason;
    if (!context_.record_claims) whole.claims.clear();
    result_.absorb(std::move(whole));
  }

  void count_seen(const CategoryResult& whole) {
    result_.files_seen += whole.files_seen;
    result_.directories_seen += whole.directories_seen;
  }

  const CategoryContext& context_;
  const RuleRoot root_;
  const WalkOptions& options_;
  ErrorList& errors_;
  CategoryResult& result_;
  base::UniqueFd info_, files_;
};

}  // namespace

CategoryResult scan_trash(const CategoryContext& context, std::vector<RuleRoot> roots,
                          const WalkOptions& options, ErrorList& errors) {
  CategoryResult result;
  for (RuleRoot& root : roots) TrashScan(context, std::move(root), options, errors, result).run();
  std::sort(result.entries.begin(), result.entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return result;
}

}  // namespace lull::scan
