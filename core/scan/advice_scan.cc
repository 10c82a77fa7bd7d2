// SPDX-License-Identifier: MIT
#include "core/scan/advice_scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
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
#include <sys/stat.h>

#include "core/base/program_path.h"
#include "core/base/unique_fd.h"
#include "core/scan/dir_reader.h"
#include "core/scan/glob.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/status_values.h"
#include "core/scan/walk_width.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

constexpr std::size_t kMostDirectories = 64;
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
  Sum(Counted& counted, bool wants_bytes) : counted_(counted), wants_bytes_(wants_bytes) {}
  Step enter(unsigned, WalkNode&, const struct stat& status) override { return add(status); }
  Step visit(unsigned, WalkNode&, const char*, const struct stat& status) override {
    holds_something_ = true;
    return wants_bytes_ ? add(status) : Step::kStop;
  }
  void error(unsigned, WalkNode&, const char*, int) override { cannot_see(); }
  // Who cannot look cannot say that there is nothing.
  void cannot_see() {
    known_ = false;
    holds_something_ = true;
  }
  bool known() const { return known_; }
  bool holds_something() const { return holds_something_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Step add(const struct stat& status) {
    if (counted_.insert(status)) bytes_.fetch_add(blocks_of(status), std::memory_order_relaxed);
    if (entries_.fetch_add(1, std::memory_order_relaxed) < kMostEntries) return Step::kContinue;
    cannot_see();
    return Step::kStop;
  }
  Counted& counted_;
  const bool wants_bytes_;
  std::atomic<std::uint64_t> bytes_{0}, entries_{0};
  std::atomic<bool> known_{true}, holds_something_{false};
};

struct Found {
  std::vector<std::string> directories;
  Counted counted;
  std::uint64_t file_bytes = 0;
  std::size_t files = 0;
  bool all = true;  // there are no more
};

std::vector<AnchoredPattern> anchored_of(const std::string& root) {
  return parse_anchored(root, Width::kAny).value_or(std::vector<AnchoredPattern>{});
}

// The directories of Advice::not_in, as plain paths.
std::vector<std::string> plain_paths(const std::vector<std::string>& directories,
                                     const Variables& variables) {
  std::vector<std::string> paths;
  for (const std::string& directory : directories) {
    if (!directory.starts_with('$')) paths.push_back(directory);
    if (!directory.starts_with('$')) continue;
    for (const AnchoredPattern& pattern : anchored_of(directory))
      for (const Variables::Value& value : variables.values(pattern.variable)) {
        std::string path = value.real.empty() ? value.spelled : value.real;
        for (const std::string& name : pattern.components) path += "/" + name;
        paths.push_back(std::move(path));
      }
  }
  return paths;
}

class PlaceFinder {
 public:
  PlaceFinder(std::vector<std::string> not_in, Found& found)
      : not_in_(std::move(not_in)), found_(found) {}

  void find(int at, const std::string& path, std::span<const std::string_view> names) {
    const std::string_view pattern = names.front();
    if (!has_wildcard(pattern)) return find_name(at, path, pattern, names.subspan(1));
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
          find_name(at, path, name, names.subspan(1));
      }
    }
  }

 private:
  void find_name(int at, const std::string& path, std::string_view name,
                 std::span<const std::string_view> rest) {
    struct stat status {};
    const std::string text(name);
    if (stat_at(at, text.c_str(), status) != 0) return;
    const std::string here = path + "/" + text;
    if (rest.empty()) {
      if (!is_elsewhere(text)) take(here, status);
      return;
    }
    const base::UniqueFd next(open_step_at(at, text.c_str()));
    if (next.get() >= 0) find(next.get(), here, rest);
  }

  bool is_elsewhere(const std::string& name) const {
    return std::any_of(not_in_.begin(), not_in_.end(), [&](const std::string& directory) {
      struct stat status {};
      const int failed = stat_at(AT_FDCWD, (directory + "/" + name).c_str(), status);
      return failed != ENOENT && failed != ENOTDIR;
    });
  }

  void take(const std::string& path, const struct stat& status) {
    const bool directory = S_ISDIR(status.st_mode);
    if (directory ? found_.directories.size() >= kMostDirectories : found_.files >= kMostEntries) {
      found_.all = false;
    } else if (directory) {
      found_.directories.push_back(path);
    } else {
      ++found_.files;
      if (found_.counted.insert(status)) found_.file_bytes += blocks_of(status);
    }
  }

  const std::vector<std::string> not_in_;
  Found& found_;
};

std::vector<std::string> patterns_of(const std::string& root, const Variables& variables) {
  if (!root.starts_with('$')) return parse_absolute_glob(root).value_or(std::vector<std::string>{});
  std::vector<std::string> all;
  for (const AnchoredPattern& pattern : anchored_of(root)) {
    const auto spelled = variables.patterns(pattern);
    if (!spelled.empty()) all.push_back(spelled.back());  // links resolved, where there are any
  }
  return all;
}

// False if the sum is not worth going on with.
bool add_directory(const std::string& path, Sum& sum, const WalkOptions& options) {
  OpenManner manner;
  const int fd = open_directory_at(AT_FDCWD, path.c_str(), manner);
  if (fd == -ENOENT) return true;
  if (fd < 0) {
    sum.cannot_see();
    return false;
  }
  std::vector<Seed> seeds;
  seeds.push_back({base::UniqueFd(fd), path});
  return walk(std::move(seeds), sum, options) && sum.known();
}

// What lies in the places; none if that is nothing but empty directories.
struct Contents {
  std::optional<std::uint64_t> bytes;
};
std::optional<Contents> contents_of(Found& found, AdviceSize size, std::string_view home,
                                    const WalkOptions& options) {
  WalkOptions quiet = options;
  quiet.progress = nullptr;
  Sum sum(found.counted, size != AdviceSize::kUnknown);
  bool complete = found.all;
  for (const std::string& path : found.directories) {
    if (add_directory(path, sum, narrowed_for(path, home, quiet))) continue;
    complete = false;
    break;
  }
  if (found.files == 0 && found.all && !sum.holds_something()) return std::nullopt;
  if (size == AdviceSize::kUnknown || !complete) return Contents{};
  return Contents{sum.bytes() + found.file_bytes};
}

std::optional<model::AdviceReport> report_of(const Advice& advice, const Variables& variables,
                                             const WalkOptions& options) {
  Found found;
  PlaceFinder finder(plain_paths(advice.not_in, variables), found);
  const base::UniqueFd top(open_step_at(AT_FDCWD, "/"));
  for (const std::string& root : advice.roots)
    for (const std::string& pattern : patterns_of(root, variables)) {
      const auto names = split_path(pattern);
      if (!names.empty()) finder.find(top.get(), "", names);
    }
  const auto contents = contents_of(found, advice.size, variables.real_home(), options);
  if (!contents) return std::nullopt;
  return model::AdviceReport{
      advice.id,     advice.title,      advice.why,      advice.command,
      advice.source, advice.needs_root, contents->bytes, advice.size == AdviceSize::kAtMost};
}

}  // namespace

std::vector<model::AdviceReport> find_advice(const std::vector<Advice>& advice,
                                             const Variables& variables, std::string_view path,
                                             const WalkOptions& options) {
  std::vector<model::AdviceReport> reports;
  for (const Advice& one : advice) {
    if (!one.program.empty() && !base::find_in_path(one.program, path)) continue;
    if (auto report = report_of(one, variables, options)) reports.push_back(*std::move(report));
  }
  return reports;
}

}  // namespace lull::scan
