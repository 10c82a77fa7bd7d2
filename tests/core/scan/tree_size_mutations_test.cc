// SPDX-License-Identifier: MIT
// Random changes: after each batch our sum is du's; while they happen the walk ends, and complains
// of nothing that is not there.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/tree_size.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::AnyOf;
using testing::disk_usage;
using testing::ScratchTree;

model::TreeSize measured(const std::string& path) {
  tbb::task_arena arena(4);
  WalkOptions options;
  options.width = 4;
  auto size = arena.execute([&] { return measure_tree(path, options); });
  if (!size) throw std::runtime_error(size.error().to_string());
  return *std::move(size);
}

// Does one random thing after the other in a tree; the same for the same seed. Things that cannot
// be done (a name that is taken, a directory into itself) are left.
class Mutator {
 public:
  Mutator(ScratchTree& tree, std::uint64_t seed) : tree_(tree), state_(seed) {
    directories_.push_back(tree.root());
  }
  void mutate(int times) {
    for (int i = 0; i < times; ++i) once();
  }
  // Where allocation is delayed, blocks are counted when they are written.
  void settle() const {
    const base::UniqueFd root(::open(tree_.root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ::syncfs(root.get());
  }

 private:
  std::uint64_t below(std::uint64_t limit) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (z ^ (z >> 31)) % limit;
  }
  std::string& any(std::vector<std::string>& paths) { return paths[below(paths.size())]; }
  std::string fresh() { return any(directories_) + "/n" + std::to_string(number_++); }

  void once() {
    switch (below(12)) {
      case 0:
      case 1:
        return make_directory();
      case 2:
      case 3:
        return make_file();
      case 4:
        return write(below(200'000));
      case 5:
        return cut();
      case 6:
        return link();
      case 7:
        return rename_file();
      case 8:
        return rename_directory();
      case 9:
        return change_mode();
      case 10:
        return remove_file();
      default:
        return remove_directory();
    }
  }

  void make_directory() {
    const std::string path = fresh();
    if (::mkdir(path.c_str(), 0755) == 0) directories_.push_back(path);
  }
  void make_file() {
    const std::string path = fresh();
    const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (fd) files_.push_back(path);
  }
  void write(std::uint64_t bytes) {
    if (files_.empty()) return;
    const base::UniqueFd fd(::open(any(files_).c_str(), O_WRONLY | O_CLOEXEC));
    const std::string text(bytes, 'x');
    const auto at = static_cast<off_t>(below(10'000'000));  // may leave a hole
    if (fd && ::pwrite(fd.get(), text.data(), text.size(), at) < 0) return;
  }
  void cut() {
    if (!files_.empty() && ::truncate(any(files_).c_str(), static_cast<off_t>(below(50'000))) != 0)
      return;
  }
  void link() {
    if (files_.empty()) return;
    const std::string path = fresh();
    if (below(3) == 0) {
      if (::symlink(any(files_).c_str(), path.c_str()) != 0) return;
    } else if (::link(any(files_).c_str(), path.c_str()) == 0) {
      files_.push_back(path);
    }
  }
  void rename_file() {
    if (files_.empty()) return;
    const std::string path = fresh();
    std::string& from = any(files_);
    if (::rename(from.c_str(), path.c_str()) == 0) from = path;
  }
  // What was below it has other names now: they are forgotten, but stay in the tree.
  void rename_directory() {
    if (directories_.size() < 3) return;
    const std::string from = directories_[1 + below(directories_.size() - 1)];
    const std::string path = fresh();
    if (::rename(from.c_str(), path.c_str()) != 0) return;
    forget(from);
    directories_.push_back(path);
  }
  void change_mode() {
    const std::string& path = below(2) == 0 || files_.empty() ? any(directories_) : any(files_);
    if (::chmod(path.c_str(), below(2) == 0 ? 0700 : 0755) != 0) return;
  }
  void remove_file() {
    if (files_.empty()) return;
    const std::size_t which = below(files_.size());
    ::unlink(files_[which].c_str());
    files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(which));
  }
  void remove_directory() {
    if (directories_.size() < 2) return;
    const std::string path = directories_[1 + below(directories_.size() - 1)];
    if (::rmdir(path.c_str()) == 0) forget(path);
  }
  void forget(const std::string& path) {
    for (auto* paths : {&files_, &directories_})
      std::erase_if(*paths, [&](const std::string& one) {
        return one == path || one.starts_with(path + "/");
      });
  }

  ScratchTree& tree_;
  std::uint64_t state_;
  int number_ = 0;
  std::vector<std::string> files_, directories_;
};

class Mutations : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Mutations, LeaveASumThatIsDus) {
  ScratchTree tree;
  Mutator mutator(tree, GetParam());
  for (int batch = 0; batch < 12; ++batch) {
    mutator.mutate(250);
    mutator.settle();
    const model::TreeSize size = measured(tree.root());
    EXPECT_EQ(size.allocated_bytes, disk_usage(tree.root())) << "batch " << batch;
    EXPECT_EQ(size.error_count, 0u);
    EXPECT_FALSE(size.partial);
  }
}

TEST_P(Mutations, DuringAScanAreNoErrors) {
  ScratchTree tree;
  Mutator mutator(tree, GetParam());
  mutator.mutate(2000);
  std::atomic<bool> done{false};
  std::thread changes([&] {
    while (!done) mutator.mutate(50);
  });
  for (int i = 0; i < 40; ++i) {
    const model::TreeSize size = measured(tree.root());
    EXPECT_GE(size.directories, 1u);
    EXPECT_FALSE(size.partial);
    // A directory that moved while its way was walked again says so.
    for (const auto& error : size.errors)
      EXPECT_THAT(error.error, AnyOf("stale file handle")) << error.path;
  }
  done = true;
  changes.join();
  mutator.settle();
  EXPECT_EQ(measured(tree.root()).allocated_bytes, disk_usage(tree.root()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mutations, ::testing::Values(1, 2, 3, 5, 8));

}  // namespace
}  // namespace lull::scan
