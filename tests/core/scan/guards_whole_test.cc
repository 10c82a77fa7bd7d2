// SPDX-License-Identifier: MIT
// Things that are made of several files and only mean something as a whole.
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::ElementsAre;
using testing::goes;
using testing::Incident;
using ::testing::IsEmpty;
using testing::rule_of;
using testing::stays;
using ::testing::UnorderedElementsAre;

class Whole : public Incident {
 protected:
  std::set<std::string> old_of(const std::string& root) {
    return goes(home_, scan(rule_of("\"" + root + "\"", "older_than = \"3 d\"")));
  }
};

TEST_F(Whole, ALevelDbOfWhichAFileIsRecentStays) {
  for (const char* name : {"CURRENT", "MANIFEST-000001", "000003.log", "000005.ldb", "LOCK"})
    home_.tree.file("home/.cache/ldb/" + std::string(name));
  home_.tree.file("home/.cache/ldb/sub/x");
  EXPECT_EQ(old_of("$CACHE/ldb").size(), 7u);
  home_.make_recent("home/.cache/ldb/000003.log");
  EXPECT_THAT(old_of("$CACHE/ldb"),
              UnorderedElementsAre("home/.cache/ldb/sub", "home/.cache/ldb/sub/x"));
  EXPECT_EQ(stays(home_, category_of(report_, "r")).at("home/.cache/ldb/000005.ldb"),
            "part of a database that stays");
}

TEST_F(Whole, ALevelDbStaysWhenTheRuleMeansOnlyItsLogs) {
  for (const char* name : {"CURRENT", "MANIFEST-000001", "000003.log"})
    home_.tree.file("home/.cache/ldb/" + std::string(name));
  home_.tree.file("home/.cache/app/old.log");
  const auto& category = scan(rule_of("\"$CACHE/ldb\", \"$CACHE/app\"", "match = [\"*.log\"]"));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.cache/app/old.log"));
}

TEST_F(Whole, AnLmdbOfWhichAFileIsRecentStays) {
  home_.tree.file("home/.cache/app/data.mdb");
  home_.tree.file("home/.cache/app/lock.mdb");
  EXPECT_EQ(old_of("$CACHE/app").size(), 2u);
  home_.make_recent("home/.cache/app/lock.mdb");
  EXPECT_THAT(old_of("$CACHE/app"), IsEmpty());
}

TEST_F(Whole, TheSecondLogOfADatabaseBelongsToIt) {
  home_.tree.file("home/.cache/app/store.db3");
  home_.tree.file("home/.cache/app/store.db3-wal2");
  home_.tree.file("home/.cache/app/x");
  home_.make_recent("home/.cache/app/store.db3-wal2");
  EXPECT_THAT(old_of("$CACHE/app"), ElementsAre("home/.cache/app/x"));
}

class Repository : public Incident {
 protected:
  // What goes of a project's build results with `file` somewhere in them.
  std::set<std::string> goes_with(const std::vector<std::string>& files) {
    home_.tree.file("home/src/app/Cargo.toml");
    home_.tree.file("home/src/app/target/x");
    for (const std::string& file : files) home_.tree.file("home/src/app/target/" + file);
    return goes(home_, scan(rule_of("\"$HOME/src/*/target\"",
                                    "beside = [\"Cargo.toml\"]\nnot_in_git_index = true")));
  }
};

class RepositoryKind : public Repository, public ::testing::WithParamInterface<const char*> {};

TEST_P(RepositoryKind, InsideKeepsTheWholeRoot) {
  EXPECT_THAT(goes_with({"deep/down/" + std::string(GetParam()) + "/file"}), IsEmpty());
  for (const auto& [path, reason] : stays(home_, category_of(report_, "r")))
    EXPECT_THAT(reason, ::testing::AnyOf("a repository is in it", "never touched")) << path;
}

INSTANTIATE_TEST_SUITE_P(Kinds, RepositoryKind,
                         ::testing::Values(".git", ".hg", ".svn", ".jj", ".bzr", ".pijul",
                                           "_darcs"));

TEST_F(Repository, WithoutAWorkTreeKeepsTheWholeRoot) {
  EXPECT_THAT(goes_with({"bare.git/HEAD", "bare.git/objects/ab", "bare.git/refs/heads/main"}),
              IsEmpty());
}

TEST_F(Repository, IsNoneWithOnlySomeOfItsParts) {
  EXPECT_THAT(goes_with({"a/HEAD", "b/objects/o", "c/refs/r", "d/HEAD", "d/objects/o"}),
              ::testing::Contains("home/src/app/target/d/HEAD"));
}

class Precious : public Incident {};

TEST_F(Precious, WhatAProfileHoldsStaysEvenInARootThatHoldsIt) {
  for (const char* name :
       {"prefs.js", "bookmarkbackups/b.jsonlz4", "sessionstore.jsonlz4",
        "sessionstore-backups/recovery.jsonlz4", "extensions/a.xpi", "cert9.db", "logins.json",
        "logins-backup.json", "formhistory.sqlite", "places.sqlite"})
    home_.tree.file("home/backup/firefox/a.default/" + std::string(name));
  for (const char* name : {"Mail/Local Folders/Inbox", "ImapMail/x/INBOX"})
    home_.tree.file("home/backup/.thunderbird/a.default/" + std::string(name));
  home_.tree.file("home/backup/firefox/a.default/cache2/x");
  EXPECT_THAT(goes(home_, scan(rule_of("\"$HOME/backup\""))),
              ElementsAre("home/backup/firefox/a.default/cache2",
                          "home/backup/firefox/a.default/cache2/x"));
}

TEST_F(Precious, FilesThatAShellReadsAndWritesStayWhereAHomeIsSearchedForFiles) {
  for (const char* name : {".bashrc", ".zsh_history", ".python_history", ".profile"})
    home_.tree.file("home/" + std::string(name));
  home_.tree.file("home/old.rc");
  const auto& category =
      scan(rule_of("\"$HOME\"", "match = [\"*bashrc\", \"*_history\", \"*profile\", \"old.rc\"]"));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/old.rc"));
  EXPECT_EQ(stays(home_, category).size(), 4u);
}

}  // namespace
}  // namespace lull::scan
