// SPDX-License-Identifier: MIT
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/unique_fd.h"
#include "core/platform/page_cache.h"
#include "tests/support/temp_dir.h"

namespace lull::platform {
namespace {

using base::kMiB;

// A file on a disk: what is in memory only cannot be dropped.
class PageCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    if (is_in_memory(directory_.path())) GTEST_SKIP() << "the temporary directory is in memory";
    path_ = directory_.write("file", std::string(kSize, 'x'));
    fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(fd_);
  }
  void clean() const { ASSERT_EQ(::fdatasync(fd_.get()), 0); }
  static constexpr std::uint64_t kSize = 4 * kMiB;
  support::TempDir directory_;
  std::string path_;
  base::UniqueFd fd_;
};

TEST_F(PageCacheTest, SeesWhatIsCachedAndThatItGoes) {
  clean();
  const auto before = look_at_cache(fd_.get(), kSize);
  ASSERT_TRUE(before) << before.error().to_string();
  EXPECT_EQ(before->cached_bytes, kSize);
  EXPECT_EQ(before->dirty_bytes.value_or(0), 0u);
  ASSERT_TRUE(drop_cache(fd_.get()));
  const auto after = look_at_cache(fd_.get(), kSize);
  ASSERT_TRUE(after);
  if (after->cached_bytes == kSize) GTEST_SKIP() << "this file system keeps its pages";
  EXPECT_LT(after->cached_bytes, kMiB);
}

TEST_F(PageCacheTest, BothWaysToLookAgree) {
  clean();
  const auto one = look_at_cache(fd_.get(), kSize);
  const auto other = look_at_cache_by_mincore(fd_.get(), kSize);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->cached_bytes, other->cached_bytes);
  EXPECT_FALSE(other->dirty_bytes);
}

TEST_F(PageCacheTest, WhatIsMappedStays) {
  clean();
  void* at = ::mmap(nullptr, kSize, PROT_READ, MAP_SHARED | MAP_POPULATE, fd_.get(), 0);
  ASSERT_NE(at, MAP_FAILED);
  EXPECT_TRUE(drop_cache(fd_.get()));
  EXPECT_EQ(look_at_cache(fd_.get(), kSize)->cached_bytes, kSize);
  ::munmap(at, kSize);
}

TEST_F(PageCacheTest, AnEmptyFileHasNothing) {
  const base::UniqueFd empty(::open(directory_.write("empty", "").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(look_at_cache(empty.get(), 0)->cached_bytes, 0u);
  EXPECT_EQ(look_at_cache_by_mincore(empty.get(), 0)->cached_bytes, 0u);
}

TEST(PageCache, OfOthersFilesNothingIsSaid) {
  if (::geteuid() == 0) GTEST_SKIP() << "root owns the files of the system";
  const base::UniqueFd other(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(look_at_cache(other.get(), 100).error().code, base::ErrorCode::kPermissionDenied);
  EXPECT_EQ(look_at_cache_by_mincore(other.get(), 100).error().code,
            base::ErrorCode::kPermissionDenied);
}

TEST(PageCache, WhatIsNoFileIsAnError) {
  EXPECT_FALSE(look_at_cache(-1, 1));
  EXPECT_FALSE(drop_cache(-1));
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd one(ends[0]), other(ends[1]);
  EXPECT_FALSE(drop_cache(one.get()));
}

TEST(PageCache, KnowsWhatIsInMemory) {
  EXPECT_FALSE(is_in_memory("/proc"));
  EXPECT_FALSE(is_in_memory("/nowhere/at/all"));
  if (!std::filesystem::exists("/dev/shm")) GTEST_SKIP() << "no /dev/shm";
  EXPECT_TRUE(is_in_memory("/dev/shm"));
}

}  // namespace
}  // namespace lull::platform
