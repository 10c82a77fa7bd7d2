// SPDX-License-Identifier: MIT
#include "core/cache/file_metadata_cache.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace lull::cache {
namespace {

using namespace std::chrono_literals;

constexpr FileIdentity kFile{1, 2, 300, 4, 5};

model::FileVerdict verdict_of(const std::string& path, const std::string& reason = "unused") {
  model::FileVerdict verdict;
  verdict.path = path;
  verdict.bytes = 4096;
  verdict.rule = "thumbnails";
  verdict.tier = model::Tier::kSafe;
  verdict.goes = true;
  verdict.reason = reason;
  verdict.score = 88;
  verdict.as_of = base::WallTime(77s);
  return verdict;
}

class FileMetadataCacheTest : public ::testing::Test {
 protected:
  static FileIdentity identity(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return identity_of(status);
  }

  support::ManualClock clock_;
  FileMetadataCache cache_{100, 300s, clock_};
};

TEST_F(FileMetadataCacheTest, AnswersAsItWasTold) {
  EXPECT_FALSE(cache_.get("/a", kFile));
  cache_.put(kFile, verdict_of("/a"));
  const auto answer = cache_.get("/a", kFile);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->path, "/a");
  EXPECT_EQ(answer->bytes, 4096u);
  EXPECT_EQ(answer->rule, "thumbnails");
  EXPECT_EQ(answer->tier, model::Tier::kSafe);
  EXPECT_TRUE(answer->goes);
  EXPECT_EQ(answer->reason, "unused");
  EXPECT_EQ(answer->score, 88u);
  EXPECT_EQ(answer->as_of, base::WallTime(77s));
  EXPECT_TRUE(answer->from_cache);
  EXPECT_EQ(cache_.stats().hits, 1u);
  EXPECT_EQ(cache_.stats().misses, 1u);
}

TEST_F(FileMetadataCacheTest, AnUnknownScoreStaysUnknown) {
  auto verdict = verdict_of("/a");
  verdict.score.reset();
  cache_.put(kFile, verdict);
  EXPECT_EQ(cache_.get("/a", kFile)->score, std::nullopt);
  verdict.score = 4711;  // no score
  cache_.put(kFile, verdict);
  EXPECT_EQ(cache_.get("/a", kFile)->score, std::nullopt);
}

TEST_F(FileMetadataCacheTest, AFileThatDiffersInAnythingIsAnotherOneAndForgotten) {
  for (FileIdentity other :
       {FileIdentity{9, 2, 300, 4, 5}, FileIdentity{1, 9, 300, 4, 5}, FileIdentity{1, 2, 301, 4, 5},
        FileIdentity{1, 2, 300, 3, 5}, FileIdentity{1, 2, 300, 4, 6}}) {
    cache_.put(kFile, verdict_of("/a"));
    EXPECT_FALSE(cache_.get("/a", other));
    EXPECT_FALSE(cache_.get("/a", kFile)) << "one change is enough: nobody knows what else was";
  }
}

// The same file under another name: what may go from one folder must stay in another.
TEST_F(FileMetadataCacheTest, AnotherPathToTheSameFileIsNotAnswered) {
  cache_.put(kFile, verdict_of("/home/u/.cache/thumbnails/a.png"));
  EXPECT_FALSE(cache_.get("/home/u/Pictures/a.png", kFile));
  EXPECT_FALSE(cache_.get("/home/u/.cache/thumbnails/a.png/", kFile));
  EXPECT_FALSE(cache_.get("", kFile));
}

TEST_F(FileMetadataCacheTest, AnAnswerHoldsForTheTimeToLive) {
  cache_.put(kFile, verdict_of("/a"));
  clock_.advance(300s - 1ns);
  EXPECT_TRUE(cache_.get("/a", kFile));
  clock_.advance(1ns);
  EXPECT_FALSE(cache_.get("/a", kFile));
  EXPECT_EQ(cache_.stats().entries, 0u);
}

TEST_F(FileMetadataCacheTest, SettingTheWallClockMakesNothingOlderOrYounger) {
  cache_.put(kFile, verdict_of("/a"));
  clock_.jump_wall(std::chrono::hours(24 * 365));
  EXPECT_TRUE(cache_.get("/a", kFile));
  clock_.jump_wall(-std::chrono::hours(24 * 730));
  EXPECT_TRUE(cache_.get("/a", kFile));
}

TEST_F(FileMetadataCacheTest, IsBoundedAndDropsWhatNobodyAskedForLongest) {
  cache_.resize(3);
  for (const char* path : {"/a", "/b", "/c"}) cache_.put(kFile, verdict_of(path));
  EXPECT_TRUE(cache_.get("/a", kFile));
  cache_.put(kFile, verdict_of("/d"));
  EXPECT_FALSE(cache_.get("/b", kFile));
  for (const char* path : {"/a", "/c", "/d"}) EXPECT_TRUE(cache_.get(path, kFile)) << path;
  EXPECT_EQ(cache_.stats().evictions, 1u);
  EXPECT_EQ(cache_.stats().entries, 3u);
}

TEST_F(FileMetadataCacheTest, WithoutRoomItKeepsNothing) {
  cache_.resize(0);
  cache_.put(kFile, verdict_of("/a"));
  EXPECT_FALSE(cache_.get("/a", kFile));
  EXPECT_EQ(cache_.stats().bytes, 0u);
}

TEST_F(FileMetadataCacheTest, GivesBackWhatIsTooOldToAnswer) {
  cache_.put(kFile, verdict_of("/old"));
  clock_.advance(200s);
  cache_.put(kFile, verdict_of("/young"));
  clock_.advance(200s);
  cache_.drop_expired();
  EXPECT_EQ(cache_.stats().entries, 1u);
  EXPECT_TRUE(cache_.get("/young", kFile));
  clock_.advance(200s);
  cache_.drop_expired();
  EXPECT_EQ(cache_.stats().bytes, 0u);
}

TEST_F(FileMetadataCacheTest, ShedsEverythingAndGoesOn) {
  cache_.put(kFile, verdict_of("/a"));
  cache_.shed();
  EXPECT_EQ(cache_.stats().entries, 0u);
  EXPECT_EQ(cache_.stats().bytes, 0u);
  EXPECT_FALSE(cache_.get("/a", kFile));
  cache_.put(kFile, verdict_of("/a", "another reason"));
  EXPECT_EQ(cache_.get("/a", kFile)->reason, "another reason");
}

TEST_F(FileMetadataCacheTest, AnEntryTakesLittleWhateverItsPath) {
  cache_.resize(5000);
  const std::string deep(3000, 'x');
  for (int i = 0; i < 5000; ++i) cache_.put(kFile, verdict_of("/" + deep + std::to_string(i)));
  EXPECT_EQ(cache_.stats().entries, 5000u);
  EXPECT_LT(cache_.stats().bytes, 5000u * 200);
}

TEST_F(FileMetadataCacheTest, EndlesslyManyReasonsDoNotMakeItGrow) {
  cache_.resize(100);
  for (int i = 0; i < 20'000; ++i) {
    const std::string path = "/" + std::to_string(i);
    cache_.put(kFile, verdict_of(path, "reason " + std::to_string(i)));
    ASSERT_EQ(cache_.get(path, kFile)->reason, "reason " + std::to_string(i));
  }
  EXPECT_LT(cache_.stats().bytes, 1'000'000u);
}

// What somebody may do to a file between the scan and the question.
TEST_F(FileMetadataCacheTest, RealFilesThatWereTouchedAreNotAnswered) {
  const support::TempDir temp;
  const auto known = [&](const std::string& path) {
    return cache_.get(path, identity(path)).has_value();
  };
  const auto judge = [&](const std::string& path) {
    cache_.put(identity(path), verdict_of(path));
    EXPECT_TRUE(known(path));
  };
  const std::string file = temp.write("file", "junk");
  judge(file);
  temp.write("file", "love");  // same length, within the same second
  EXPECT_FALSE(known(file)) << "rewritten";
  judge(file);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  EXPECT_FALSE(known(file)) << "made read-only";
  judge(file);
  ASSERT_EQ(::link(file.c_str(), (temp / "precious").c_str()), 0);
  EXPECT_FALSE(known(file)) << "linked from elsewhere";
  judge(file);
  temp.write("other", "junk");
  std::filesystem::rename(temp / "other", file);
  EXPECT_FALSE(known(file)) << "replaced";
  judge(file);
  std::filesystem::remove(file);
  std::filesystem::create_symlink(temp / "precious", file);
  EXPECT_FALSE(known(file)) << "a link by now";
}

}  // namespace
}  // namespace lull::cache
