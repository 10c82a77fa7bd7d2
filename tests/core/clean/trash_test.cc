// SPDX-License-Identifier: MIT
#include "core/clean/trash.h"

#include <cerrno>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/rename.h"
#include "core/scan/trash_info.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using ::testing::HasSubstr;

const base::WallTime kNow{std::chrono::milliseconds(1'790'000'000'000)};

class TrashTest : public ::testing::Test {
 protected:
  dev_t device() const {
    struct stat status {};
    ::stat(temp_.path().c_str(), &status);
    return status.st_dev;
  }
  base::Result<std::unique_ptr<Trash>> open() { return Trash::open_for(places_, device()); }
  // A file in home/, and the home open.
  base::UniqueFd home_with(const std::string& name, const std::string& contents = "x") {
    temp_.write("home/" + name, contents);
    return base::UniqueFd(::open((temp_ / "home").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  // Reserves and takes.
  std::string trashed(Trash& trash, const base::UniqueFd& home, const std::string& name) {
    const auto reserved = trash.reserve(name, "t1", temp_ / ("home/" + name), kNow);
    EXPECT_TRUE(reserved) << reserved.error().to_string();
    EXPECT_TRUE(trash.take(home.get(), name.c_str(), *reserved));
    return *reserved;
  }
  TrashedItem item(const Trash& trash, const std::string& name, const std::string& original) {
    struct stat status {};
    ::lstat((trash.path() + "/files/" + name).c_str(), &status);
    return {trash.path(), name, original, kNow, status.st_dev, status.st_ino};
  }
  std::optional<scan::TrashInfo> info(const std::string& name) {
    return scan::parse_trash_info(temp_.read("data/Trash/info/" + name + ".trashinfo"));
  }

  const support::TempDir temp_;
  TrashPlaces places_{temp_ / "data", {}, ::geteuid()};
};

TEST_F(TrashTest, OfTheHomeIsMadeForItsOwnerAlone) {
  const auto trash = open();
  ASSERT_TRUE(trash) << trash.error().to_string();
  EXPECT_EQ((*trash)->path(), temp_ / "data/Trash");
  EXPECT_EQ((*trash)->device(), device());
  for (const char* part : {"", "/files", "/info"})
    EXPECT_EQ(fs::status((*trash)->path() + part).permissions(), fs::perms::owner_all) << part;
}

TEST_F(TrashTest, TakesAFileWithAnInfoThatSaysWhereItWas) {
  const auto trash = open();
  const auto home = home_with("a file%\n\xff.txt", "contents");
  const std::string name = trashed(**trash, home, "a file%\n\xff.txt");
  EXPECT_EQ(name, "a file%\n\xff.txt");
  EXPECT_EQ(temp_.read("data/Trash/files/" + name), "contents");
  EXPECT_FALSE(fs::exists(temp_ / ("home/" + name)));
  const auto told = info(name);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->path, temp_ / ("home/" + name));
  EXPECT_EQ(told->deleted_at, kNow);
}

TEST_F(TrashTest, GivesTheSecondOfANameAnotherOne) {
  const auto trash = open();
  const auto home = home_with("a.txt", "first");
  EXPECT_EQ(trashed(**trash, home, "a.txt"), "a.txt");
  temp_.write("home/a.txt", "second");
  EXPECT_EQ(trashed(**trash, home, "a.txt"), "a.t1.txt");
  EXPECT_EQ(temp_.read("data/Trash/files/a.txt"), "first");
  EXPECT_EQ(temp_.read("data/Trash/files/a.t1.txt"), "second");
  EXPECT_EQ((*trash)->reserve("a.txt", "t1", "/x", kNow).error().os_error, EEXIST);
}

TEST_F(TrashTest, NeverTakesTheNameOfAFileWhoseInfoWasLost) {
  const auto trash = open();
  temp_.write("data/Trash/files/a.txt", "orphan");
  const auto home = home_with("a.txt", "new");
  EXPECT_EQ(trashed(**trash, home, "a.txt"), "a.t1.txt");
  EXPECT_EQ(temp_.read("data/Trash/files/a.txt"), "orphan");
}

TEST_F(TrashTest, ReplacesNothingThatCameAfterTheReservation) {
  const auto trash = open();
  const auto home = home_with("a", "mine");
  const auto reserved = (*trash)->reserve("a", "t1", temp_ / "home/a", kNow);
  temp_.write("data/Trash/files/a", "theirs");
  EXPECT_EQ((*trash)->take(home.get(), "a", *reserved).error().os_error, EEXIST);
  EXPECT_EQ(temp_.read("data/Trash/files/a"), "theirs");
  EXPECT_EQ(temp_.read("home/a"), "mine");
}

TEST_F(TrashTest, FallbackNamesFitIntoADirectoryEntry) {
  EXPECT_EQ(fallback_name("a.tar", "7-1"), "a.7-1.tar");
  EXPECT_EQ(fallback_name(".hidden", "7-1"), ".hidden.7-1");
  EXPECT_EQ(fallback_name("plain", "7-1"), "plain.7-1");
  const std::string longest(255, 'n');
  const auto trash = open();
  const auto home = home_with(longest);
  const std::string name = trashed(**trash, home, longest);
  EXPECT_LE(name.size() + 10, 255u);
  EXPECT_EQ(info(name)->path, temp_ / ("home/" + longest));
}

TEST_F(TrashTest, TakesAReservationBackButNeverTheInfoOfWhatIsThere) {
  const auto trash = open();
  const auto home = home_with("a");
  const auto reserved = (*trash)->reserve("b", "t1", "/b", kNow);
  ASSERT_TRUE((*trash)->release(*reserved));
  EXPECT_FALSE(fs::exists(temp_ / "data/Trash/info/b.trashinfo"));
  EXPECT_TRUE((*trash)->release(*reserved)) << "twice is fine";
  const std::string name = trashed(**trash, home, "a");
  ASSERT_TRUE((*trash)->release(name));
  EXPECT_TRUE(info(name));
}

TEST_F(TrashTest, GivesBackWhatItTookAndForgetsIt) {
  const auto trash = open();
  const auto home = home_with("a", "contents");
  const std::string name = trashed(**trash, home, "a");
  const TrashedItem known = item(**trash, name, temp_ / "home/a");
  EXPECT_TRUE((*trash)->has(name, known.device, known.inode));
  EXPECT_FALSE((*trash)->has(name, known.device, known.inode + 1));
  ASSERT_TRUE((*trash)->give_back(known, home.get(), "a"));
  EXPECT_EQ(temp_.read("home/a"), "contents");
  EXPECT_FALSE(fs::exists(temp_ / "data/Trash/info/a.trashinfo"));
  EXPECT_EQ((*trash)->give_back(known, home.get(), "a").error().code, ErrorCode::kNotFound);
}

TEST_F(TrashTest, GivesNothingBackOverSomethingElse) {
  const auto trash = open();
  const auto home = home_with("a", "old");
  const std::string name = trashed(**trash, home, "a");
  temp_.write("home/a", "new");
  EXPECT_EQ((*trash)->give_back(item(**trash, name, ""), home.get(), "a").error().os_error, EEXIST);
  EXPECT_EQ(temp_.read("home/a"), "new");
  EXPECT_EQ(temp_.read("data/Trash/files/a"), "old");
  EXPECT_TRUE(info("a"));
}

TEST_F(TrashTest, RepairsAnInfoThatAPowerCutEmptied) {
  const auto trash = open();
  const auto home = home_with("a");
  const std::string name = trashed(**trash, home, "a");
  temp_.write("data/Trash/info/a.trashinfo", "");
  EXPECT_FALSE(info(name));
  ASSERT_TRUE((*trash)->repair_info(name, temp_ / "home/a", kNow));
  EXPECT_EQ(info(name)->path, temp_ / "home/a");
  const auto before = fs::last_write_time(temp_ / "data/Trash/info/a.trashinfo");
  ASSERT_TRUE((*trash)->repair_info(name, temp_ / "home/a", kNow + std::chrono::hours(1)));
  EXPECT_EQ(fs::last_write_time(temp_ / "data/Trash/info/a.trashinfo"), before) << "was valid";
}

// ---- what is not safe to use ------------------------------------------------------------------

TEST_F(TrashTest, ThatIsALinkIsRefused) {  // trash-cli #138: a link emptied its target
  fs::create_directories(temp_ / "elsewhere/files");
  fs::create_directories(temp_ / "data");
  fs::create_directory_symlink(temp_ / "elsewhere", temp_ / "data/Trash");
  EXPECT_THAT(open().error().message, HasSubstr("a link"));
  fs::remove(temp_ / "data/Trash");
  fs::create_directories(temp_ / "data/Trash");
  fs::create_directory_symlink(temp_ / "elsewhere/files", temp_ / "data/Trash/files");
  EXPECT_THAT(open().error().message, HasSubstr("a link"));
}

TEST_F(TrashTest, ThatOthersMayWriteToIsRefused) {
  fs::create_directories(temp_ / "data/Trash");
  fs::permissions(temp_ / "data/Trash", fs::perms::all);
  EXPECT_EQ(open().error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(open().error().message, HasSubstr("others may write"));
}

TEST_F(TrashTest, OfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make one";
  fs::create_directories(temp_ / "data/Trash");
  ASSERT_EQ(::chown((temp_ / "data/Trash").c_str(), 12345, 12345), 0);
  EXPECT_THAT(open().error().message, HasSubstr("another user's"));
}

TEST_F(TrashTest, ThatIsAFileIsRefused) {
  temp_.write("data/Trash", "no directory");
  EXPECT_EQ(open().error().code, ErrorCode::kUnavailable);
}

TEST_F(TrashTest, OfAVolumeThatHasNoneIsRefused) {
  EXPECT_EQ(Trash::open_for(places_, device() + 1).error().code, ErrorCode::kUnavailable);
}

TEST_F(TrashTest, OpenedAgainMakesNothing) {
  EXPECT_EQ(Trash::open_again(places_, temp_ / "data/Trash").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(temp_ / "data"));
  ASSERT_TRUE(open());
  EXPECT_TRUE(Trash::open_again(places_, temp_ / "data/Trash"));
  EXPECT_EQ(Trash::open_again(places_, "/somewhere/Trash").error().code, ErrorCode::kNotFound);
}

TEST_F(TrashTest, SaysWhenNoFileMayBeOpened) {
  const auto trash = open();
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  const rlimit none{3, old.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const int failed = (*trash)->reserve("a", "t1", "/a", kNow).error().os_error;
  ::setrlimit(RLIMIT_NOFILE, &old);
  EXPECT_EQ(failed, EMFILE);
}

// ---- renaming where it could replace ----------------------------------------------------------

TEST(RenameByLink, ReplacesNothing) {
  const support::TempDir temp;
  temp.write("from/file", "mine");
  temp.write("to/there", "theirs");
  fs::create_directory(temp / "from/directory");
  const base::UniqueFd from(::open((temp / "from").c_str(), O_RDONLY | O_DIRECTORY));
  const base::UniqueFd to(::open((temp / "to").c_str(), O_RDONLY | O_DIRECTORY));
  for (const char* name : {"file", "directory"})
    EXPECT_EQ(rename_by_link(from.get(), name, to.get(), "there"), EEXIST);
  EXPECT_EQ(temp.read("to/there"), "theirs");
  for (const char* name : {"file", "directory"}) {
    EXPECT_EQ(rename_by_link(from.get(), name, to.get(), name), 0);
    EXPECT_FALSE(fs::exists(temp / ("from/" + std::string(name))));
    EXPECT_TRUE(fs::exists(temp / ("to/" + std::string(name))));
  }
  EXPECT_EQ(rename_by_link(from.get(), "gone", to.get(), "x"), ENOENT);
}

}  // namespace
}  // namespace lull::clean
