// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "core/clean/cleaner.h"
#include "core/clean/journal/journal.h"
#include "core/clean/recovery.h"
#include "core/clean/undo.h"
#include "tests/core/clean/clean_world.h"
#include "tests/support/manual_clock.h"

namespace lull::clean {

// Whole runs in that home, with a journal of their own.
class CleanRunWorld : public CleanWorld {
 protected:
  CleanRunWorld() { std::filesystem::create_directories(home_ + "/.local/state"); }

  std::string journal_path() const { return home_ + "/.local/state/lull/journal.db"; }
  Journal& journal() {
    if (!journal_) {
      auto opened = Journal::open(journal_path(), nullptr);
      EXPECT_TRUE(opened.has_value());
      journal_ = *std::move(opened);
    }
    return *journal_;
  }

  TrashPort trash_port() const {
    return {
        [this](dev_t, const std::string&) { return open_trash(); },
        [this](const std::string& path) { return open_home_trash(which_, path, refuse_, false); }};
  }
  CleanOptions clean_options() const {
    CleanOptions options;
    options.guards = guards_;
    options.trash = trash_port();
    options.width = 2;
    options.batch = batch_;
    return options;
  }
  UndoOptions undo_options() const {
    UndoOptions options;
    options.trash = trash_port();
    options.fault = guards_.fault;
    return options;
  }

  // Of what was at `path`, its own path now; empty: not there.
  std::string file_in_trash(const std::string& path) const {
    std::string found;
    for (const std::string& name : trashed())
      if (original_of(name) == path) {
        EXPECT_EQ(found, "") << path << " is in the trash twice";
        found = trash_path_ + "/files/" + name;
      }
    return found;
  }
  CleanResult run(const Plan& plan) { return run(plan, clean_options()); }
  CleanResult run(const Plan& plan, const CleanOptions& options) {
    auto result = clean(plan, journal(), clock_, options);
    EXPECT_TRUE(result.has_value()) << result.error().to_string();
    return result ? *std::move(result) : CleanResult{};
  }
  UndoResult take_back(std::int64_t run) { return take_back(run, undo_options()); }
  UndoResult take_back(std::int64_t run, const UndoOptions& options) {
    auto result = undo(run, journal(), clock_, options);
    EXPECT_TRUE(result.has_value()) << result.error().to_string();
    return result ? *std::move(result) : UndoResult{};
  }
  SettleResult settle() {
    auto result =
        settle_open_moves(journal(), {trash_port(), Descent::kOneCall, {}, base::WallTime::max()});
    EXPECT_TRUE(result.has_value()) << result.error().to_string();
    return result ? *std::move(result) : SettleResult{};
  }

  // The files of a small cache: d0/f0 … and a directory that goes as one.
  std::vector<std::string> write_cache(int directories, int files) const {
    std::vector<std::string> paths;
    for (int d = 0; d < directories; ++d)
      for (int f = 0; f < files; ++f)
        paths.push_back(write("d" + std::to_string(d) + "/f" + std::to_string(f),
                              std::to_string(d * 1000 + f)));
    write("whole/a");
    write("whole/sub/b");
    paths.push_back(root_ + "/whole");
    return paths;
  }

  // Empty, and the test has failed, where there is none.
  template <class Value>
  static Value value_of(base::Result<Value> result) {
    EXPECT_TRUE(result.has_value()) << result.error().to_string();
    return result ? *std::move(result) : Value{};
  }

  template <class Items>
  static std::vector<std::string> paths_of(const Items& items) {
    std::vector<std::string> paths;
    for (const auto& item : items) paths.push_back(item.path);
    return paths;
  }
  std::map<ItemState, int> states(std::int64_t run) {
    std::map<ItemState, int> counts;
    const auto items = journal().items_of(run);
    EXPECT_TRUE(items.has_value());
    if (items)
      for (const CleanItem& item : *items) ++counts[item.state];
    return counts;
  }

  // As if every volume had got another number since: a reboot with btrfs, a stick at another port.
  void renumber_devices() {
    journal_.reset();
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(journal_path().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(
        sqlite3_exec(db, "UPDATE clean_item SET device = device + 4096", nullptr, nullptr, nullptr),
        SQLITE_OK);
    sqlite3_close(db);
  }

  std::size_t batch_ = 256;
  support::ManualClock clock_;
  std::unique_ptr<Journal> journal_;
};

}  // namespace lull::clean
