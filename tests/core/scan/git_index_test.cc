// SPDX-License-Identifier: MIT
#include "core/scan/git_index.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using testing::ScratchTree;

std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift & 0xff);
  return text;
}

// An index as git writes it, of the given version.
class Index {
 public:
  explicit Index(std::uint32_t version) : version_(version) {}

  Index& add(const std::string& name, bool extended = false) {
    std::string entry(40 + 20, '\1');
    entry += big_endian(static_cast<std::uint32_t>(name.size()) | (extended ? 0x4000 : 0), 2);
    if (extended) entry += big_endian(0, 2);
    if (version_ == 4) {
      std::size_t same = 0;
      while (same < name.size() && same < last_.size() && name[same] == last_[same]) ++same;
      entry += static_cast<char>(last_.size() - same);
      entry += name.substr(same) + '\0';
    } else {
      entry += name + '\0';
      entry.append((8 - entry.size() % 8) % 8, '\0');
    }
    last_ = name;
    entries_ += entry;
    ++count_;
    return *this;
  }
  Index& extension(const std::string& signature, const std::string& bytes) {
    extensions_ += signature + big_endian(static_cast<std::uint32_t>(bytes.size()), 4) + bytes;
    return *this;
  }
  std::string bytes() const {
    return "DIRC" + big_endian(version_, 4) + big_endian(count_, 4) + entries_ + extensions_ +
           std::string(20, '\2');
  }

 private:
  const std::uint32_t version_;
  std::uint32_t count_ = 0;
  std::string entries_, extensions_, last_;
};

class GitIndex : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(GitIndex, SaysWhatIsTracked) {
  const std::string index = Index(GetParam())
                                .add("Cargo.toml")
                                .add("src/main.rs")
                                .add("target-notes/x")
                                .add("vendor/target/lib.rs")
                                .bytes();
  EXPECT_EQ(find_in_index(index, "target"), Tracking::kNot);
  EXPECT_EQ(find_in_index(index, "sr"), Tracking::kNot);
  EXPECT_EQ(find_in_index(index, "src"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(index, "src/main.rs"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(index, "vendor/target"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(index, ""), Tracking::kUnknown);
}

TEST_P(GitIndex, ReadsPastOptionalExtensionsAndNotPastOthers) {
  const auto with = [&](const std::string& signature) {
    return find_in_index(Index(GetParam()).add("a").extension(signature, "12345").bytes(), "b");
  };
  EXPECT_EQ(with("TREE"), Tracking::kNot);
  EXPECT_EQ(with("sdir"), Tracking::kNot);
  EXPECT_EQ(with("link"), Tracking::kUnknown);  // a split index: half of it is elsewhere
  EXPECT_EQ(with("abcd"), Tracking::kUnknown);
}

TEST_P(GitIndex, TakesASparseDirectoryForEverythingBelowIt) {
  const std::string index = Index(GetParam()).add("big/").extension("sdir", "").bytes();
  EXPECT_EQ(find_in_index(index, "big"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(index, "big/sub/target"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(index, "bigger"), Tracking::kNot);
}

TEST_P(GitIndex, IsUnknownWhenAnyByteIsMissing) {
  const std::string index = Index(GetParam()).add("a/b/c").add("a/b/d").bytes();
  EXPECT_EQ(find_in_index(index, "x"), Tracking::kNot);
  for (std::size_t length = 0; length < index.size(); ++length)
    EXPECT_EQ(find_in_index(index.substr(0, length), "x"), Tracking::kUnknown) << length;
  EXPECT_EQ(find_in_index(index + "x", "x"), Tracking::kUnknown);
}

INSTANTIATE_TEST_SUITE_P(Versions, GitIndex, ::testing::Values(2u, 3u, 4u));

TEST(GitIndexVersions, OthersAreUnknown) {
  for (const std::uint32_t version : {0u, 1u, 5u, 0xffffffffu})
    EXPECT_EQ(find_in_index(Index(version).bytes(), "x"), Tracking::kUnknown) << version;
  EXPECT_EQ(find_in_index(Index(3).add("x", true).bytes(), "x"), Tracking::kTracked);
  EXPECT_EQ(find_in_index(Index(2).add("x", true).bytes(), "y"), Tracking::kUnknown);
}

// With the program itself, where it is installed.
class GitTracking : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("git --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
    tree_.file("repo/src/main.rs");
    tree_.file("repo/target/debug/app");
    tree_.file("repo/committed/target/app");
    git("init -q");
    git("add src committed");
  }
  void git(const std::string& arguments, const std::string& where = "repo") {
    const std::string command = "git -c user.name=a -c user.email=b -C " +
                                testing::shell_quoted(tree_.path(where)) + " " + arguments +
                                " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  Tracking ask(const std::string& path) { return find_tracking(tree_.path(path)); }

  ScratchTree tree_;
};

TEST_F(GitTracking, KnowsWhatGitTracksInEachVersionOfTheIndex) {
  for (const char* version : {"2", "3", "4"}) {
    git("update-index --index-version " + std::string(version));
    EXPECT_EQ(ask("repo/target"), Tracking::kNot) << version;
    EXPECT_EQ(ask("repo/committed/target"), Tracking::kTracked) << version;
    EXPECT_EQ(ask("repo/src"), Tracking::kTracked) << version;
  }
}

TEST_F(GitTracking, IsNotWithoutARepositoryAndWithAnEmptyOne) {
  tree_.file("plain/target/x");
  EXPECT_EQ(ask("plain/target"), Tracking::kNot);
  tree_.directory("fresh/target");
  git("init -q", "fresh");
  EXPECT_EQ(ask("fresh/target"), Tracking::kNot);
}

TEST_F(GitTracking, FollowsTheFileOfAWorkTree) {
  git("commit -q -m x");
  git("worktree add -q ../tree");
  tree_.directory("tree/target");
  EXPECT_EQ(ask("tree/target"), Tracking::kNot);
  EXPECT_EQ(ask("tree/committed/target"), Tracking::kTracked);
}

TEST_F(GitTracking, IsUnknownForASplitIndexAndADamagedOne) {
  git("update-index --split-index");
  EXPECT_EQ(ask("repo/target"), Tracking::kUnknown);
  git("update-index --no-split-index");
  EXPECT_EQ(ask("repo/target"), Tracking::kNot);
  tree_.text("repo/.git/index", "DIRC rubbish");
  EXPECT_EQ(ask("repo/target"), Tracking::kUnknown);
}

TEST_F(GitTracking, IsUnknownForWhatOnlyLooksLikeARepository) {
  tree_.text("odd/.git", "gitdir: /nowhere\n");
  EXPECT_EQ(ask("odd/target"), Tracking::kUnknown);
  tree_.text("odder/.git", "hello\n");
  EXPECT_EQ(ask("odder/target"), Tracking::kUnknown);
  tree_.symlink("oddest/.git", tree_.path("repo/.git"));
  EXPECT_EQ(ask("oddest/target"), Tracking::kUnknown);
  tree_.fifo("pipe/.git");
  EXPECT_EQ(ask("pipe/target"), Tracking::kUnknown);
}

TEST_F(GitTracking, AsksEveryRepositoryAround) {
  tree_.file("repo/sub/target/x");
  git("add sub");
  git("init -q", "repo/sub");  // inside of it nothing is tracked, outside it is
  EXPECT_EQ(ask("repo/sub/target"), Tracking::kTracked);
}

}  // namespace
}  // namespace lull::scan
