// SPDX-License-Identifier: MIT
#include "core/scan/advice_scan.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>

#include "core/base/unique_fd.h"
#include "core/scan/dir_reader.h"
#include "core/scan/glob.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/status_values.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

constexpr std::size_t kMostPlaces = 64;
constexpr std::uint64_t kMostEntries = 20'000;

// Files that were counted, under whatever name. Thread-safe.
class Counted {
 public:
  // True the first time.
  bool insert(const struct stat& status) {
    if (S_ISDIR(status.st_mode) || status.st_nlink < 2) return true;
    const std::lock_guard lock(mutex_);
    return keys_.emplace(status.st_dev, status.st_ino).second;
  }

 private:
  std::mutex mutex_;
  std::set<std::pair<dev_t, ino_t>> keys_;
};

// Sums up blocks until there are too many entries to be worth it.
class Sum final : public Visitor {
 public:
  explicit Sum(Counted& counted) : counted_(counted) {}
  Step enter(unsigned, WalkNode&, const struct stat& status) override { return add(status); }
  Step visit(unsigned, WalkNode&, const char*, const struct stat& status) override {
    return add(status);
  }
  void error(unsigned, WalkNode&, const char*, int) override { known_ = false; }
  bool known() const { return known_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Step add(const struct stat& status) {
    if (counted_.insert(status)) bytes_.fetch_add(blocks_of(status), std::memory_order_relaxed);
    if (entries_.fetch_add(1, std::memory_order_relaxed) < kMostEntries) return Step::kContinue;
    known_ = false;
    return Step::kStop;
  }
  Counted& counted_;
  std::atomic<std::uint64_t> bytes_{0}, entries_{0};
  std::atomic<bool> known_{true};
};

struct Found {
  std::vector<std::string> directories;
  Counted counted;
  std::uint64_t file_bytes = 0;
  std::size_t places = 0;
};

void find_places(int at, const std::string& path, std::span<const std::string_view> names,
                 Found& found);

void find_name(int at, const std::string& path, std::string_view name,
               std::span<const std::string_view> rest, Found& found) {
  struct stat status {};
  const std::string text(name);
  if (found.places >= kMostPlaces || stat_at(at, text.c_str(), status) != 0) return;
  const std::string here = path + "/" + text;
  if (rest.empty()) {
    ++found.places;
    if (S_ISDIR(status.st_mode))
      found.directories.push_back(here);
    else if (found.counted.insert(status))
      found.file_bytes += blocks_of(status);
    return;
  }
  const base::UniqueFd next(open_step_at(at, text.c_str()));
  if (next.get() >= 0) find_places(next.get(), here, rest, found);
}

void find_places(int at, const std::string& path, std::span<const std::string_view> names,
                 Found& found) {
  const std::string_view pattern = names.front();
  if (!has_wildcard(pattern)) return find_name(at, path, pattern, names.subspan(1), found);
  OpenManner manner;
  const base::UniqueFd fd(open_directory_at(at, ".", manner));
  if (fd.get() < 0) return;
  alignas(std::uint64_t) std::array<std::byte, 8192> buffer;
  DirReader reader(fd.get(), {});
  for (ssize_t got = reader.fill(buffer); got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);) {
      const std::string_view name(entry.name);
      if (name != "." && name != ".." && name_matches(pattern, name))
        find_name(at, path, name, names.subspan(1), found);
    }
  }
}

std::vector<std::string> patterns_of(const std::string& root, const Variables& variables) {
  if (!root.starts_with('$')) return parse_absolute_glob(root).value_or(std::vector<std::string>{});
  std::vector<std::string> all;
  const auto anchored = parse_anchored(root, Width::kAny);
  if (!anchored) return all;
  for (const AnchoredPattern& pattern : *anchored) {
    const auto spelled = variables.patterns(pattern);
    if (!spelled.empty()) all.push_back(spelled.back());  // links resolved, where there are any
  }
  return all;
}

std::optional<std::uint64_t> size_of(Found& found, const WalkOptions& options) {
  Sum sum(found.counted);
  for (const std::string& path : found.directories) {
    OpenManner manner;
    const int fd = open_directory_at(AT_FDCWD, path.c_str(), manner);
    if (fd < 0) return std::nullopt;
    std::vector<Seed> seeds;
    seeds.push_back({base::UniqueFd(fd), path});
    WalkOptions quiet = options;
    quiet.progress = nullptr;
    if (!walk(std::move(seeds), sum, quiet) || !sum.known()) return std::nullopt;
  }
  return sum.bytes() + found.file_bytes;
}

}  // namespace

std::vector<model::AdviceReport> find_advice(const std::vector<Advice>& advice,
                                             const Variables& variables,
                                             const WalkOptions& options) {
  std::vector<model::AdviceReport> reports;
  for (const Advice& one : advice) {
    Found found;
    const base::UniqueFd top(open_step_at(AT_FDCWD, "/"));
    for (const std::string& root : one.roots)
      for (const std::string& pattern : patterns_of(root, variables)) {
        const auto names = split_path(pattern);
        if (!names.empty()) find_places(top.get(), "", names, found);
      }
    if (found.places == 0) continue;
    reports.push_back({one.id, one.title, one.why, one.command, one.source, one.needs_root,
                       size_of(found, options)});
  }
  return reports;
}

}  // namespace lull::scan
