// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/cache/store_disk.h"
#include "core/cache/tree_measure.h"
#include "core/scan/tree_size.h"
#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"
#include "tests/support/temp_dir.h"

namespace lull::cache {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::uint64_t du(const std::string& path) {
  const std::string command = "du -s --block-size=1 -x -- '" + path + "' 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  unsigned long long bytes = 0;
  return pipe && std::fscanf(pipe.get(), "%llu", &bytes) == 1 ? bytes : 0;
}

// Does anything a person could do to a tree, at random but the same for the same seed.
class Mutator {
 public:
  Mutator(const std::string& root, unsigned seed) : root_(root), random_(seed) {}

  // True if only contents of files changed, which no directory's times tell.
  bool mutate() {
    switch (below(12)) {
      case 0:
      case 1: {
        const std::string path = directory() + "/" + name("f");
        const bool existed = fs::exists(fs::symlink_status(path));
        write(path, below(40'000));
        return existed;
      }
      case 2:
        if (const auto f = file(); !f.empty()) write(f, below(90'000));
        return true;
      case 3:
        if (const auto f = file(); !f.empty())
          (void)::truncate(f.c_str(), static_cast<off_t>(below(50'000)));
        return true;
      case 4:
        if (const auto f = file(); !f.empty())
          (void)::link(f.c_str(), (directory() + "/" + name("l")).c_str());
        return false;
      case 5:
        if (const auto f = file(); !f.empty()) ::unlink(f.c_str());
        return false;
      case 6:
        if (const auto f = file(); !f.empty())
          (void)::rename(f.c_str(), (directory() + "/" + name("r")).c_str());
        return false;
      case 7:
        (void)::chmod(directory().c_str(), below(2) == 0 ? 0755 : 0700);
        return false;
      case 8:
        fs::create_directories(directory() + "/" + name("d") + "/" + name("e"));
        return false;
      case 9:
        if (const auto d = directory(); d != root_ && below(3) == 0) fs::remove_all(d);
        return false;
      case 10:
        move_directory();
        return false;
      default:
        swap_directories();
        return false;
    }
  }
  std::string directory() { return pick(true, root_); }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  std::string name(const char* prefix) { return prefix + std::to_string(below(40)); }
  void write(const std::string& path, unsigned bytes) {
    const base::UniqueFd fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
    const std::string data(bytes, 'x');
    if (fd) (void)!::pwrite(fd.get(), data.data(), data.size(), below(2) == 0 ? 0 : 200'000);
  }
  std::string pick(bool directories, const std::string& otherwise) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      if (!entry.is_symlink() && entry.is_directory() == directories) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    const unsigned index = below(static_cast<unsigned>(found.size()) + 1);
    return index == found.size() ? otherwise : found[index];
  }
  std::string file() { return pick(false, {}); }
  void move_directory() {
    const std::string from = directory(), to = directory() + "/" + name("m");
    if (from != root_ && !to.starts_with(from)) (void)::rename(from.c_str(), to.c_str());
  }
  // One takes the other's place and name, and a link the place of a third.
  void swap_directories() {
    const std::string a = directory(), b = directory();
    if (a == root_ || b == root_ || a.starts_with(b) || b.starts_with(a)) return;
    (void)::rename(a.c_str(), (root_ + "/swap").c_str());
    (void)::rename(b.c_str(), a.c_str());
    (void)::rename((root_ + "/swap").c_str(), b.c_str());
    if (below(4) != 0) return;
    fs::remove_all(b);
    fs::create_directory_symlink(a, b);
  }

  const std::string root_;
  std::mt19937 random_;
};

class TreeMutationsTest : public ::testing::TestWithParam<unsigned> {};

// Directories that changed within the settling time (longer than any kernel's tick) are read again,
// so that every answer is right at once; only contents that grow in place may be believed for a
// while.
TEST_P(TreeMutationsTest, EveryAnswerIsWhatDuSays) {
  const support::TempDir temp;
  const std::string root = temp / "root";
  fs::create_directory(root);
  Mutator mutator(root, GetParam());
  auto store = make_disk_store({.directory = temp / "store"});
  MeasureRequest request;
  request.path = root;
  request.now = base::WallTime(std::chrono::seconds(1'800'000'000));
  request.settle = 20ms;
  for (int round = 0; round < 150; ++round) {
    const bool in_place = mutator.mutate();
    request.believe = in_place ? 300s : 24h;
    request.now += in_place ? 300'000ms : 1000ms;
    request.path = round % 3 == 2 && !in_place ? mutator.directory() : root;
    if (round % 10 == 9) {  // a restart
      store.reset();
      store = make_disk_store({.directory = temp / "store"});
    }
    const auto report = measure(*store, request, {});
    ASSERT_TRUE(report) << report.error().to_string();
    ASSERT_EQ(report->size.allocated_bytes, du(request.path)) << "round " << round;
    const auto walked = scan::measure_tree(request.path, {});
    ASSERT_EQ(report->size.files, walked->files) << "round " << round;
    ASSERT_EQ(report->size.directories, walked->directories) << "round " << round;
    ASSERT_EQ(report->size.apparent_bytes, walked->apparent_bytes) << "round " << round;
  }
}

// In a mount namespace of its own: the program compares after every round, then measures while the
// changes go on, then compares again (store_probe.cc).
TEST_P(TreeMutationsTest, MountsThatComeAndGoAndChangesDuringAMeasurementAreDusToo) {
  const scan::testing::ScratchTree tree;
  const support::TempDir store;
  const auto result = scan::testing::probe("--mutate " + std::to_string(GetParam()) + " " +
                                           (store / "store") + " " + tree.root());
  if (result.exit_code == scan::testing::ProbeResult::kCannot)
    GTEST_SKIP() << "mounting is not allowed";
  ASSERT_EQ(result.exit_code, 0) << result.text;
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.errors, 0u);
}

TEST(KnownTree, AMountPutOverAKnownDirectoryIsSeenThoughNoTimeTells) {
  scan::testing::ScratchTree tree;
  tree.file("a/known/file", 50'000);
  tree.file("a/known/sub/file", 50'000);
  tree.file("a/beside", 10'000);
  const support::TempDir store;
  const auto result = scan::testing::probe("--over " + tree.path("a/known") + " " +
                                           (store / "store") + " " + tree.root());
  if (result.exit_code == scan::testing::ProbeResult::kCannot)
    GTEST_SKIP() << "mounting is not allowed";
  ASSERT_EQ(result.exit_code, 0) << result.text;
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.files, 3u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TreeMutationsTest, ::testing::Range(1u, 9u));

}  // namespace
}  // namespace lull::cache
