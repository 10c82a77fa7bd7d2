// SPDX-License-Identifier: MIT
// The search for locks goes by the numbers that listings say, where those can be trusted.
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/locked_names.h"
#include "core/scan/walker.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using testing::ScratchTree;
using ::testing::UnorderedElementsAre;

constexpr int kNotHere = 77;  // exit status of a child that may not mount

base::UniqueFd open_directory(const std::string& path) {
  return base::UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

WalkOptions alone() {
  WalkOptions options;
  options.width = 1;
  return options;
}

std::optional<LockedNames> locked_in(const std::string& path) {
  const auto locks = find_held_locks({});
  const base::UniqueFd directory = open_directory(path);
  return locks ? find_locked_names(directory.get(), path, *locks, alone()) : std::nullopt;
}

// The body's exit status, from a process with mounts of its own.
int with_own_mounts(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool apart = ::unshare(CLONE_NEWNS) == 0 &&
                       ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    ::_exit(apart ? body() : kNotHere);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

base::UniqueFd lock(const std::string& path) {
  base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (::flock(file.get(), LOCK_SH) != 0) file.reset();
  return file;
}

int is_only_locked(const std::string& directory, const std::string& name) {
  const auto found = locked_in(directory);
  return found && *found == LockedNames{{name, Fate::kLocked}} ? 0 : 1;
}

// Writes down what it is asked and shown.
class Chooser final : public Visitor {
 public:
  explicit Chooser(ino_t wanted) : wanted_(wanted) {}
  bool wants(ino_t inode) const override {
    ++asked;
    return inode == wanted_;
  }
  Step enter(unsigned, WalkNode&, const struct stat&) override { return Step::kContinue; }
  Step visit(unsigned, WalkNode&, const char* name, const struct stat&) override {
    visited.emplace_back(name);
    return Step::kContinue;
  }
  void error(unsigned, WalkNode&, const char*, int os_error) override {
    errors.push_back(os_error);
  }

  mutable int asked = 0;
  std::vector<std::string> visited;
  std::vector<int> errors;

 private:
  const ino_t wanted_;
};

void choose(const ScratchTree& tree, Chooser& chooser, bool by_listed_inode) {
  std::vector<Seed> seeds;
  seeds.push_back({open_directory(tree.root()), tree.root()});
  EXPECT_TRUE(walk(std::move(seeds), chooser, alone(), {.by_listed_inode = by_listed_inode}));
}

TEST(LockedNames, OnlyWhatIsWantedIsLookedAtWhereListingsSayTheNumbers) {
  ScratchTree tree;
  for (const char* name : {"a", "b/c", "b/d/e"}) tree.file(name);
  const bool trusted = probe_directory_traits(open_directory(tree.root()).get()).lists_inodes;
  Chooser chooser(tree.status("b/c").st_ino);
  choose(tree, chooser, true);
  EXPECT_EQ(chooser.asked, trusted ? 3 : 0);
  if (trusted)
    EXPECT_THAT(chooser.visited, ElementsAre("c"));
  else
    EXPECT_THAT(chooser.visited, UnorderedElementsAre("a", "c", "e"));
  EXPECT_THAT(chooser.errors, ElementsAre());
}

TEST(LockedNames, EverythingIsLookedAtByWhoeverDoesNotAskForLess) {
  ScratchTree tree;
  for (const char* name : {"a", "b/c"}) tree.file(name);
  Chooser chooser(0);
  choose(tree, chooser, false);
  EXPECT_EQ(chooser.asked, 0);
  EXPECT_THAT(chooser.visited, UnorderedElementsAre("a", "c"));
}

TEST(LockedNames, AreThoseOfTheTopmostDirectories) {
  ScratchTree tree;
  for (const char* name : {"one/deep/piece", "two/piece", "three"}) tree.file(name);
  EXPECT_EQ(is_only_locked(tree.root(), "one"), 1);
  const base::UniqueFd held = lock(tree.path("one/deep/piece"));
  ASSERT_TRUE(held);
  EXPECT_EQ(is_only_locked(tree.root(), "one"), 0);
}

// A listing says the number of the file that is covered.
TEST(LockedNames, AFileThatIsMountedOverAnotherCountsAsWhatIsSeen) {
  ScratchTree tree;
  tree.file("tmp/work/covered");
  tree.file("tmp/other/piece");
  const std::string above = tree.file("elsewhere"), covered = tree.path("tmp/work/covered");
  const base::UniqueFd held = lock(above);
  ASSERT_TRUE(held);
  const int status = with_own_mounts([&] {
    if (!has_no_mounts_below(open_directory(tree.root()).get())) return 2;
    if (::mount(above.c_str(), covered.c_str(), nullptr, MS_BIND, nullptr) != 0) return kNotHere;
    if (has_no_mounts_below(open_directory(tree.root()).get())) return 3;
    return is_only_locked(tree.path("tmp"), "work");
  });
  if (status == kNotHere) GTEST_SKIP() << "may not mount";
  EXPECT_EQ(status, 0);
}

// Numbers of the layers, in listings as in status, as the kernel pleases: nothing is spared.
TEST(LockedNames, OnOverlayfsNoListingIsBelieved) {
  ScratchTree tree;
  tree.file("lower/work/piece");
  for (const char* name : {"upper", "scratch", "merged"}) tree.directory(name);
  const std::string merged = tree.path("merged");
  const std::string layers = "lowerdir=" + tree.path("lower") + ",upperdir=" + tree.path("upper") +
                             ",workdir=" + tree.path("scratch");
  const int status = with_own_mounts([&] {
    if (::mount("overlay", merged.c_str(), "overlay", 0, layers.c_str()) != 0) return kNotHere;
    if (probe_directory_traits(open_directory(merged).get()).lists_inodes) return 2;
    const base::UniqueFd held = lock(merged + "/work/piece");
    const int found = is_only_locked(merged, "work");
    return held ? found : 3;
  });
  if (status == kNotHere) GTEST_SKIP() << "may not mount overlayfs here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace lull::scan
