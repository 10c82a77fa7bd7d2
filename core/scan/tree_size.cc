// SPDX-License-Identifier: MIT
#include "core/scan/tree_size.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/dir_reader.h"
#include "core/scan/error_list.h"
#include "core/scan/inode_set.h"
#include "core/scan/status_values.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

constexpr std::uint64_t kProgressStep = 1024;  // entries between two reports of a slot

// Written by one thread, looked at by others: costs what a plain number costs.
class Count {
 public:
  void add(std::uint64_t more) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct alignas(64) Sums {
  Count bytes, apparent, files, directories;
  Count entries;  // names, hard links each
  Count steps;    // directories begun and ended
  std::uint64_t told_entries = 0, told_bytes = 0;
  mutable std::mutex place_mutex;
  const WalkNode* place = nullptr;
};

// The root when there is nothing to walk: not a directory, or one that may not be listed.
void count_alone(const struct stat& status, model::TreeSize& size) {
  (S_ISDIR(status.st_mode) ? size.directories : size.files) = 1;
  size.allocated_bytes = blocks_of(status);
  size.apparent_bytes = length_of(status);
}

}  // namespace

class TreeMeasurement::Measure final : public Visitor {
 public:
  Measure(unsigned slots, base::Progress* progress) : sums_(slots), progress_(progress) {}

  Step enter(unsigned slot, WalkNode&, const struct stat& status) override {
    Sums& sums = sums_[slot];
    sums.entries.add(1);
    sums.directories.add(1);
    sums.bytes.add(blocks_of(status));
    return Step::kContinue;
  }
  Step visit(unsigned slot, WalkNode&, const char*, const struct stat& status) override {
    Sums& sums = sums_[slot];
    sums.entries.add(1);
    if (status.st_nlink > 1 && !links_.insert(status.st_ino)) return Step::kContinue;
    sums.files.add(1);
    sums.bytes.add(blocks_of(status));
    sums.apparent.add(length_of(status));
    return Step::kContinue;
  }
  void error(unsigned, WalkNode& in, const char* name, int os_error) override {
    errors_.add(path_of(in, name), os_error);
  }
  void at(unsigned slot, const WalkNode* node) override {
    Sums& sums = sums_[slot];
    sums.steps.add(1);
    const std::lock_guard lock(sums.place_mutex);
    sums.place = node;
  }
  void pause(unsigned slot) override {
    if (sums_[slot].entries.get() - sums_[slot].told_entries >= kProgressStep) tell(sums_[slot]);
  }

  void add_error(const std::string& path, int os_error) { errors_.add(path, os_error); }

  void finish(model::TreeSize& size) {
    for (Sums& sums : sums_) tell(sums);
    add_sums(size);
    size.error_count = errors_.count();
    size.errors = errors_.take_sorted();
  }

  // The rest is for any thread, while others count.
  void add_sums(model::TreeSize& size) const {
    for (const Sums& sums : sums_) {
      size.allocated_bytes += sums.bytes.get();
      size.apparent_bytes += sums.apparent.get();
      size.files += sums.files.get();
      size.directories += sums.directories.get();
    }
  }
  std::uint64_t steps() const {
    std::uint64_t steps = 0;
    for (const Sums& sums : sums_) steps += sums.entries.get() + sums.steps.get();
    return steps;
  }
  std::vector<std::string> places() const {
    std::vector<std::string> paths;
    for (const Sums& sums : sums_) {
      const std::lock_guard lock(sums.place_mutex);  // as long as it is held, the node lives
      if (sums.place != nullptr) paths.push_back(path_of(*sums.place));
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
  }

 private:
  void tell(Sums& sums) {
    const std::uint64_t entries = sums.entries.get(), bytes = sums.bytes.get();
    if (progress_ != nullptr) progress_->add(entries - sums.told_entries, bytes - sums.told_bytes);
    sums.told_entries = entries;
    sums.told_bytes = bytes;
  }

  std::vector<Sums> sums_;
  InodeSet links_;  // one device: other ones are not entered
  ErrorList errors_;
  base::Progress* const progress_;
};

TreeMeasurement::TreeMeasurement(std::string path, WalkOptions options)
    : path_(std::move(path)), options_(std::move(options)) {}
TreeMeasurement::~TreeMeasurement() = default;

base::Result<model::TreeSize> TreeMeasurement::run() {
  model::TreeSize size;
  size.path = path_;
  size.as_of = base::system_clock().wall_now();
  {
    const std::lock_guard lock(mutex_);
    measure_ = std::make_unique<Measure>(walk_width(options_), options_.progress);
  }
  struct stat status {};
  if (const int failed = stat_at(AT_FDCWD, path_.c_str(), status); failed != 0)
    return base::fail_errno(failed, path_, "measuring");
  if (S_ISDIR(status.st_mode)) {
    OpenManner manner;
    const int fd = open_directory_at(AT_FDCWD, path_.c_str(), manner);
    if (fd >= 0) return walk_from(fd, std::move(size));
    measure_->add_error(path_, -fd);
  }
  measure_->finish(size);
  count_alone(status, size);
  return size;
}

base::Result<model::TreeSize> TreeMeasurement::walk_from(int directory, model::TreeSize size) {
  std::vector<Seed> seeds;
  seeds.push_back({base::UniqueFd(directory), path_});
  size.partial = !walk(std::move(seeds), *measure_, options_);
  measure_->finish(size);
  return size;
}

std::uint64_t TreeMeasurement::steps() const {
  const std::lock_guard lock(mutex_);
  return measure_ ? measure_->steps() : 0;
}

model::TreeSize TreeMeasurement::given_up() const {
  model::TreeSize size;
  size.path = path_;
  size.as_of = base::system_clock().wall_now();
  size.partial = true;
  std::vector<std::string> places;
  if (const std::lock_guard lock(mutex_); measure_) {
    measure_->add_sums(size);
    places = measure_->places();
  }
  if (places.empty()) places.push_back(path_);
  size.error_count = places.size();
  for (std::string& place : places) size.errors.push_back({std::move(place), "timed out"});
  return size;
}

base::Result<model::TreeSize> measure_tree(const std::string& path, const WalkOptions& options) {
  return TreeMeasurement(path, options).run();
}

}  // namespace lull::scan
