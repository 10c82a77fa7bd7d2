// SPDX-License-Identifier: MIT
#include "core/scan/real_path.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

// The pictures differ, the answers do not: with mounts that may hang somewhere, every name is
// looked at for itself.
class RealPath : public ::testing::TestWithParam<const char*> {
 protected:
  base::Result<std::string> ask(const std::string& path) {
    return real_path(path, MountsThatMayHang(GetParam()), "/home/u");
  }
  std::string resolve(const std::string& path) { return ask(path).value_or("failed"); }
  testing::ScratchTree tree_;
};

TEST_P(RealPath, ResolvesEveryLink) {
  tree_.directory("a/b");
  ASSERT_EQ(::symlink("a/b", tree_.path("relative").c_str()), 0);
  ASSERT_EQ(::symlink(tree_.path("relative").c_str(), tree_.path("absolute").c_str()), 0);
  EXPECT_TRUE(resolve(tree_.path("a/b")).ends_with("/a/b"));
  EXPECT_EQ(resolve(tree_.path("absolute")), resolve(tree_.path("a/b")));
  EXPECT_EQ(resolve(tree_.path("absolute/../b/.")), resolve(tree_.path("a/b")));
  EXPECT_EQ(resolve("/"), "/");
  EXPECT_EQ(resolve("/.."), "/");
}

TEST_P(RealPath, FailsAsTheSystemDoes) {
  tree_.file("file", 1);
  ASSERT_EQ(::symlink("loop", tree_.path("loop").c_str()), 0);
  EXPECT_EQ(ask(tree_.path("nothing")).error().os_error, ENOENT);
  EXPECT_EQ(ask(tree_.path("loop")).error().os_error, ELOOP);
  EXPECT_EQ(ask(tree_.path("file/below")).error().os_error, ENOTDIR);
}

INSTANTIATE_TEST_SUITE_P(Pictures, RealPath,
                         ::testing::Values("", "30 1 0:40 / /nowhere/nas rw - nfs server:/ rw\n"));

TEST(RealPathOfAMountThatMayHang, IsRefusedHoweverItIsReached) {
  testing::ScratchTree tree;
  const std::string place = *real_path(tree.directory("nas"), {}, "/");
  const MountsThatMayHang mounts("30 1 0:40 / " + place + " rw - nfs server:/ rw\n");
  ASSERT_EQ(::symlink("nas/deep", tree.path("link").c_str()), 0);
  for (const char* name : {"nas", "nas/x", "link", "link/y"}) {
    const auto real = real_path(tree.path(name), mounts, "/home/u");
    ASSERT_FALSE(real) << name;
    EXPECT_EQ(real.error().code, base::ErrorCode::kUnavailable) << name;
  }
  EXPECT_TRUE(real_path(tree.path("nas"), mounts, place + "/me"));
}

}  // namespace
}  // namespace lull::scan
