// SPDX-License-Identifier: MIT
#include "agent/services/clean_service.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/services/undo_service.h"
#include "core/clean/plan_codec.h"
#include "tests/support/no_job_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Real rules, a real home, the real trash and journal; the clock is far ahead, so that what was
// just written is old.
class CleanServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    thumbnail_ = temp_.write("home/.cache/thumbnails/normal/a.png", std::string(20'000, 'x'));
    other_ = temp_.write("home/.cache/thumbnails/normal/b.png", "x");
    thesis_ = temp_.write("home/Documents/thesis.odt", "precious");
    const auto real = std::chrono::duration_cast<base::Duration>(base::system_clock().wall_now() -
                                                                 world_.time.wall_now());
    world_.time.jump_wall(real + std::chrono::hours(24 * 90));
  }

  struct World {
    World(CleanServiceTest& test, scheduler::ComputePool& compute,
          JournalService::Access access = JournalService::Access::kReadWrite)
        : journal(JournalService::open(test.world_.engine, test.world_.executor,
                                       test.journal_path(), access)),
          jobs(test.world_.engine, store, {.automatic = false}),
          scans(test.world_.engine, compute, *scan::load_rules("", ::geteuid()),
                support::directories_below(test.temp_), test.settings_),
          house(test.world_.engine, test.world_.executor, *journal,
                support::directories_below(test.temp_)),
          purge(test.world_.engine, compute, house, test.settings_, support::never_nearly_full),
          clean(test.world_.engine, compute, house, purge, scans, test.settings_),
          undo(test.world_.engine, compute, house, test.settings_) {
      auto scan_job = scans.job();
      scan_job.constraints = {};
      jobs.add_job(std::move(scan_job));
      jobs.add_job(clean.job());
      jobs.add_job(undo.job());
      jobs.add_job(purge.job());
      jobs.start();
    }
    ~World() { jobs.shut_down(1s); }

    base::Result<model::PlanReport> offer(const std::vector<std::string>& categories = {}) {
      return clean.offer(jobs, categories, true, {});
    }
    base::Result<model::CleanReport> act(const std::string& plan, bool free_now = false) {
      return clean.clean(jobs, plan, free_now, {});
    }
    scheduler::JobResult run_purge() { return jobs.request("purge")->wait(); }
    base::Result<model::UndoReport> take_back(std::optional<std::int64_t> run = {},
                                              const std::vector<std::string>& paths = {}) {
      return undo.undo(jobs, run, paths, {});
    }

    testing::NoJobStore store;
    std::unique_ptr<JournalService> journal;
    scheduler::JobScheduler jobs;
    ScanService scans;
    CleanHouse house;
    PurgeService purge;
    CleanService clean;
    UndoService undo;
  };

  void run(const std::function<void(World&)>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      scheduler::ComputePool compute(2);
      World world(*this, compute);
      story(world);
    });
  }
  std::string journal_path() const { return temp_ / "home/.local/state/lull/journal.db"; }
  std::set<std::string> trashed() const {
    std::set<std::string> names;
    const std::string files = temp_ / "home/.local/share/Trash/files";
    if (fs::exists(files))
      for (const auto& entry : fs::recursive_directory_iterator(files))
        names.insert(entry.path().filename().string());
    return names;
  }

  testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
  std::string thumbnail_, other_, thesis_;
};

TEST_F(CleanServiceTest, MovesWhatItHasOfferedAndGivesItBack) {
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    ASSERT_TRUE(offered) << offered.error().to_string();
    EXPECT_TRUE(fs::exists(thumbnail_));
    ASSERT_THAT(offered->categories, SizeIs(1));
    EXPECT_FALSE(offered->categories[0].cost.empty());
    const auto report = world.act(offered->id);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->outcome, "done");
    EXPECT_EQ(report->moved_items, offered->items);
    EXPECT_EQ(report->moved_bytes, offered->bytes);
    EXPECT_EQ(report->freed_bytes, 0);
    EXPECT_EQ(report->pending_bytes, report->moved_bytes);
    ASSERT_TRUE(report->purge_at);
    EXPECT_FALSE(fs::exists(thumbnail_));
    EXPECT_THAT(trashed(), Contains("a.png"));
    ASSERT_TRUE(world.journal->last_run());
    EXPECT_EQ(world.journal->last_run()->kind, "clean");
    EXPECT_EQ(world.journal->last_run()->origin, "user");

    const auto undone = world.take_back();
    ASSERT_TRUE(undone) << undone.error().to_string();
    EXPECT_EQ(undone->run, report->run);
    EXPECT_EQ(undone->restored_items, report->moved_items);
    EXPECT_EQ(undone->restored_bytes, report->moved_bytes);
    EXPECT_EQ(fs::file_size(thumbnail_), 20'000u);
    EXPECT_TRUE(fs::exists(thesis_));
    EXPECT_THAT(trashed(), IsEmpty());
    const auto again = world.take_back();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::ErrorCode::kNotFound);
  });
}

TEST_F(CleanServiceTest, OffersOnlyTheTiersOfTheSettingsUnlessACategoryIsNamed) {
  settings_.clean.tiers = {};
  run([&](World& world) {
    const auto nothing = world.offer();
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->id, "");
    EXPECT_EQ(nothing->items, 0u);
    EXPECT_GT(world.offer({"thumbnails"})->items, 0u);
    settings_.clean.tiers = {"safe"};
    const auto safe = world.offer();
    ASSERT_TRUE(safe);
    EXPECT_NE(safe->id, "");
    for (const auto& category : safe->categories) EXPECT_EQ(category.tier, model::Tier::kSafe);
  });
}

TEST_F(CleanServiceTest, GivesBackAPartOfARun) {
  temp_.write("home/.cache/thumbnails/large/c.png", "x");
  run([&](World& world) {
    const auto report = world.act(world.offer({"thumbnails"})->id);
    ASSERT_TRUE(report);
    const std::string real = fs::canonical(temp_.path()).string() + "/home/.cache/thumbnails";
    const auto stranger = world.take_back(report->run, {"/nowhere"});
    ASSERT_FALSE(stranger);
    EXPECT_EQ(stranger.error().path, "/nowhere");
    const auto part = world.take_back(report->run, {real + "/normal"});
    ASSERT_TRUE(part) << part.error().to_string();
    EXPECT_TRUE(fs::exists(thumbnail_));
    EXPECT_FALSE(fs::exists(temp_ / "home/.cache/thumbnails/large/c.png"));
    ASSERT_TRUE(world.take_back());
    EXPECT_TRUE(fs::exists(temp_ / "home/.cache/thumbnails/large/c.png"));
  });
}

TEST_F(CleanServiceTest, RefusesAPlanThatIsUnknownStaleOrOfOtherRules) {
  run([&](World& world) {
    const auto unknown = world.act("p-0000000000000000");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, base::ErrorCode::kNotFound);

    const std::string by_other_rules = world.offer({"thumbnails"})->id;
    settings_.clean.keep = {thesis_};
    const auto other_rules = world.act(by_other_rules);
    ASSERT_FALSE(other_rules);
    EXPECT_EQ(other_rules.error().code, base::ErrorCode::kUnavailable);
    EXPECT_THAT(other_rules.error().message, HasSubstr("another keep list"));

    const std::string old = world.offer({"thumbnails"})->id;
    world_.time.jump_wall(25h);
    const auto stale = world.act(old);
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code, base::ErrorCode::kUnavailable);
    EXPECT_TRUE(fs::exists(thumbnail_));
    EXPECT_THAT(trashed(), IsEmpty());
  });
}

TEST_F(CleanServiceTest, RefusesAPlanOfAnotherUserAndOneThatLies) {
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    const base::WallTime now = world_.time.wall_now();
    clean::CleanJournal& journal = **world.journal->cleans();
    auto stored = journal.find_plan(offered->id, now);
    ASSERT_TRUE(stored);
    stored->owner = ::geteuid() + 1;
    stored->id = "p-1111111111111111";
    ASSERT_TRUE(journal.save_plan(*stored, now));
    const auto foreign = world.act(stored->id);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, base::ErrorCode::kPermissionDenied);

    stored->owner = ::geteuid();  // what is in it still says the other id
    ASSERT_TRUE(journal.save_plan(*stored, now));
    const auto lies = world.act(stored->id);
    ASSERT_FALSE(lies);
    EXPECT_EQ(lies.error().code, base::ErrorCode::kMalformed);
    EXPECT_TRUE(fs::exists(thumbnail_));
  });
}

TEST_F(CleanServiceTest, LeavesWhatHasChangedSinceItWasShown) {
  run([&](World& world) {
    temp_.write("home/.cache/thumbnails/normal/sub/keeps-the-directory", "x");
    const auto offered = world.offer({"thumbnails"});
    ASSERT_TRUE(offered);
    std::ofstream(thumbnail_, std::ios::app) << "more";
    const auto report = world.act(offered->id);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_TRUE(fs::exists(thumbnail_));
    EXPECT_THAT(report->skipped, SizeIs(::testing::Ge(1u)));
    EXPECT_NE(report->outcome, "done");
  });
}

TEST_F(CleanServiceTest, MovesNothingWithoutAJournalOnDisk) {
  world_.run([&](scheduler::TaskGroup&) {
    scheduler::ComputePool compute(2);
    World world(*this, compute, JournalService::Access::kReadOnly);
    const auto offered = world.offer({"thumbnails"});
    ASSERT_FALSE(offered);
    EXPECT_EQ(offered.error().code, base::ErrorCode::kUnavailable);
    const auto undone = world.take_back();
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code, base::ErrorCode::kUnavailable);
  });
  EXPECT_TRUE(fs::exists(thumbnail_));
}

TEST_F(CleanServiceTest, WaitsForNobodyWhileAnotherProcessCleans) {
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    const int other =
        ::open((journal_path() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(other, 0);
    ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
    const auto busy = world.act(offered->id);
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, base::ErrorCode::kBusy);
    EXPECT_TRUE(fs::exists(thumbnail_));
    ::close(other);
    EXPECT_TRUE(world.act(offered->id));
    EXPECT_FALSE(fs::exists(thumbnail_));
  });
}

TEST_F(CleanServiceTest, RunsOfOneProcessGoOneAfterTheOther) {
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    scheduler::TaskGroup both(world_.engine);
    base::Result<model::CleanReport> cleaned = base::fail(base::ErrorCode::kInternal, "");
    base::Result<model::UndoReport> undone = base::fail(base::ErrorCode::kInternal, "");
    both.spawn("clean", [&](const auto&) { cleaned = world.act(offered->id); });
    both.spawn("undo", [&](const auto&) { undone = world.take_back(); });
    both.join();
    ASSERT_TRUE(cleaned) << cleaned.error().to_string();
    // It came after the clean, or there was nothing to undo yet: nothing in between.
    EXPECT_EQ(fs::exists(thumbnail_), undone.has_value());
  });
}

TEST_F(CleanServiceTest, TellsWhereThingsHaveMoved) {
  run([&](World& world) {
    std::vector<std::string> roots, restored;
    world.clean.on_moved([&](const auto& moved) { roots = moved; });
    world.undo.on_restored([&](const auto& back) { restored = back; });
    ASSERT_TRUE(world.act(world.offer({"thumbnails"})->id));
    EXPECT_FALSE(roots.empty());
    ASSERT_TRUE(world.take_back());
    EXPECT_FALSE(restored.empty());
  });
}

TEST_F(CleanServiceTest, PurgesWhatWasMovedLongAgo) {
  run([&](World& world) {
    ASSERT_TRUE(world.act(world.offer({"thumbnails"})->id));
    settings_.clean.purge_after = 24h * 7;
    EXPECT_EQ(world.run_purge().message, "nothing was due");
    EXPECT_THAT(trashed(), Contains("a.png"));
    world_.time.jump_wall(24h * 365);
    EXPECT_EQ(world.run_purge().message, "nothing was due") << "somebody set the clock";
    world_.time.suspend_for(24h * 7 + 1h);
    const auto purged = world.run_purge();
    EXPECT_EQ(purged.outcome, scheduler::Outcome::kDone) << purged.message;
    EXPECT_THAT(trashed(), IsEmpty());
    EXPECT_EQ(world.journal->last_run()->kind, "purge");
    EXPECT_FALSE(world.take_back());
  });
}

TEST_F(CleanServiceTest, FreesAtOnceWhenSomebodySaysSo) {
  run([&](World& world) {
    const auto report = world.act(world.offer({"thumbnails"})->id, true);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_GT(report->moved_bytes, 0u);
    EXPECT_EQ(report->pending_bytes, 0u);
    EXPECT_FALSE(report->purge_at);
    EXPECT_THAT(trashed(), IsEmpty());
    EXPECT_TRUE(fs::exists(thesis_));
    const auto runs = world.journal->history(2);
    ASSERT_THAT(*runs, SizeIs(2));
    EXPECT_EQ((*runs)[0].kind, "purge");
    EXPECT_EQ((*runs)[1].kind, "clean");
    EXPECT_FALSE((*runs)[1].undoable);
  });
}

// However far it came: what cannot be taken back is not begun after a Cancel.
TEST_F(CleanServiceTest, FreesNothingOnceItWasCancelled) {
  for (int i = 0; i < 1500; ++i)
    temp_.write("home/.cache/thumbnails/large/" + std::to_string(i) + ".png", "x");
  settings_.performance.max_parallel_deletes = 1;
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    base::CancelSource cancel;
    scheduler::TaskGroup both(world_.engine);
    std::optional<base::Result<model::CleanReport>> report;
    both.spawn("clean", [&](const auto&) {
      report = world.clean.clean(world.jobs, offered->id, true, cancel.token());
    });
    both.spawn("cancel", [&](const auto&) {
      while (!report && trashed().empty()) world_.engine.yield();
      cancel.cancel(base::CancelReason::kUser);
    });
    both.join();
    ASSERT_TRUE(report && *report);
    const model::CleanReport& cleaned = **report;
    ASSERT_TRUE(cleaned.cancelled);
    EXPECT_GT(cleaned.moved_items, 0u);
    const auto items = (*world.journal->cleans())->items_of(cleaned.run);
    ASSERT_TRUE(items);
    std::uint64_t pending = 0, moved = 0;
    for (const clean::CleanItem& item : *items) {
      if (item.state == clean::ItemState::kMoved) pending += item.bytes;
      moved += item.state == clean::ItemState::kMoved || item.state == clean::ItemState::kPurged;
      EXPECT_NE(item.state, clean::ItemState::kPurging) << item.path;
    }
    EXPECT_EQ(cleaned.pending_bytes, pending);
    EXPECT_GT(pending, 0u) << "what was not removed can be given back";
    EXPECT_TRUE(world.take_back(cleaned.run));
  });
}

TEST_F(CleanServiceTest, APurgeThatIsTakenBackLeavesTheRestToUndo) {
  run([&](World& world) {
    const auto cleaned = world.act(world.offer({"thumbnails"})->id);
    ASSERT_TRUE(cleaned);
    base::CancelSource cancel;
    cancel.cancel(base::CancelReason::kUser);
    base::Progress progress;
    {
      const auto turn = world.house.enter({});
      ASSERT_TRUE(turn);
      const auto purged = world.purge.purge_run(*turn, cleaned->run, cancel.token(), progress);
      ASSERT_TRUE(purged) << purged.error().to_string();
      EXPECT_TRUE(purged->cancelled);
      EXPECT_EQ(purged->left_bytes, cleaned->moved_bytes);
    }
    ASSERT_TRUE(world.take_back(cleaned->run));
    EXPECT_TRUE(fs::exists(thumbnail_));
  });
}

// The journal had refused to hear what became of a run of this very process.
TEST_F(CleanServiceTest, SettlesWhatARunOfItsOwnHasLeftOpen) {
  run([&](World& world) {
    const auto cleaned = world.act(world.offer({"thumbnails"})->id);
    ASSERT_TRUE(cleaned);
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(journal_path().c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db,
                           "UPDATE clean_item SET state = 0;"
                           "UPDATE run SET undoable = 0 WHERE kind = 'clean'",
                           nullptr, nullptr, nullptr),
              SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
    const auto undone = world.take_back(cleaned->run);
    ASSERT_TRUE(undone) << undone.error().to_string();
    EXPECT_TRUE(fs::exists(thumbnail_));
  });
}

TEST_F(CleanServiceTest, FreesWhatItCanAndSaysWhatStays) {
  run([&](World& world) {
    const auto offered = world.offer({"thumbnails"});
    const auto cleaned = world.act(offered->id);
    ASSERT_TRUE(cleaned);
    fs::resize_file(temp_ / "home/.local/share/Trash/info/a.png.trashinfo", 0);
    base::Progress progress;
    const auto turn = world.house.enter({});
    ASSERT_TRUE(turn);
    const auto purged = world.purge.purge_run(*turn, cleaned->run, {}, progress);
    ASSERT_TRUE(purged) << purged.error().to_string();
    ASSERT_THAT(purged->failed, SizeIs(1));
    EXPECT_GT(purged->left_bytes, 0u);
    EXPECT_LT(purged->left_bytes, cleaned->moved_bytes);
    EXPECT_THAT(trashed(), ElementsAre("a.png"));
  });
}

TEST_F(CleanServiceTest, TheJobsDoNothingWithoutSayingWhat) {
  run([&](World& world) {
    for (const char* job : {"clean", "undo"}) {
      const auto ticket = world.jobs.request(job);
      ASSERT_FALSE(ticket);
      EXPECT_EQ(ticket.error().code, base::ErrorCode::kInvalidArgument);
      EXPECT_THAT(ticket.error().message, HasSubstr(std::string("lull ") + job));
    }
    EXPECT_TRUE(fs::exists(thumbnail_));
  });
}

}  // namespace
}  // namespace lull::agent
