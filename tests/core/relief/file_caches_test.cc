// SPDX-License-Identifier: MIT
// Which files give their cache back: each threshold just below, at and above; and what became of
// them between being found and being dropped.
#include "core/relief/file_caches.h"

#include <filesystem>
#include <map>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/support/temp_dir.h"

namespace lull::relief {
namespace {

namespace fs = std::filesystem;
using base::kMiB;
using platform::FileCache;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kWrittenAt = base::WallTime(std::chrono::hours(24 * 365 * 50));

// A kernel whose cache is what the test says; files are sparse.
class FileCachesTest : public testing::Test {
 protected:
  FileCachesTest() {
    calls_.look = [this](int fd, std::uint64_t) -> base::Result<FileCache> {
      if (fails_) return base::fail(base::ErrorCode::kUnavailable, "no such call");
      return cache_[inode_of(fd)];
    };
    calls_.drop = [this](int fd, std::uint64_t offset, std::uint64_t length) -> base::Status {
      EXPECT_LE(length, kDropPiece);
      if (offset == 0) dropped_.push_back(inode_of(fd));
      last_end_ = offset + length;
      FileCache& cache = cache_[inode_of(fd)];
      cache.cached_bytes = std::min(cache.cached_bytes, keeps_);
      return {};
    };
    search_.roots = {root_ / "Videos", root_ / "Downloads"};
    search_.owner = ::geteuid();
    search_.now = kWrittenAt + kStreamQuiet;
  }
  static ino_t inode_of(int fd) {
    struct ::stat status {};
    EXPECT_EQ(::fstat(fd, &status), 0);
    return status.st_ino;
  }
  std::string film(const std::string& name, std::uint64_t cached = 100 * kMiB,
                   std::uint64_t size = 200 * kMiB) {
    std::string path = root_.write("Videos/" + name, "");
    fs::resize_file(path, size);
    touch(path, kWrittenAt);
    struct ::stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    cache_[status.st_ino] = {cached, 0};
    return path;
  }
  static void touch(const std::string& path, base::WallTime at) {
    const auto since = std::chrono::duration_cast<seconds>(at.time_since_epoch()).count();
    const ::timespec times[] = {{since, 0}, {since, 0}};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  FileCache& cache_of(const std::string& path) {
    struct ::stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return cache_[status.st_ino];
  }
  Streams find() { return find_streams(search_, calls_); }
  std::vector<std::string> found() {
    std::vector<std::string> names;
    for (const Stream& stream : find().found) names.push_back(stream.path);
    return names;
  }
  DroppedStreams drop(const Streams& streams) {
    return drop_streams(streams, {[](dev_t, ino_t) { return false; }, stop_}, calls_);
  }

  support::TempDir root_;
  std::map<ino_t, FileCache> cache_;
  std::vector<ino_t> dropped_;
  bool fails_ = false;
  std::uint64_t last_end_ = 0;  // of what was dropped last
  std::function<bool()> stop_;
  std::uint64_t keeps_ = 0;  // of each file, whatever is asked
  PageCacheCalls calls_;
  StreamSearch search_;
};

TEST_F(FileCachesTest, FindsWhatIsLargeInMemoryAndQuiet) {
  const std::string large = film("large", 150 * kMiB);
  const std::string at = film("deep/er/at-least", kLeastStream, kLeastStream);
  film("too-little", kLeastStream - 4096);
  film("small", kLeastStream - 1, kLeastStream - 1);
  const Streams streams = find();
  EXPECT_EQ(streams.bytes, 150 * kMiB + kLeastStream);
  EXPECT_TRUE(streams.complete);
  EXPECT_THAT(found(), ElementsAre(large, at)) << "the largest first";
}

TEST_F(FileCachesTest, LeavesWhatWasReadOrWrittenLately) {
  const std::string path = film("a");
  search_.now -= seconds(1);
  EXPECT_THAT(found(), IsEmpty());
  search_.now += seconds(1);
  EXPECT_THAT(found(), ElementsAre(path));
  search_.now = kWrittenAt - minutes(1);
  EXPECT_THAT(found(), IsEmpty()) << "a clock that was set back";
}

TEST_F(FileCachesTest, LeavesDirtyFiles) {
  const std::string path = film("a");
  cache_of(path).dirty_bytes = 4096;
  EXPECT_THAT(found(), IsEmpty());
  cache_of(path).dirty_bytes.reset();
  EXPECT_THAT(found(), ElementsAre(path)) << "old kernels do not say; it was written long ago";
}

TEST_F(FileCachesTest, LooksAtNothingThatIsHiddenLinkedOrOfOthers) {
  film(".hidden");
  film(".cache/a");
  const support::TempDir elsewhere;
  fs::resize_file(elsewhere.write("b", ""), 200 * kMiB);
  fs::create_symlink(elsewhere / "b", root_ / "Videos/link");
  fs::create_directory_symlink(elsewhere.path(), root_ / "Videos/directory");
  ASSERT_EQ(::mkfifo((root_ / "Videos/fifo").c_str(), 0600), 0);
  EXPECT_THAT(found(), IsEmpty());
  film("mine");
  search_.owner = ::geteuid() + 1;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FileCachesTest, ARootThatIsALinkOrNotThereHasNothing) {
  film("a");
  fs::create_directory_symlink(root_ / "Videos", root_ / "link");
  search_.roots = {root_ / "link", root_ / "none"};
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FileCachesTest, EndsWhenItHasSeenEnoughOrIsStopped) {
  for (int i = 0; i < 10; ++i) film("f" + std::to_string(i));
  search_.most_entries = 4;
  EXPECT_EQ(find().found.size(), 4u);
  EXPECT_FALSE(find().complete);
  search_.most_entries = 100;
  film("below/a");
  search_.stop = [] { return true; };
  EXPECT_FALSE(find().complete);
}

TEST_F(FileCachesTest, DropsWhatItFoundAndMeasures) {
  film("a", 100 * kMiB), film("b", 50 * kMiB);
  keeps_ = kMiB;  // mapped by somebody
  const Streams streams = find();
  const DroppedStreams dropped = drop(streams);
  EXPECT_EQ(dropped.files, 2u);
  EXPECT_EQ(dropped.bytes, 148 * kMiB);
  const auto verdict = file_caches_verdict(streams, dropped);
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict.bytes, 148 * kMiB);
}

TEST_F(FileCachesTest, StopsBetweenTwoFilesAndSaysWhatIsLeft) {
  film("a", 100 * kMiB), film("b", 60 * kMiB), film("c", 50 * kMiB);
  const Streams streams = find();
  stop_ = [this] { return !dropped_.empty(); };
  const DroppedStreams dropped = drop(streams);
  EXPECT_THAT(dropped_, SizeIs(1));
  EXPECT_EQ(dropped.left, 2u);
  const auto verdict = file_caches_verdict(streams, dropped);
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(verdict.bytes, 100 * kMiB) << "the largest first";
  EXPECT_THAT(verdict.reason, HasSubstr("stopped with 2 files to go"));
}

TEST_F(FileCachesTest, StoppedAtOnceItTouchesNothing) {
  film("a");
  const Streams streams = find();
  stop_ = [] { return true; };
  const DroppedStreams dropped = drop(streams);
  EXPECT_THAT(dropped_, IsEmpty());
  EXPECT_EQ(file_caches_verdict(streams, dropped).outcome, ReliefOutcome::kSkipped);
}

TEST_F(FileCachesTest, ALargeFileGoesInPiecesAndMayBeStoppedInIt) {
  film("a", 700 * kMiB, 2 * kDropPiece + 1), film("b");
  const Streams streams = find();
  EXPECT_EQ(drop(streams).files, 2u);
  cache_of(root_ / "Videos/a").cached_bytes = 700 * kMiB;
  cache_of(root_ / "Videos/b").cached_bytes = 100 * kMiB;
  stop_ = [this] { return last_end_ == kDropPiece; };
  last_end_ = 0;
  EXPECT_EQ(drop(streams).left, 2u);
  EXPECT_EQ(last_end_, kDropPiece);
}

TEST_F(FileCachesTest, TouchesNothingThatIsInUse) {
  film("a");
  const Streams streams = find();
  const auto dropped = drop_streams(streams, {[](dev_t, ino_t) { return true; }}, calls_);
  EXPECT_EQ(dropped.in_use, 1u);
  EXPECT_THAT(dropped_, IsEmpty());
  EXPECT_EQ(file_caches_verdict(streams, dropped).outcome, ReliefOutcome::kSkipped);
}

TEST_F(FileCachesTest, TouchesNothingThatChangedMeanwhile) {
  const std::string grown = film("grown"), replaced = film("replaced"), gone = film("gone"),
                    linked = film("linked"), dirty = film("dirty");
  const Streams streams = find();
  ASSERT_EQ(streams.found.size(), 5u);
  fs::resize_file(grown, 300 * kMiB);
  fs::rename(replaced, root_ / "Videos/old");
  film("replaced");
  fs::remove(gone);
  fs::rename(linked, root_ / "moved");
  fs::create_symlink(root_ / "moved", linked);
  cache_of(dirty).dirty_bytes = kMiB;
  const DroppedStreams dropped = drop(streams);
  EXPECT_THAT(dropped_, IsEmpty());
  EXPECT_EQ(dropped.bytes, 0u);
  EXPECT_EQ(file_caches_verdict(streams, dropped).outcome, ReliefOutcome::kNoEffect);
}

TEST_F(FileCachesTest, SaysSoIfTheKernelKeepsEverything) {
  film("a");
  keeps_ = 1000 * kMiB;
  const Streams streams = find();
  const auto verdict = file_caches_verdict(streams, drop(streams));
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kNoEffect);
  EXPECT_THAT(verdict.reason, HasSubstr("kept"));
  EXPECT_EQ(verdict.bytes, 0u);
}

TEST_F(FileCachesTest, SaysSoIfNothingIsThereOrNothingCanBeTold) {
  EXPECT_EQ(file_caches_verdict(find(), {}).outcome, ReliefOutcome::kNoEffect);
  film("a");
  EXPECT_EQ(file_caches_outlook(find()).outcome, ReliefOutcome::kSkipped);
  EXPECT_THAT(file_caches_outlook(find()).reason, HasSubstr("100 MiB of cache of 1 file"));
  fails_ = true;
  EXPECT_EQ(file_caches_verdict(find(), {}).outcome, ReliefOutcome::kUnavailable);
}

// The real kernel: what a file that was just written holds goes, and its bytes stay.
TEST_F(FileCachesTest, OnTheRealKernelTheCacheGoesAndTheFileStays) {
  if (platform::is_in_memory(root_.path())) GTEST_SKIP() << "the temporary directory is in memory";
  const std::string path = root_.write("Videos/real", std::string(kLeastStream, 'x'));
  {
    const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::fdatasync(fd.get()), 0);
    std::string bytes(kLeastStream, '\0');
    ASSERT_EQ(::read(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(kLeastStream));
  }
  touch(path, kWrittenAt);
  const Streams streams = find_streams(search_);
  ASSERT_EQ(streams.found.size(), 1u);
  const auto dropped = drop_streams(streams, {[](dev_t, ino_t) { return false; }});
  EXPECT_EQ(fs::file_size(path), kLeastStream);
  EXPECT_EQ(root_.read("Videos/real"), std::string(kLeastStream, 'x'));
  if (dropped.kept > 0) GTEST_SKIP() << "this file system keeps its pages";
  EXPECT_GT(dropped.bytes, kLeastStream / 2);
}

}  // namespace
}  // namespace lull::relief
