// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clean/journal/journal.h"

namespace lull::clean {

// A journal at a path of its own in a temporary directory.
class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "lull-journal-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    path_ = name + "/state/lull/journal.db";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(path_, &notice_);
    EXPECT_TRUE(journal.has_value()) << journal.error().to_string();
    return journal ? *std::move(journal) : nullptr;
  }

  static model::HistoryEntry run_named(std::string summary, bool undoable = false) {
    model::HistoryEntry entry;
    entry.kind = "scan";
    entry.origin = "automatic";
    entry.started_at = base::WallTime(std::chrono::milliseconds(1'700'000'000'123));
    entry.elapsed = std::chrono::milliseconds(1500);
    entry.items = 7;
    entry.bytes = 4096;
    entry.undoable = undoable;
    entry.outcome = "done";
    entry.summary = std::move(summary);
    return entry;
  }

  // Newest first.
  static std::vector<std::string> summaries(Journal& journal, std::size_t limit = 0) {
    std::vector<std::string> texts;
    const auto entries = journal.history(limit);
    EXPECT_TRUE(entries.has_value()) << entries.error().to_string();
    if (entries)
      for (const auto& entry : *entries) texts.push_back(entry.summary);
    return texts;
  }

  static std::string read(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return std::move(text).str();
  }
  static void write(const std::filesystem::path& file, std::string_view bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }

  // At the journal's file, past the journal.
  void sql(const char* statements) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, statements, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  // Runs in a child process; its answer is the exit status, 100 if it died of a signal.
  static int in_child(const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  }

  std::filesystem::path root_;
  std::string path_;
  std::string notice_;
};

}  // namespace lull::clean
