// SPDX-License-Identifier: MIT
#include <atomic>
#include <thread>

#include <sqlite3.h>

#include "tests/core/clean/journal_fixture.h"

// A journal that an older lull wrote is used as it is, with what the new one needs added.
namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Schema 1, byte for byte what the first version created, with one job and two runs.
constexpr const char* kSchemaOne = R"sql(
  PRAGMA journal_mode = WAL;
  CREATE TABLE job (
    name         TEXT PRIMARY KEY,
    next_due     INTEGER,
    last_started INTEGER,
    last_outcome TEXT NOT NULL,
    last_message TEXT NOT NULL,
    checkpoint   TEXT NOT NULL,
    failures     INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE run (
    run        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT NOT NULL,
    origin     TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    elapsed    INTEGER NOT NULL,
    items      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    undoable   INTEGER NOT NULL,
    outcome    TEXT NOT NULL,
    summary    TEXT NOT NULL
  );
  PRAGMA application_id = 1282763884;
  PRAGMA user_version = 1;
  INSERT INTO job VALUES ('scan', 5, 4, 'done', 'fine', '', 0);
  INSERT INTO run (kind, origin, started_at, elapsed, items, bytes, undoable, outcome, summary)
    VALUES ('relief', 'automatic', 1, 2, 3, 4, 0, 'freed', 'first'),
           ('clean', 'user', 1, 2, 3, 4, 1, 'done', 'second');
)sql";

class OldJournal : public JournalTest {
 protected:
  void SetUp() override {
    JournalTest::SetUp();
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path());
    sql(kSchemaOne);
  }
  std::int64_t user_version() {
    sqlite3* db = nullptr;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, nullptr);
    sqlite3_step(statement);
    const std::int64_t version = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return version;
  }
};

TEST_F(OldJournal, keeps_its_jobs_and_runs_and_learns_the_new_tables) {
  const auto journal = open();
  EXPECT_EQ(notice_, "");
  ASSERT_THAT(*journal->load_jobs(), SizeIs(1));
  EXPECT_EQ(journal->load_jobs()->front().last_message, "fine");
  EXPECT_THAT(summaries(*journal), ElementsAre("second", "first"));
  EXPECT_THAT(*journal->load_openings(), IsEmpty());
  EXPECT_TRUE(journal->save_opening({1, 1, {}}).has_value());
  EXPECT_TRUE(journal->replace_path_uses({{"/a", 1, {}}}).has_value());
  EXPECT_TRUE(journal->save_run_cost({"scan", 1, 1, {}, {}}).has_value());
  EXPECT_TRUE(journal->begin_run("clean", "user", {}).has_value());
  EXPECT_THAT(*journal->open_intents(), IsEmpty());
  EXPECT_EQ(user_version(), 7);
}

TEST_F(OldJournal, is_migrated_once) {
  ASSERT_TRUE(open()->save_opening({1, 1, {}}).has_value());
  EXPECT_THAT(*open()->load_openings(), SizeIs(1));
  EXPECT_THAT(summaries(*open()), SizeIs(2));
}

TEST_F(OldJournal, gives_new_runs_ids_behind_the_old_ones) {
  EXPECT_EQ(*open()->add_run(run_named("third")), 3);
}

TEST_F(OldJournal, opened_by_many_at_once_is_migrated_by_one_of_them) {
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      const auto journal = Journal::open(path_, nullptr);
      if (!journal || !(*journal)->load_openings() || (*journal)->history(0)->size() != 2)
        ++failures;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

// Somebody has put a table of that name there: nothing of the step may remain.
TEST_F(OldJournal, that_cannot_take_the_step_is_an_error_and_stays_as_it_was) {
  sql("CREATE TABLE run_cost (other TEXT); PRAGMA wal_checkpoint(TRUNCATE);");
  EXPECT_FALSE(Journal::open(path_, &notice_).has_value());
  EXPECT_EQ(notice_, "");
  EXPECT_EQ(user_version(), 1);
  sql("DROP TABLE run_cost;");
  EXPECT_THAT(summaries(*open()), SizeIs(2)) << "and is used once that is out of the way";
}

// Schema 2, with what it added and a row in each.
constexpr const char* kSchemaTwo = R"sql(
  CREATE TABLE opening (
    hour   INTEGER PRIMARY KEY,
    weight INTEGER NOT NULL,
    at     INTEGER NOT NULL
  );
  CREATE TABLE path_use (
    path  TEXT PRIMARY KEY,
    score INTEGER NOT NULL,
    at    INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE run_cost (
    work    TEXT PRIMARY KEY,
    items   INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    elapsed INTEGER NOT NULL,
    at      INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = 2;
  INSERT INTO opening VALUES (5, 1000000, 7);
  INSERT INTO run_cost VALUES ('scan', 1, 2, 3, 4);
)sql";

TEST_F(OldJournal, of_the_second_schema_keeps_its_habits_and_learns_of_moves) {
  sql(kSchemaTwo);
  const auto journal = open();
  EXPECT_EQ(notice_, "");
  EXPECT_THAT(summaries(*journal), ElementsAre("second", "first"));
  EXPECT_THAT(*journal->load_openings(), SizeIs(1));
  EXPECT_THAT(*journal->load_run_costs(), SizeIs(1));
  std::vector<CleanItem> items(2);
  EXPECT_TRUE(journal->add_intents(2, items).has_value()) << "even to a run that it had";
  EXPECT_THAT(*journal->open_intents(), SizeIs(2));
  EXPECT_EQ(user_version(), 7);
}

TEST_F(OldJournal, of_the_second_schema_that_cannot_take_the_step_stays_as_it_was) {
  sql(kSchemaTwo);
  sql("CREATE TABLE clean_plan (other TEXT); PRAGMA wal_checkpoint(TRUNCATE);");
  EXPECT_FALSE(Journal::open(path_, &notice_).has_value());
  EXPECT_EQ(user_version(), 2);
  sql("DROP TABLE clean_plan;");
  EXPECT_THAT(*open()->load_openings(), SizeIs(1));
}

TEST_F(OldJournal, without_its_own_tables_is_set_aside) {
  sql("DROP TABLE run; PRAGMA wal_checkpoint(TRUNCATE);");
  const auto journal = open();
  EXPECT_NE(notice_, "");
  EXPECT_THAT(summaries(*journal), IsEmpty());
}

}  // namespace
}  // namespace lull::clean
