// SPDX-License-Identifier: MIT
#include "agent/services/journal_service.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

// Every test is a fiber of a real engine with a real blocking pool and a real file.
void on_engine(const std::function<void(scheduler::Engine&, scheduler::BlockingPool&)>& test) {
  scheduler::BlockingPool blocking;
  scheduler::Engine engine;
  engine.run([&] { test(engine, blocking); });
}

scheduler::JobState state_of(const std::string& job, unsigned failures) {
  scheduler::JobState state;
  state.name = job;
  state.last_outcome = scheduler::Outcome::kPartial;
  state.last_message = "half";
  state.checkpoint = "/a";
  state.failures = failures;
  return state;
}

model::HistoryEntry run_of(const std::string& summary) {
  model::HistoryEntry entry;
  entry.kind = "relief";
  entry.origin = "automatic";
  entry.outcome = "freed";
  entry.summary = summary;
  return entry;
}

// No file may get any room while one of these lives.
class NoRoomForFiles {
 public:
  NoRoomForFiles() : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~NoRoomForFiles() {
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before_), 0);
    ::signal(SIGXFSZ, old_handler_);
  }
  NoRoomForFiles(const NoRoomForFiles&) = delete;
  NoRoomForFiles& operator=(const NoRoomForFiles&) = delete;

 private:
  sighandler_t old_handler_;
  rlimit before_{};
};

TEST(JournalService, WhatWasSavedIsThereNextTime) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "lull/journal.db");
    EXPECT_EQ(journal->notice(), "");
    journal->save(state_of("scan", 1));
    journal->save(state_of("scan", 2));
    journal->add_run(run_of("first"));
    journal->add_run(run_of("second"));
  });
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "lull/journal.db");
    const auto states = journal->load();
    ASSERT_EQ(states.size(), 1u);
    EXPECT_EQ(states[0].failures, 2u);
    EXPECT_EQ(states[0].last_outcome, scheduler::Outcome::kPartial);
    EXPECT_EQ(states[0].checkpoint, "/a");
    ASSERT_TRUE(journal->last_run());
    EXPECT_EQ(journal->last_run()->summary, "second");
    const auto history = journal->history(10);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 2u);
    EXPECT_EQ(history->at(0).summary, "second");
  });
}

TEST(JournalService, HistoryIncludesWhatIsNotOnDiskYet) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    journal->add_run(run_of("now"));
    const auto history = journal->history(5);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 1u);
    EXPECT_EQ(history->front().summary, "now");
  });
}

TEST(JournalService, WhatWasStillFreeLaterIsSaidOfItsRunWrittenOrNot) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    model::HistoryEntry first = run_of("first"), last = run_of("last");
    last.started_at = first.started_at + std::chrono::minutes(5);
    journal->add_run(first);
    journal->flush();
    journal->add_run(last);
    journal->note_still_free(last.kind, last.started_at, 2);
    EXPECT_EQ(journal->last_run()->still_free_bytes, 2u);
    journal->note_still_free(first.kind, first.started_at, 1);
    EXPECT_EQ(journal->last_run()->still_free_bytes, 2u) << "that is another run";
    const auto history = journal->history(0);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 2u);
    EXPECT_EQ(history->at(0).still_free_bytes, 2u);
    EXPECT_EQ(history->at(1).still_free_bytes, 1u);
  });
}

TEST(JournalService, WithoutAPlaceOnDiskItRemembersWhileItLives) {
  const support::TempDir temp;
  temp.write("file", "");
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "file/journal.db");
    EXPECT_NE(journal->notice().find("not kept on disk"), std::string::npos) << journal->notice();
    journal->add_run(run_of("remembered"));
    const auto history = journal->history(5);
    ASSERT_TRUE(history);
    EXPECT_EQ(history->size(), 1u);
  });
}

TEST(JournalService, HabitsAndCostsAreThereNextTime) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    EXPECT_TRUE(journal->openings().empty());
    journal->save_opening({9, 1, base::WallTime(std::chrono::seconds(1))});
    journal->save_opening({9, 1.5, base::WallTime(std::chrono::seconds(2))});
    journal->save_path_uses({{"/a", 3, {}}});
    journal->save_run_cost({"scan", 10, 20, std::chrono::seconds(3), {}});
  });
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    ASSERT_EQ(journal->openings().size(), 1u);
    EXPECT_EQ(journal->openings()[0].weight, 1.5);
    ASSERT_EQ(journal->path_uses().size(), 1u);
    EXPECT_EQ(journal->path_uses()[0].path, "/a");
    ASSERT_EQ(journal->run_costs().size(), 1u);
    EXPECT_EQ(journal->run_costs()[0].items, 10u);
    journal->save_opening({10, 1, {}});
    journal->forget_habits();
    journal->save_opening({11, 1, {}});  // a new life
    EXPECT_TRUE(journal->openings().empty());
  });
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    ASSERT_EQ(journal->openings().size(), 1u);
    EXPECT_EQ(journal->openings()[0].hour, 11u);
    EXPECT_TRUE(journal->path_uses().empty());
    EXPECT_EQ(journal->run_costs().size(), 1u) << "what work took is no habit";
  });
}

// Files may not grow for a while; what could not be written is written later, and what was asked to
// be forgotten meanwhile is not.
TEST(JournalService, WhatTheDiskRefusedIsWrittenLater) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    auto no_room = std::make_unique<NoRoomForFiles>();
    journal->save(state_of("scan", 1));
    journal->save_opening({1, 1, {}});
    journal->save_path_uses({{"/before", 1, {}}});
    journal->save_run_cost({"scan", 10, 20, {}, {}});
    journal->flush();
    EXPECT_EQ(journal->write_errors(), 1u);
    journal->forget_habits();
    journal->save_opening({2, 1, {}});
    journal->save(state_of("scan", 2));
    journal->flush();
    EXPECT_GE(journal->write_errors(), 1u);
    no_room.reset();
    journal->add_run(run_of("tries again"));
    journal->flush();
  });
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    ASSERT_EQ(journal->load().size(), 1u);
    EXPECT_EQ(journal->load()[0].failures, 2u);
    ASSERT_EQ(journal->openings().size(), 1u);
    EXPECT_EQ(journal->openings()[0].hour, 2u);
    EXPECT_TRUE(journal->path_uses().empty());
    EXPECT_EQ(journal->run_costs().size(), 1u);
    EXPECT_EQ(journal->history(0)->size(), 1u);
  });
}

void write_one_run(const std::string& path) {
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, path);
    journal->save(state_of("scan", 3));
    journal->add_run(run_of("before"));
  });
}

std::size_t runs_on_disk(const std::string& path) {
  std::size_t runs = 0;
  on_engine([&](auto& engine, auto& blocking) {
    runs = JournalService::open(engine, blocking, path)->history(0)->size();
  });
  return runs;
}

TEST(JournalService, OneThatCannotBeOpenedYetIsReadAndWhatComesIsWrittenLater) {
  const support::TempDir temp;
  const std::string path = temp / "journal.db";
  write_one_run(path);
  on_engine([&](auto& engine, auto& blocking) {
    auto no_room = std::make_unique<NoRoomForFiles>();
    const auto journal = JournalService::open(engine, blocking, path);
    EXPECT_NE(journal->notice().find("not kept on disk"), std::string::npos) << journal->notice();
    ASSERT_EQ(journal->load().size(), 1u);
    EXPECT_EQ(journal->load()[0].failures, 3u);
    journal->add_run(run_of("meanwhile"));
    journal->flush();
    const auto history = journal->history(0);
    ASSERT_TRUE(history) << history.error().to_string();
    ASSERT_EQ(history->size(), 2u);
    EXPECT_EQ(history->at(0).summary, "meanwhile");
    EXPECT_EQ(history->at(1).summary, "before");
    EXPECT_FALSE(journal->cleans()) << "nothing moves meanwhile";
    EXPECT_TRUE(journal->path().empty());

    no_room.reset();
    EXPECT_TRUE(journal->cleans()) << "whoever needs it tries again";
    EXPECT_EQ(journal->path(), path);
    EXPECT_EQ(journal->notice(), "");
    EXPECT_EQ(journal->history(0)->size(), 2u);
  });
  EXPECT_EQ(runs_on_disk(path), 2u);
}

TEST(JournalService, OneThatCouldNotBeOpenedIsOfferedWhatWaitedAtTheEnd) {
  const support::TempDir temp;
  const std::string path = temp / "journal.db";
  write_one_run(path);
  on_engine([&](auto& engine, auto& blocking) {
    auto no_room = std::make_unique<NoRoomForFiles>();
    const auto journal = JournalService::open(engine, blocking, path);
    journal->add_run(run_of("meanwhile"));
    journal->flush();
    no_room.reset();
  });
  EXPECT_EQ(runs_on_disk(path), 2u);
}

TEST(JournalService, OfOneThatCannotBeReadNobodyHearsThatNothingWasDone) {
  const support::TempDir temp;
  std::filesystem::create_directories(temp / "journal.db");
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db");
    EXPECT_FALSE(journal->history(5));
    EXPECT_FALSE(journal->auto_state());
  });
}

TEST(JournalService, ReadOnlyForgetsWhatIsSaved) {
  const support::TempDir temp;
  on_engine([&](auto& engine, auto& blocking) {
    (void)JournalService::open(engine, blocking, temp / "journal.db");
    const auto journal = JournalService::open(engine, blocking, temp / "journal.db",
                                              JournalService::Access::kReadOnly);
    journal->save(state_of("scan", 1));
    journal->add_run(run_of("no"));
    const auto history = journal->history(5);
    ASSERT_TRUE(history);
    EXPECT_TRUE(history->empty());
    EXPECT_FALSE(journal->last_run());
  });
  on_engine([&](auto& engine, auto& blocking) {
    EXPECT_TRUE(JournalService::open(engine, blocking, temp / "journal.db")->load().empty());
  });
}

TEST(JournalService, TrimsOnlyTheOldest) {
  on_engine([&](auto& engine, auto& blocking) {
    const auto journal = JournalService::open(engine, blocking, "");
    for (int i = 0; i < 10; ++i) journal->add_run(run_of(std::to_string(i)));
    journal->flush();
    ASSERT_TRUE(journal->trim(3));
    const auto history = journal->history(0);
    ASSERT_TRUE(history);
    ASSERT_EQ(history->size(), 3u);
    EXPECT_EQ(history->back().summary, "7");
    journal->shed();
    EXPECT_EQ(journal->history(0)->size(), 3u);
  });
}

}  // namespace
}  // namespace lull::agent
