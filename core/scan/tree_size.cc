// SPDX-License-Identifier: MIT
#include "core/scan/tree_size.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/dir_reader.h"
#include "core/scan/error_list.h"
#include "core/scan/inode_set.h"
#include "core/scan/walker.h"

namespace lull::scan {
namespace {

constexpr std::uint64_t kBlock = 512;          // the unit of st_blocks, whatever st_blksize says
constexpr std::uint64_t kProgressStep = 1024;  // entries between two reports of a slot

struct alignas(64) Sums {
  std::uint64_t bytes = 0, apparent = 0, files = 0, directories = 0;
  std::uint64_t entries = 0;  // names, hard links each
  std::uint64_t told_entries = 0, told_bytes = 0;
};

// Lengths mean something for regular files and links only.
std::uint64_t length_of(const struct stat& status) {
  const bool has_length = S_ISREG(status.st_mode) || S_ISLNK(status.st_mode);
  return has_length && status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::uint64_t blocks_of(const struct stat& status) {
  return static_cast<std::uint64_t>(status.st_blocks) * kBlock;
}

class Measure final : public Visitor {
 public:
  Measure(unsigned slots, base::Progress* progress) : sums_(slots), progress_(progress) {}

  Step enter(unsigned slot, WalkNode&, const struct stat& status) override {
    Sums& sums = sums_[slot];
    ++sums.entries;
    ++sums.directories;
    sums.bytes += blocks_of(status);
    return Step::kContinue;
  }
  Step visit(unsigned slot, WalkNode&, const char*, const struct stat& status) override {
    Sums& sums = sums_[slot];
    ++sums.entries;
    if (status.st_nlink > 1 && !links_.insert(status.st_ino)) return Step::kContinue;
    ++sums.files;
    sums.bytes += blocks_of(status);
    sums.apparent += length_of(status);
    return Step::kContinue;
  }
  void error(unsigned, WalkNode& in, const char* name, int os_error) override {
    errors_.add(path_of(in, name), os_error);
  }
  void pause(unsigned slot) override {
    if (sums_[slot].entries - sums_[slot].told_entries >= kProgressStep) tell(sums_[slot]);
  }

  void add_error(const std::string& path, int os_error) { errors_.add(path, os_error); }
  void finish(model::TreeSize& size) {
    for (Sums& sums : sums_) {
      tell(sums);
      size.allocated_bytes += sums.bytes;
      size.apparent_bytes += sums.apparent;
      size.files += sums.files;
      size.directories += sums.directories;
    }
    size.error_count = errors_.count();
    size.errors = errors_.take_sorted();
  }

 private:
  void tell(Sums& sums) {
    if (progress_ != nullptr)
      progress_->add(sums.entries - sums.told_entries, sums.bytes - sums.told_bytes);
    sums.told_entries = sums.entries;
    sums.told_bytes = sums.bytes;
  }

  std::vector<Sums> sums_;
  InodeSet links_;  // one device: other ones are not entered
  ErrorList errors_;
  base::Progress* const progress_;
};

// The root when there is nothing to walk: not a directory, or one that may not be listed.
void measure_alone(Measure& measure, const struct stat& status, model::TreeSize& size) {
  measure.finish(size);
  (S_ISDIR(status.st_mode) ? size.directories : size.files) = 1;
  size.allocated_bytes = blocks_of(status);
  size.apparent_bytes = length_of(status);
}

}  // namespace

base::Result<model::TreeSize> measure_tree(const std::string& path, const WalkOptions& options) {
  model::TreeSize size;
  size.path = path;
  size.as_of = base::system_clock().wall_now();
  struct stat status {};
  if (const int failed = stat_at(AT_FDCWD, path.c_str(), status); failed != 0)
    return base::fail_errno(failed, path, "measuring");
  Measure measure(walk_width(options), options.progress);
  if (S_ISDIR(status.st_mode)) {
    OpenManner manner;
    const int fd = open_directory_at(AT_FDCWD, path.c_str(), manner);
    if (fd >= 0) {
      std::vector<Seed> seeds;
      seeds.push_back({base::UniqueFd(fd), path});
      size.partial = !walk(std::move(seeds), measure, options);
      measure.finish(size);
      return size;
    }
    measure.add_error(path, -fd);
  }
  measure_alone(measure, status, size);
  return size;
}

}  // namespace lull::scan
