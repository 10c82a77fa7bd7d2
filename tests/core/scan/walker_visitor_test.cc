// SPDX-License-Identifier: MIT
// What a visitor is told, in which order, what its answers do, and what happens when it, or
// somebody else, changes the tree under the walk.
#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/scan/walker.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ScratchTree;

// Writes down what it is told, with paths below the root; `on_enter` and `on_visit` answer.
class Recorder final : public Visitor {
 public:
  explicit Recorder(const std::string& root) : root_(root) {}

  std::function<Step(const std::string&)> on_enter, on_visit;
  std::function<void(const std::string&)> on_listed;
  std::multiset<std::string> entered, visited, listed_whole, listed_in_part;
  std::map<std::string, int> errors;
  std::string entered_before_its_parent;
  bool two_at_once = false;
  std::set<unsigned> visiting_slots;

  Step enter(unsigned slot, WalkNode& node, const struct stat&) override {
    const Turn turn(*this, slot);
    const std::string path = below_root(node, {});
    {
      const std::lock_guard lock(mutex_);
      if (node.parent != nullptr && !entered.contains(below_root(*node.parent, {})))
        entered_before_its_parent = path;
      entered.insert(path);
    }
    return on_enter ? on_enter(path) : Step::kContinue;
  }
  Step visit(unsigned slot, WalkNode& in, const char* name, const struct stat&) override {
    const Turn turn(*this, slot);
    const std::string path = below_root(in, name);
    {
      const std::lock_guard lock(mutex_);
      visited.insert(path);
      visiting_slots.insert(slot);
    }
    return on_visit ? on_visit(path) : Step::kContinue;
  }
  void listed(unsigned slot, WalkNode& node, bool complete) override {
    const Turn turn(*this, slot);
    const std::string path = below_root(node, {});
    {
      const std::lock_guard lock(mutex_);
      (complete ? listed_whole : listed_in_part).insert(path);
    }
    if (on_listed) on_listed(path);
  }
  void error(unsigned, WalkNode& in, const char* name, int os_error) override {
    const std::string path = below_root(in, name);
    const std::lock_guard lock(mutex_);
    errors[path] = os_error;
  }

 private:
  // Notices when a slot is used by two threads.
  struct Turn {
    Turn(Recorder& recorder, unsigned slot) : busy(recorder.busy_.at(slot)) {
      if (busy.exchange(true)) recorder.two_at_once = true;
    }
    ~Turn() { busy = false; }
    std::atomic<bool>& busy;
  };
  std::string below_root(const WalkNode& node, std::string_view name) const {
    const std::string path = path_of(node, name);
    return path == root_ ? "" : path.substr(root_.size() + 1);
  }

  const std::string root_;
  std::mutex mutex_;
  std::array<std::atomic<bool>, 8> busy_{};
};

bool walk_tree(const std::string& root, Visitor& visitor, const WalkPlan& plan = {},
               unsigned width = 4, const base::CancelToken& cancel = {}) {
  tbb::task_arena arena(static_cast<int>(width));
  WalkOptions options;
  options.width = width;
  options.cancel = cancel;
  return arena.execute([&] {
    std::vector<Seed> seeds;
    seeds.push_back(
        {base::UniqueFd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), root});
    return walk(std::move(seeds), visitor, options, plan);
  });
}

TEST(Walker, TellsEveryEntryOnceAndADirectoryBeforeWhatIsInIt) {
  ScratchTree tree;
  for (int i = 0; i < 3000; ++i)
    tree.text("a" + std::to_string(i % 7) + "/b" + std::to_string(i % 31) + "/" + std::to_string(i),
              "");
  for (int i = 0; i < 2500; ++i) tree.text("flat/" + std::to_string(i), "");
  Recorder recorder(tree.root());
  EXPECT_TRUE(walk_tree(tree.root(), recorder));
  EXPECT_EQ(recorder.visited.size(), 5500u);
  EXPECT_EQ(std::set<std::string>(recorder.visited.begin(), recorder.visited.end()).size(), 5500u);
  EXPECT_EQ(recorder.entered.size(), 1u + 7u + 7u * 31u + 1u);
  EXPECT_EQ(recorder.listed_whole, recorder.entered);
  EXPECT_THAT(recorder.listed_in_part, IsEmpty());
  EXPECT_EQ(recorder.entered_before_its_parent, "");
  EXPECT_FALSE(recorder.two_at_once);
  EXPECT_THAT(recorder.errors, IsEmpty());
}

// More names than one reading of the directory gives: the rest is for others to look at.
TEST(Walker, ALargeFlatDirectoryIsVisitedByMoreThanOneTask) {
  ScratchTree tree;
  for (int i = 0; i < 6000; ++i) tree.text("flat/some-longer-name-" + std::to_string(i), "");
  Recorder recorder(tree.root());
  EXPECT_TRUE(walk_tree(tree.root(), recorder));
  EXPECT_EQ(recorder.visited.size(), 6000u);
  EXPECT_GE(recorder.visiting_slots.size(), 2u);
  EXPECT_FALSE(recorder.two_at_once);
}

TEST(Walker, DoesNotListWhatThePruningVisitorDoesNotWant) {
  ScratchTree tree;
  tree.file("wanted/file");
  tree.file("unwanted/deeper/file");
  for (const bool look : {false, true}) {
    Recorder recorder(tree.root());
    recorder.on_enter = [](const std::string& path) {
      return path == "unwanted" ? Step::kPrune : Step::kContinue;
    };
    EXPECT_TRUE(walk_tree(tree.root(), recorder, {.look_before_opening = look}));
    EXPECT_THAT(recorder.entered, ElementsAre("", "unwanted", "wanted"));
    EXPECT_THAT(recorder.visited, ElementsAre("wanted/file"));
    EXPECT_THAT(recorder.listed_whole, ElementsAre("", "wanted"));
  }
}

TEST(Walker, EndsWhenTheVisitorSaysStop) {
  ScratchTree tree;
  for (int i = 0; i < 5000; ++i)
    tree.text("d" + std::to_string(i % 50) + "/" + std::to_string(i), "");
  Recorder recorder(tree.root());
  recorder.on_visit = [](const std::string&) { return Step::kStop; };
  EXPECT_FALSE(walk_tree(tree.root(), recorder));
  EXPECT_LT(recorder.visited.size(), 1000u);
  EXPECT_GE(recorder.listed_in_part.size() + recorder.entered.size(), 1u);
}

TEST(Walker, EndsWhenItIsCancelledInTheMidstOfALargeDirectory) {
  ScratchTree tree;
  for (int i = 0; i < 5000; ++i) tree.text("flat/" + std::to_string(i), "");
  const base::CancelSource cancel;
  Recorder recorder(tree.root());
  std::atomic<int> seen{0};
  recorder.on_visit = [&](const std::string&) {
    if (++seen == 100) cancel.cancel(base::CancelReason::kUser);
    return Step::kContinue;
  };
  EXPECT_FALSE(walk_tree(tree.root(), recorder, {}, 1, cancel.token()));
  EXPECT_LT(recorder.visited.size(), 300u);
  EXPECT_THAT(recorder.listed_in_part, Contains("flat"));
}

// ---- changes under the walk -------------------------------------------------------------------

// Everybody's worst case: what was a directory when it was listed leads out of the tree now.
TEST(Walker, DoesNotFollowADirectoryThatBecameALink) {
  ScratchTree tree, outside;
  outside.file("secret", 5000);
  tree.file("parent/child/inside", 5000);
  for (const bool look : {false, true}) {
    Recorder recorder(tree.root());
    recorder.on_listed = [&](const std::string& path) {
      if (path != "parent") return;
      ::rename(tree.path("parent/child").c_str(), outside.path("moved").c_str());
      tree.symlink("parent/child", outside.root());
    };
    EXPECT_TRUE(walk_tree(tree.root(), recorder, {.look_before_opening = look}));
    EXPECT_THAT(recorder.entered, ElementsAre("", "parent"));
    EXPECT_THAT(recorder.visited, ElementsAre("parent/child"));
    EXPECT_THAT(recorder.errors, IsEmpty());
    ::unlink(tree.path("parent/child").c_str());
    ::rename(outside.path("moved").c_str(), tree.path("parent/child").c_str());
  }
}

// Between the look and the opening.
TEST(Walker, DoesNotListAnotherDirectoryThanTheOneThatWasJudged) {
  ScratchTree tree, outside;
  tree.file("child/inside");
  tree.file("other/decoy");
  Recorder recorder(tree.root());
  recorder.on_enter = [&](const std::string& path) {
    if (path == "other") return Step::kPrune;
    if (path == "child") {
      ::rename(tree.path("child").c_str(), outside.path("moved").c_str());
      ::rename(tree.path("other").c_str(), tree.path("child").c_str());
    }
    return Step::kContinue;
  };
  EXPECT_TRUE(walk_tree(tree.root(), recorder, {.look_before_opening = true}, 1));
  EXPECT_THAT(recorder.visited, IsEmpty());
  EXPECT_THAT(recorder.errors, Contains(std::pair<const std::string, int>("child", ESTALE)));
}

TEST(Walker, DoesNotListALinkThatTookThePlaceOfTheJudgedDirectory) {
  ScratchTree tree, outside;
  outside.file("secret");
  tree.file("child/inside");
  Recorder recorder(tree.root());
  recorder.on_enter = [&](const std::string& path) {
    if (path == "child") {
      ::rename(tree.path("child").c_str(), outside.path("moved").c_str());
      tree.symlink("child", outside.root());
    }
    return Step::kContinue;
  };
  EXPECT_TRUE(walk_tree(tree.root(), recorder, {.look_before_opening = true}, 1));
  EXPECT_THAT(recorder.visited, ElementsAre("child"));
}

// Deeper than the budget of descriptors: ways down are walked again, through names that have
// changed since.
class FewDescriptors : public ::testing::Test {
 protected:
  FewDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{64, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() override { ::setrlimit(RLIMIT_NOFILE, &before_); }
  static std::string down(int levels) {
    std::string path = "d";
    for (int i = 1; i < levels; ++i) path += "/d";
    return path;
  }
  rlimit before_{};
  ScratchTree tree_, outside_;
};

TEST_F(FewDescriptors, AWayThatBecameALinkLeadsNowhere) {
  tree_.directory(down(60));
  for (int i = 0; i < 60; ++i) tree_.file(down(i + 1) + "/e/file");
  // The same names, elsewhere.
  for (int i = 0; i < 60; ++i) outside_.file(down(i + 1) + "/e/secret");
  const std::string middle = tree_.path(down(20));
  Recorder recorder(tree_.root());
  recorder.on_enter = [&](const std::string& path) {
    if (path == down(50)) {
      ::rename(middle.c_str(), outside_.path("moved").c_str());
      tree_.symlink(down(20), outside_.root());
    }
    return Step::kContinue;
  };
  EXPECT_TRUE(walk_tree(tree_.root(), recorder, {}, 2));
  for (const std::string& path : recorder.visited)
    EXPECT_THAT(path, Not(::testing::EndsWith("secret")));
  for (const auto& [path, error] : recorder.errors)
    EXPECT_TRUE(error == ESTALE || error == ELOOP || error == ENOTDIR || error == EXDEV)
        << path << " " << error;
}

TEST_F(FewDescriptors, AWayThroughAnotherDirectoryOfTheSameNameIsNotTaken) {
  for (int i = 0; i < 60; ++i) tree_.file(down(i + 1) + "/e/file");
  for (int i = 0; i < 60; ++i) outside_.file(down(i + 1) + "/e/secret");
  Recorder recorder(tree_.root());
  recorder.on_enter = [&](const std::string& path) {
    if (path == down(50)) {
      ::rename(tree_.path(down(20)).c_str(), outside_.path("moved").c_str());
      ::rename(outside_.path(down(20)).c_str(), tree_.path(down(20)).c_str());
    }
    return Step::kContinue;
  };
  EXPECT_TRUE(walk_tree(tree_.root(), recorder, {}, 2));
  for (const std::string& path : recorder.visited)
    EXPECT_THAT(path, Not(::testing::EndsWith("secret")));
}

TEST_F(FewDescriptors, EveryDirectoryOfADeepAndBroadTreeIsReached) {
  std::size_t files = 0;
  for (int i = 0; i < 60; ++i)
    for (const char* side : {"/a", "/b/c", "/z/y/x"}) {
      tree_.text(down(i + 1) + side + std::string("/file"), "");
      ++files;
    }
  for (const unsigned width : {1u, 4u}) {
    Recorder recorder(tree_.root());
    EXPECT_TRUE(walk_tree(tree_.root(), recorder, {}, width));
    EXPECT_EQ(recorder.visited.size(), files);
    EXPECT_THAT(recorder.errors, IsEmpty());
    EXPECT_FALSE(recorder.two_at_once);
  }
}

}  // namespace
}  // namespace lull::scan
