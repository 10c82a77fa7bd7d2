// SPDX-License-Identifier: MIT
#include <sqlite3.h>
#include <sys/stat.h>

#include "tests/core/clean/journal_fixture.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DamagedJournal : public JournalTest {
 protected:
  // The names beside the journal that say "damaged".
  std::vector<fs::path> set_aside() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(fs::path(path_).parent_path()))
      if (entry.path().filename().string().starts_with("journal.db.damaged-") &&
          !entry.path().string().ends_with("-wal") && !entry.path().string().ends_with("-shm"))
        found.push_back(entry.path());
    return found;
  }

  void expect_begun_anew(const std::string& old_bytes) {
    const auto journal = open();
    ASSERT_NE(journal, nullptr);
    EXPECT_THAT(summaries(*journal), IsEmpty());
    EXPECT_TRUE(journal->add_run(run_named("new")).has_value());
    ASSERT_EQ(set_aside().size(), 1u);
    EXPECT_EQ(read(set_aside().front()), old_bytes);
    EXPECT_THAT(notice_, HasSubstr(set_aside().front().string()));
  }

  void fill(int runs) {
    const auto journal = open();
    for (int i = 0; i < runs; ++i) ASSERT_TRUE(journal->add_run(run_named(std::string(300, 'x'))));
  }
};

TEST_F(DamagedJournal, text_is_kept_aside) {
  const std::string text(10'000, 'x');
  write(path_, text);
  expect_begun_anew(text);
}

TEST_F(DamagedJournal, a_header_without_a_body_is_kept_aside) {
  fill(50);
  const std::string bytes = read(path_).substr(0, 100);
  write(path_, bytes);
  expect_begun_anew(bytes);
}

TEST_F(DamagedJournal, a_file_cut_short_is_kept_aside) {
  fill(100);
  std::string bytes = read(path_);
  ASSERT_GT(bytes.size(), 5 * 4096u);
  bytes.resize(bytes.size() / 2);
  write(path_, bytes);
  expect_begun_anew(bytes);
}

TEST_F(DamagedJournal, a_page_of_garbage_in_the_middle_is_kept_aside) {
  fill(100);
  std::string bytes = read(path_);
  bytes.replace(3 * 4096, 4096, std::string(4096, '\xA5'));
  write(path_, bytes);
  expect_begun_anew(bytes);
}

TEST_F(DamagedJournal, the_database_of_another_program_is_kept_aside) {
  fs::create_directories(fs::path(path_).parent_path());
  sql("CREATE TABLE job (other TEXT); PRAGMA user_version = 1;");
  expect_begun_anew(read(path_));
}

TEST_F(DamagedJournal, one_without_its_tables_is_kept_aside) {
  fill(1);
  sql("DROP TABLE run; PRAGMA wal_checkpoint(TRUNCATE);");
  expect_begun_anew(read(path_));
}

TEST_F(DamagedJournal, each_one_is_kept) {
  for (int i = 0; i < 3; ++i) {
    write(path_, std::string(5000, static_cast<char>('a' + i)));
    ASSERT_NE(open(), nullptr);
  }
  EXPECT_EQ(set_aside().size(), 3u);
}

TEST_F(DamagedJournal, a_log_full_of_garbage_does_not_lose_what_is_in_the_file) {
  ASSERT_TRUE(open()->add_run(run_named("safe")));
  write(path_ + "-wal", std::string(8192, '\xA5'));
  EXPECT_THAT(summaries(*open()), ElementsAre("safe"));
  EXPECT_EQ(notice_, "");
}

TEST_F(DamagedJournal, an_empty_file_is_simply_used) {
  write(path_, "");
  const auto journal = open();
  EXPECT_TRUE(journal->add_run(run_named("a")).has_value());
  EXPECT_EQ(notice_, "");
  EXPECT_THAT(set_aside(), IsEmpty());
}

TEST_F(DamagedJournal, a_newer_schema_is_refused_and_left_alone) {
  ASSERT_TRUE(open()->add_run(run_named("of tomorrow")));
  sql("PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE);");
  const std::string bytes = read(path_);
  const auto journal = Journal::open(path_, &notice_);
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(journal.error().to_string(), HasSubstr("newer version"));
  EXPECT_EQ(journal.error().path, path_);
  EXPECT_EQ(read(path_), bytes);
  EXPECT_THAT(set_aside(), IsEmpty());
}

TEST_F(DamagedJournal, a_newer_schema_keeps_its_unfolded_log) {
  ASSERT_TRUE(open()->add_run(run_named("a")));
  ASSERT_EQ(in_child([&] {
              sqlite3* db = nullptr;
              sqlite3_open(path_.c_str(), &db);
              sqlite3_exec(db, "PRAGMA user_version = 999", nullptr, nullptr, nullptr);
              return 0;  // dies without closing: the change is in the log alone
            }),
            0);
  const std::string bytes = read(path_);
  const std::string log = read(path_ + "-wal");
  ASSERT_FALSE(log.empty());
  EXPECT_FALSE(Journal::open(path_, &notice_).has_value());
  EXPECT_EQ(read(path_), bytes);
  EXPECT_EQ(read(path_ + "-wal"), log);
}

TEST_F(DamagedJournal, what_is_no_regular_file_is_an_error_without_waiting) {
  fs::create_directories(path_);
  EXPECT_FALSE(Journal::open(path_, &notice_).has_value());
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(Journal::open(path_, &notice_).has_value());
  EXPECT_TRUE(fs::is_fifo(path_));
}

TEST_F(DamagedJournal, a_place_that_cannot_be_is_an_error) {
  write(root_ / "file", "");
  EXPECT_FALSE(Journal::open((root_ / "file/journal.db").string(), &notice_).has_value());
  EXPECT_FALSE(Journal::open("/proc/lull/journal.db", nullptr).has_value());
}

}  // namespace
}  // namespace lull::clean
