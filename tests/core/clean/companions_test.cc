// SPDX-License-Identifier: MIT
#include "core/clean/companions.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "core/base/unique_fd.h"
#include "core/clean/in_use.h"
#include "tests/core/clean/clean_run.h"

namespace lull::clean {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class CompanionsTest : public CleanRunWorld {
 protected:
  std::optional<Companions> list(std::size_t most = 1000) const {
    const base::UniqueFd fd(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return Companions::list(fd.get(), most);
  }
};

TEST_F(CompanionsTest, tell_which_files_may_be_parts_of_a_database) {
  for (const char* name : {"a.db", "a.db-wal", "plain", "c-journal", "-shm"}) write(name);
  const auto companions = list();
  ASSERT_TRUE(companions.has_value());
  EXPECT_TRUE(companions->may_have_others("a.db"));
  EXPECT_TRUE(companions->may_have_others("a.db-wal"));
  EXPECT_TRUE(companions->may_have_others("c")) << "its journal is there, whether it is or not";
  EXPECT_FALSE(companions->may_have_others("plain"));
  EXPECT_FALSE(companions->may_have_others("-shm")) << "a name, and no suffix of one";
  EXPECT_TRUE(companions->may_have_others("new-wal")) << "one that has come since is asked for";
}

// Whatever the names: who has a relative in the directory is not told to be alone.
TEST_F(CompanionsTest, miss_no_relative) {
  std::vector<std::string> names;
  for (const char* base : {"x", "y", "x-wal", "-wal"})
    for (const char* suffix : {"", "-wal", "-shm", "-journal", "-wal-shm", ".bak"})
      names.push_back(std::string(base) + suffix);
  for (std::size_t round = 0; round < names.size(); ++round) {
    std::set<std::string> there;
    for (std::size_t i = 0; i < names.size(); ++i)
      if (i * 7 % (round + 2) == 0) there.insert(names[i]);
    std::filesystem::remove_all(root_);
    for (const std::string& name : there) write(name);
    const auto companions = list();
    ASSERT_TRUE(companions.has_value());
    for (const std::string& name : there)
      for (const std::string& member : family_of(name))
        if (there.contains(member)) {
          EXPECT_TRUE(companions->may_have_others(name)) << name << " has " << member;
        }
  }
}

TEST_F(CompanionsTest, are_not_told_of_what_is_too_large_or_cannot_be_listed) {
  for (int i = 0; i < 10; ++i) write("f" + std::to_string(i));
  EXPECT_TRUE(list(12).has_value()) << "with . and ..";
  EXPECT_FALSE(list(5).has_value());
  EXPECT_FALSE(Companions::list(-1, 1000).has_value());
  const base::UniqueFd file(::open((root_ + "/f0").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(Companions::list(file.get(), 1000).has_value());
}

// By the listing, as by the questions.
TEST_F(CompanionsTest, keep_a_database_whole_among_many_files) {
  std::vector<std::string> planned;
  for (std::size_t i = 0; i < 3 * kFilesWorthAListing; ++i)
    planned.push_back(write("f" + std::to_string(i)));
  const std::vector<std::string> whole{write("all.db"), write("all.db-wal")};
  planned.insert(planned.end(), whole.begin(), whole.end());
  planned.push_back(write("torn.db"));
  const std::string log = write("torn.db-journal");
  const CleanResult result = run(plan_of(planned));
  EXPECT_THAT(result.moved, SizeIs(planned.size() - 1));
  ASSERT_THAT(result.skipped, SizeIs(1));
  EXPECT_EQ(result.skipped[0].path, root_ + "/torn.db");
  EXPECT_THAT(result.skipped[0].reason, HasSubstr("another file stays"));
  EXPECT_TRUE(exists(log));
}

// What its directory's list said of a file is not asked again; what a program does to it now is.
TEST_F(CompanionsTest, do_not_hide_a_program_that_opens_the_database_meanwhile) {
  const std::string database = write("a.db");
  const PlanItem planned = item(database);
  const auto companions = list();
  ASSERT_TRUE(companions.has_value());
  write("a.db-wal");
  auto trash = open_trash();
  ASSERT_TRUE(trash.has_value());
  HeldParent parent(Descent::kOneCall);
  const base::UniqueFd program(::open(database.c_str(), O_RDWR | O_CLOEXEC));
  const MoveResult result =
      move_to_trash(planned, **trash, {"t0k", kThen, 1}, guards_, parent, &*companions);
  EXPECT_EQ(result.kind, MoveKind::kSkipped);
  EXPECT_THAT(result.reason, HasSubstr("just opened"));
  EXPECT_TRUE(exists(database));
}

}  // namespace
}  // namespace lull::clean
