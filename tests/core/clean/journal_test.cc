// SPDX-License-Identifier: MIT
#include "core/clean/journal/journal.h"

#include <atomic>
#include <limits>
#include <thread>

#include <sqlite3.h>
#include <sys/stat.h>

#include "tests/core/clean/journal_fixture.h"

namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

base::WallTime at(std::int64_t milliseconds) {
  return base::WallTime(std::chrono::milliseconds(milliseconds));
}

StoredJobState full_job() {
  return {"scan", at(1'800'000'000'001), at(-5), "failed", "why", "where", 3};
}

void expect_equal(const StoredJobState& a, const StoredJobState& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.next_due, b.next_due);
  EXPECT_EQ(a.last_started, b.last_started);
  EXPECT_EQ(a.last_outcome, b.last_outcome);
  EXPECT_EQ(a.last_message, b.last_message);
  EXPECT_EQ(a.checkpoint, b.checkpoint);
  EXPECT_EQ(a.failures, b.failures);
}

TEST_F(JournalTest, a_new_one_is_empty_and_says_nothing) {
  const auto journal = open();
  EXPECT_THAT(*journal->load_jobs(), IsEmpty());
  EXPECT_THAT(summaries(*journal), IsEmpty());
  EXPECT_EQ(notice_, "");
}

TEST_F(JournalTest, job_states_outlive_it) {
  ASSERT_TRUE(open()->save_job(full_job()).has_value());
  ASSERT_TRUE(open()->save_job({"a job never run", {}, {}, "", "", "", 0}).has_value());
  const auto jobs = open()->load_jobs();
  ASSERT_EQ(jobs->size(), 2u);
  expect_equal((*jobs)[0], {"a job never run", {}, {}, "", "", "", 0});
  expect_equal((*jobs)[1], full_job());
}

TEST_F(JournalTest, a_newer_state_of_a_job_replaces_the_older_one) {
  const auto journal = open();
  ASSERT_TRUE(journal->save_job(full_job()).has_value());
  const StoredJobState newer{"scan", std::nullopt, at(9), "done", "", "", 0};
  ASSERT_TRUE(journal->save_job(newer).has_value());
  const auto jobs = journal->load_jobs();
  ASSERT_EQ(jobs->size(), 1u);
  expect_equal(jobs->front(), newer);
}

TEST_F(JournalTest, texts_are_kept_byte_by_byte) {
  using namespace std::string_literals;
  const StoredJobState odd{"a\0b"s, {}, {}, "", "\xff\xfe'; DROP TABLE job; --", "\0"s, 0};
  ASSERT_TRUE(open()->save_job(odd).has_value());
  expect_equal(open()->load_jobs()->at(0), odd);
}

TEST_F(JournalTest, runs_outlive_it_with_all_their_fields) {
  model::HistoryEntry entry = run_named("first", true);
  entry.bytes = std::numeric_limits<std::uint64_t>::max();
  const auto id = open()->add_run(entry);
  ASSERT_TRUE(id.has_value());
  const auto runs = open()->history(0);
  ASSERT_EQ(runs->size(), 1u);
  const model::HistoryEntry& found = runs->front();
  EXPECT_EQ(found.run, *id);
  EXPECT_EQ(found.kind, "scan");
  EXPECT_EQ(found.origin, "automatic");
  EXPECT_EQ(found.started_at, entry.started_at);
  EXPECT_EQ(found.elapsed, entry.elapsed);
  EXPECT_EQ(found.items, 7u);
  EXPECT_EQ(found.bytes, std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(found.undoable);
  EXPECT_EQ(found.outcome, "done");
  EXPECT_EQ(found.summary, "first");
}

TEST_F(JournalTest, what_was_still_free_later_belongs_to_the_run_of_that_kind_and_start) {
  model::HistoryEntry relief = run_named("relief", false);
  relief.kind = "relief";
  relief.predicted_bytes = 20;
  relief.idle_apps_bytes = 18;
  const auto journal = open();
  ASSERT_TRUE(journal->add_run(relief).has_value());
  model::HistoryEntry scan = run_named("a scan at the same time", false);
  ASSERT_TRUE(journal->add_run(scan).has_value());
  for (const std::uint64_t bytes : {16u, 15u}) {
    relief.still_free_bytes = bytes;
    EXPECT_TRUE(journal->save_still_free(relief).has_value());
  }
  relief.started_at += std::chrono::seconds(1);
  EXPECT_TRUE(journal->save_still_free(relief).has_value()) << "of a run that is forgotten";
  const auto runs = journal->history(0);
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ(runs->at(0).still_free_bytes, std::nullopt);
  EXPECT_EQ(runs->at(0).predicted_bytes, std::nullopt);
  EXPECT_EQ(runs->at(1).predicted_bytes, 20u);
  EXPECT_EQ(runs->at(1).idle_apps_bytes, 18u);
  EXPECT_EQ(runs->at(1).still_free_bytes, 15u);
}

TEST_F(JournalTest, apps_to_leave_alone_are_kept_until_they_are_forgotten) {
  const base::WallTime until{std::chrono::hours(30)};
  ASSERT_TRUE(open()->replace_left_alone({{"vlc", until}, {"org.example.Old", until}}));
  const auto journal = open();
  ASSERT_TRUE(journal->replace_left_alone({{"org.gimp.GIMP", until}, {"vlc", until}}));
  const auto apps = open()->load_left_alone();
  ASSERT_EQ(apps->size(), 2u);
  EXPECT_EQ(apps->at(0).app, "org.gimp.GIMP");
  EXPECT_EQ(apps->at(1).until, until);
  ASSERT_TRUE(journal->forget());
  EXPECT_THAT(*journal->load_left_alone(), IsEmpty());
}

TEST_F(JournalTest, a_pause_is_kept_until_it_ends) {
  const base::WallTime since{std::chrono::hours(20)}, until{std::chrono::hours(30)};
  EXPECT_FALSE(*open()->load_pause());
  ASSERT_TRUE(open()->save_pause(StoredPause{since, std::nullopt}));
  auto kept = open()->load_pause();
  ASSERT_TRUE(*kept);
  EXPECT_EQ((*kept)->until, std::nullopt);
  ASSERT_TRUE(open()->save_pause(StoredPause{since, until}));
  kept = open()->load_pause();
  ASSERT_TRUE(*kept);
  EXPECT_EQ((*kept)->since, since);
  EXPECT_EQ((*kept)->until, until);
  ASSERT_TRUE(open()->forget()) << "a wish is no habit";
  EXPECT_TRUE(*open()->load_pause());
  ASSERT_TRUE(open()->save_pause(std::nullopt));
  EXPECT_FALSE(*open()->load_pause());
}

TEST_F(JournalTest, history_is_newest_first_and_limited) {
  const auto journal = open();
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(journal->add_run(run_named(name)));
  EXPECT_THAT(summaries(*journal), ElementsAre("c", "b", "a"));
  EXPECT_THAT(summaries(*journal, 2), ElementsAre("c", "b"));
  EXPECT_THAT(summaries(*journal, std::numeric_limits<std::size_t>::max()),
              ElementsAre("c", "b", "a"));
}

TEST_F(JournalTest, trimming_keeps_the_newest_and_what_can_be_undone) {
  const auto journal = open();
  ASSERT_TRUE(journal->add_run(run_named("old")));
  ASSERT_TRUE(journal->add_run(run_named("old undoable", true)));
  ASSERT_TRUE(journal->add_run(run_named("b")));
  ASSERT_TRUE(journal->add_run(run_named("c")));
  ASSERT_TRUE(journal->trim_history(4).has_value());
  EXPECT_EQ(summaries(*journal).size(), 4u);
  ASSERT_TRUE(journal->trim_history(2).has_value());
  EXPECT_THAT(summaries(*journal), ElementsAre("c", "b", "old undoable"));
}

TEST_F(JournalTest, an_id_is_never_given_twice) {
  const auto first = open()->add_run(run_named("a"));
  ASSERT_TRUE(open()->trim_history(0).has_value());
  EXPECT_THAT(summaries(*open()), IsEmpty());
  EXPECT_GT(*open()->add_run(run_named("b")), *first);
}

TEST_F(JournalTest, is_readable_by_this_user_only) {
  const auto journal = open();
  ASSERT_TRUE(journal->add_run(run_named("a")));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777, 0600u) << suffix;
  }
  struct stat status {};
  ASSERT_EQ(::stat(std::filesystem::path(path_).parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST_F(JournalTest, in_memory_touches_no_disk) {
  const auto journal = Journal::open_in_memory();
  ASSERT_TRUE(journal.has_value());
  ASSERT_TRUE((*journal)->add_run(run_named("a")));
  ASSERT_TRUE((*journal)->save_job(full_job()).has_value());
  EXPECT_THAT(summaries(**journal), ElementsAre("a"));
  EXPECT_TRUE(std::filesystem::is_empty(root_));
}

TEST_F(JournalTest, serves_several_threads_one_at_a_time) {
  const auto journal = open();
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        if (!journal->add_run(run_named("x")) || !journal->history(3)) ++failures;
        journal->shed();
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(summaries(*journal).size(), 40u);
}

TEST_F(JournalTest, takes_little_memory_and_gives_it_back) {
  const sqlite3_int64 before = sqlite3_memory_used();
  const auto journal = open();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(journal->add_run(run_named(std::string(500, 'x'))));
  ASSERT_EQ(summaries(*journal).size(), 500u);
  const sqlite3_int64 full = sqlite3_memory_used() - before;
  EXPECT_LT(full, 300 * 1024);
  journal->shed();
  const sqlite3_int64 shed = sqlite3_memory_used() - before;
  EXPECT_LT(shed, full);
  EXPECT_LT(shed, 100 * 1024);
  EXPECT_EQ(summaries(*journal).size(), 500u);
}

}  // namespace
}  // namespace lull::clean
