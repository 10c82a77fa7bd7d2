// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <sqlite3.h>

#include "tests/core/clean/journal_fixture.h"

// What a person usually looks at and when, and what work took.
namespace lull::clean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

base::WallTime at(std::int64_t milliseconds) {
  return base::WallTime(std::chrono::milliseconds(milliseconds));
}

class JournalHabits : public JournalTest {
 protected:
  void sql(const std::string& statements) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
};

TEST_F(JournalHabits, a_new_journal_knows_none) {
  const auto journal = open();
  EXPECT_THAT(*journal->load_openings(), IsEmpty());
  EXPECT_THAT(*journal->load_path_uses(), IsEmpty());
  EXPECT_THAT(*journal->load_run_costs(), IsEmpty());
}

TEST_F(JournalHabits, openings_outlive_it_one_row_an_hour) {
  ASSERT_TRUE(open()->save_opening({9, 0.5, at(1000)}).has_value());
  ASSERT_TRUE(open()->save_opening({9, 1.25, at(2000)}).has_value());
  ASSERT_TRUE(open()->save_opening({167, 2, at(-3)}).has_value());
  const auto openings = open()->load_openings();
  ASSERT_THAT(*openings, SizeIs(2));
  EXPECT_EQ((*openings)[0].hour, 9u);
  EXPECT_DOUBLE_EQ((*openings)[0].weight, 1.25);
  EXPECT_EQ((*openings)[0].at, at(2000));
  EXPECT_EQ((*openings)[1].hour, 167u);
}

TEST_F(JournalHabits, path_uses_are_replaced_as_a_whole) {
  const std::string odd = "/a\xff\n'; DROP TABLE path_use; --";
  ASSERT_TRUE(open()->replace_path_uses({{"/old", 1, at(1)}}).has_value());
  ASSERT_TRUE(open()->replace_path_uses({{odd, 2.5, at(7)}, {"/b", 1, at(8)}}).has_value());
  const auto uses = open()->load_path_uses();
  ASSERT_THAT(*uses, SizeIs(2));
  EXPECT_EQ((*uses)[0].path, odd);
  EXPECT_DOUBLE_EQ((*uses)[0].score, 2.5);
  EXPECT_EQ((*uses)[0].at, at(7));
  ASSERT_TRUE(open()->replace_path_uses({}).has_value());
  EXPECT_THAT(*open()->load_path_uses(), IsEmpty());
}

TEST_F(JournalHabits, a_path_given_twice_is_kept_once) {
  ASSERT_TRUE(open()->replace_path_uses({{"/a", 1, at(1)}, {"/a", 2, at(2)}}).has_value());
  const auto uses = open()->load_path_uses();
  ASSERT_THAT(*uses, SizeIs(1));
  EXPECT_DOUBLE_EQ(uses->front().score, 2);
}

TEST_F(JournalHabits, numbers_that_are_none_become_nothing) {
  const auto journal = open();
  unsigned hour = 0;
  for (const double weight : {std::nan(""), -1.0, -std::numeric_limits<double>::infinity()})
    ASSERT_TRUE(journal->save_opening({hour++, weight, at(1)}).has_value());
  ASSERT_TRUE(
      journal->save_opening({3, std::numeric_limits<double>::infinity(), at(1)}).has_value());
  const auto openings = journal->load_openings();
  ASSERT_THAT(*openings, SizeIs(4));
  for (unsigned i = 0; i < 3; ++i) EXPECT_EQ((*openings)[i].weight, 0) << i;
  EXPECT_TRUE(std::isfinite((*openings)[3].weight));
}

TEST_F(JournalHabits, rows_that_make_no_sense_are_left_out) {
  (void)open();
  sql("INSERT INTO opening VALUES (168, 1, 1), (-1, 1, 1), (5, -7, 1), (6, 9223372036854775807, 1),"
      " (7, 'x', 1), (8, 1000000, 1);"
      "INSERT INTO path_use VALUES ('', 1, 1), ('/a', -1, 1), ('/b', 1000000, 1);"
      "INSERT INTO run_cost VALUES ('scan', 1, 1, -5, 1);");
  const auto journal = open();
  ASSERT_THAT(*journal->load_openings(), SizeIs(1));
  EXPECT_EQ(journal->load_openings()->front().hour, 8u);
  ASSERT_THAT(*journal->load_path_uses(), SizeIs(1));
  EXPECT_EQ(journal->load_path_uses()->front().path, "/b");
  EXPECT_THAT(*journal->load_run_costs(), IsEmpty());
}

TEST_F(JournalHabits, run_costs_outlive_it_with_all_their_fields) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  ASSERT_TRUE(open()->save_run_cost({"scan", 1, 2, std::chrono::seconds(3), at(4)}).has_value());
  ASSERT_TRUE(
      open()->save_run_cost({"scan", kMost, 5, std::chrono::seconds(6), at(7)}).has_value());
  const auto costs = open()->load_run_costs();
  ASSERT_THAT(*costs, SizeIs(1));
  EXPECT_EQ(costs->front().work, "scan");
  EXPECT_EQ(costs->front().items, kMost);
  EXPECT_EQ(costs->front().bytes, 5u);
  EXPECT_EQ(costs->front().elapsed, std::chrono::seconds(6));
  EXPECT_EQ(costs->front().at, at(7));
}

TEST_F(JournalHabits, only_the_newest_run_costs_are_kept) {
  const auto journal = Journal::open_in_memory();
  const auto most = static_cast<int>(Journal::kMostRunCosts);
  for (int i = 0; i < most + 10; ++i)
    ASSERT_TRUE((*journal)->save_run_cost({"size /" + std::to_string(i), 1, 1, {}, at(i)}));
  // All of one time: still no more than that.
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE((*journal)->save_run_cost({"same " + std::to_string(i), 1, 1, {}, at(most + 9)}));
  const auto costs = (*journal)->load_run_costs();
  EXPECT_THAT(*costs, SizeIs(most));
  for (const auto& cost : *costs) EXPECT_NE(cost.work, "size /0");
}

TEST_F(JournalHabits, forgetting_leaves_no_trace_of_a_path_in_the_file) {
  const std::string secret = "/home/u/a place nobody shall know";
  {
    const auto journal = open();
    ASSERT_TRUE(journal->add_run(run_named("stays")));
    ASSERT_TRUE(journal->replace_path_uses({{secret, 1, at(1)}}).has_value());
    ASSERT_TRUE(journal->save_opening({9, 1, at(1)}).has_value());
    ASSERT_TRUE(journal->forget_habits().has_value());
    EXPECT_THAT(*journal->load_openings(), IsEmpty());
    EXPECT_THAT(*journal->load_path_uses(), IsEmpty());
    for (const char* suffix : {"", "-wal"})
      EXPECT_THAT(read(path_ + suffix), Not(HasSubstr(secret))) << suffix;
  }
  EXPECT_THAT(read(path_), Not(HasSubstr(secret)));
  EXPECT_THAT(summaries(*open()), ::testing::ElementsAre("stays"));
}

}  // namespace
}  // namespace lull::clean
