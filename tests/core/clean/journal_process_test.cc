// SPDX-License-Identifier: MIT
#include <csignal>
#include <iostream>
#include <utility>

#include <sqlite3.h>

#include "tests/core/clean/journal_fixture.h"

namespace lull::clean {
namespace {

using ::testing::ElementsAre;

// A pipe from a child that tells what it has committed.
class Reports {
 public:
  Reports() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Reports() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void tell(std::int64_t id) const {
    EXPECT_EQ(::write(ends_[1], &id, sizeof id), ssize_t{sizeof id});
  }
  std::int64_t next() const {
    std::int64_t id = 0;
    EXPECT_EQ(::read(ends_[0], &id, sizeof id), ssize_t{sizeof id});
    return id;
  }
  // What is left once the writer is gone.
  std::vector<std::int64_t> rest() {
    ::close(std::exchange(ends_[1], -1));
    std::vector<std::int64_t> ids;
    std::int64_t id = 0;
    while (::read(ends_[0], &id, sizeof id) == ssize_t{sizeof id}) ids.push_back(id);
    return ids;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST_F(JournalTest, loses_nothing_committed_when_killed) {
  for (int round = 1; round <= 10; ++round) {
    Reports reports;
    const pid_t child = ::fork();
    if (child == 0) {
      auto journal = Journal::open(path_, nullptr);
      while (journal)
        if (const auto id = (*journal)->add_run(run_named("x"))) reports.tell(*id);
      ::_exit(1);
    }
    std::int64_t last = 0;
    for (int i = 0; i < round; ++i) last = reports.next();
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (const std::int64_t id : reports.rest()) last = id;
    const auto journal = open();
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(notice_, "");
    const auto runs = journal->history(0);
    ASSERT_TRUE(runs.has_value());
    // At most one more was committed than told.
    EXPECT_GE(runs->front().run, last);
    EXPECT_LE(runs->front().run, last + 1);
    EXPECT_EQ(runs->size(), static_cast<std::size_t>(runs->front().run));
  }
}

TEST_F(JournalTest, is_read_by_a_second_process_while_the_first_writes) {
  const auto journal = open();
  ASSERT_TRUE(journal->add_run(run_named("first")));
  Reports reports;
  const pid_t reader = ::fork();
  if (reader == 0) {
    auto mine = Journal::open(path_, nullptr);
    std::size_t seen = 0;
    for (int i = 0; mine && i < 100; ++i) {
      const auto runs = (*mine)->history(0);
      if (!runs || runs->size() < seen) ::_exit(1);
      seen = runs->size();
      if (i == 0) reports.tell(1);
    }
    ::_exit(mine && seen > 0 ? 0 : 2);
  }
  EXPECT_EQ(reports.next(), 1);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(journal->add_run(run_named("more")).has_value());
  int status = 0;
  ::waitpid(reader, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(summaries(*journal).size(), 51u);
}

// Each of several processes opens the journal and adds a run; all must succeed and none be lost.
void add_from_many(const std::string& path, int processes) {
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto journal = Journal::open(path, nullptr);
      if (!journal) std::cerr << journal.error().to_string() << '\n';
      if (!journal) ::_exit(1);
      const auto id = (*journal)->add_run({});
      if (!id) std::cerr << id.error().to_string() << '\n';
      ::_exit(id ? 0 : 2);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

TEST_F(JournalTest, is_created_once_by_many_at_a_time) {
  for (int round = 0; round < 10; ++round) {
    std::filesystem::remove_all(root_ / "state");
    add_from_many(path_, 6);
    EXPECT_EQ(summaries(*open()).size(), 6u);
  }
}

TEST_F(JournalTest, is_repaired_once_by_many_at_a_time) {
  for (int round = 0; round < 10; ++round) {
    std::filesystem::remove_all(root_ / "state");
    write(path_, std::string(8192, 'x'));
    add_from_many(path_, 6);
    EXPECT_EQ(summaries(*open()).size(), 6u);
  }
}

TEST_F(JournalTest, held_by_another_program_is_busy_and_not_stuck) {
  const auto journal = open();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto id = journal->add_run(run_named("later"));
  ASSERT_FALSE(id.has_value());
  EXPECT_EQ(id.error().code, base::ErrorCode::kBusy);
  EXPECT_TRUE(journal->history(0).has_value());
  sqlite3_close(other);
  EXPECT_TRUE(journal->add_run(run_named("now")).has_value());
  EXPECT_THAT(summaries(*journal), ElementsAre("now"));
}

}  // namespace
}  // namespace lull::clean
