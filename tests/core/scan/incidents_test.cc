// SPDX-License-Identifier: MIT
// Accidents that other cleaners had, one test each: what destroyed something there stays here, also
// when somebody writes a rule that asks for it. The threads:
//
//   accident                                 test
//   live database deleted (Mole #1390)       ADatabaseAndItsJournalAreOneThing
//                                            AFileSomebodyHasOpenStaysWithItsDatabase
//   live "orphans" (Mole #1590 #1475)        NoRuleSweepsOverEverybodysData
//   (Pearcleaner #34 #144 #386 #477 #549)    DataOfProgramsThatSeemToBeGoneStays
//   ScriptCache (Mole #724 #785 #968)        ServiceWorkerScriptsStayInsideABrowserCache
//   (MangoDisk #44, AdGuard #309)            ARootInsideAScriptCacheIsRefused
//   KeePassXC's state (BleachBit #1678)      KeePassXcStateInTheCacheDirectoryStays
//   downloaded songs (BleachBit #2266)       DownloadedSongsStayAndTheRestOfSpotifysCacheGoes
//   desktops' state (BleachBit #249 #1853)   StateInTheCacheDirectoryStays
//   LibreOffice (BleachBit #913)             NeverRows (never_rows_test.cc)
//   a directory of logs (Mole #949)          TheDirectoryThatARuleNamesStays…
//   ~/Library/Caches swept (PureMac #142)    StateOfMacosStaysEvenWhereItCallsItselfACache
//   a cloud's copy lost (onedrive #2755)     FoldersThatACloudMirrorsAreNeverARoot
//   desktop lost (Mole #1300 #995 #993)      WhatADesktopLooksLikeStays
//   "//" in a path (Mole #724, PR #725)      ADoubledSlashDoesNotGetPastTheKeepList (1)
//   own settings removed (Mole #1346)        OurOwnDataIsNeverJunk
//   junction followed (BleachBit #1889)      ARootThatIsALinkIsRefused
//   link in a temp dir (CUPS #1448)          LinksInATemporaryDirectoryAreNotFollowed
//                                            AWinePrefixDoesNotLeadOut
//   sshfs mount cleaned (systemd #12692)     AMountInATemporaryDirectoryIsNotEntered (1)
//   dry run not dry (systemd #33349)         AScanChangesNothing
//   rm -rf "$STEAMROOT/"* (steam #3671)      EmptyAndRootVariablesAreRefused (1)
//   documents (BleachBit #1702 #1789)        DocumentsStayUnderEveryName…
//                                            CredentialsAndDocumentsAreNeverARoot
//
// (1) is in incidents_outside_test.cc. What happens between a scan and a move has its own table in
// tests/core/clean/accidents_linux_test.cc. A watcher that heard itself (Lemon #145): sizes are
// watched, tests/agent/services/size_watch_linux_test.cc. Not built here, so without a test:
// filling the disk, thinning of binaries, helpers with root's rights.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/rules.h"
#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::goes;
using testing::Incident;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::rule_of;
using testing::stays;
using ::testing::UnorderedElementsAre;

TEST_F(Incident, ServiceWorkerScriptsStayInsideABrowserCache) {
  const std::string profile = "home/.config/google-chrome/Default/";
  home_.tree.file(profile + "Service Worker/ScriptCache/index");
  home_.tree.file(profile + "Service Worker/CacheStorage/index");
  const auto& category = scan(rule_of("\"$CONFIG/google-chrome/Default/Service Worker\""));
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre(profile + "Service Worker/CacheStorage",
                                   profile + "Service Worker/CacheStorage/index"));
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair(profile + "Service Worker/ScriptCache", "never touched")));
}

TEST_F(Incident, ARootInsideAScriptCacheIsRefused) {
  home_.tree.file("home/.config/chromium/Default/Service Worker/ScriptCache/sub/index");
  expect_unreadable(rule_of("\"$CONFIG/chromium/Default/Service Worker/ScriptCache/sub\""),
                    "is never touched: state of a browser, not a cache");
  expect_refused(scan(rule_of("\"$CONFIG/chromium/Default/Service Worker/Script*/sub\"")),
                 "never touched: state of a browser, not a cache");
}

TEST_F(Incident, KeePassXcStateInTheCacheDirectoryStays) {
  home_.tree.file("home/.cache/keepassxc/keepassxc.ini");
  expect_unreadable(rule_of("\"$CACHE/keepassxc\""), "is never touched: credentials");
  expect_unreadable(rule_of("\"$HOME/.cache/keepassxc\""), "is never touched: credentials");
  expect_refused(scan(rule_of("\"$CACHE/keepass*\"")), "never touched: credentials");
}

TEST_F(Incident, DownloadedSongsStayAndTheRestOfSpotifysCacheGoes) {
  home_.tree.file("home/.cache/spotify/Storage/aa/song.file", 9000);
  home_.tree.file("home/.cache/spotify/Data/aa/piece");
  const auto& category = scan(rule_of("\"$CACHE/spotify\""));
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/spotify/Data", "home/.cache/spotify/Data/aa",
                                   "home/.cache/spotify/Data/aa/piece"));
}

TEST_F(Incident, CredentialsAndDocumentsAreNeverARoot) {
  for (const std::string path : {".ssh", ".gnupg", ".aws", ".kube/cache", ".docker", "Documents",
                                 "Desktop/old", "Downloads/old", "Pictures"}) {
    home_.tree.file("home/" + path + "/file");
    expect_unreadable(rule_of("\"$HOME/" + path + "\""), "is never touched");
    // Nor is one that does not say it in so many words.
    std::string vague = path;
    vague.replace(std::min(path.find('/'), path.size()) - 1, 1, "*");
    expect_unreadable(rule_of("\"$HOME/" + vague + "\""), "is too wide");
  }
}

TEST_F(Incident, CredentialsInsideARootStayWhereverTheyLie) {
  home_.tree.file("home/.cache/some-tool/id_rsa");
  home_.tree.file("home/.cache/some-tool/deep/passwords.kdbx");
  home_.tree.file("home/.cache/some-tool/deep/.git/config");
  home_.tree.file("home/.cache/some-tool/deep/junk");
  const auto& category = scan(rule_of("\"$CACHE/some-tool\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.cache/some-tool/deep/junk"));
}

TEST_F(Incident, OurOwnDataIsNeverJunk) {
  for (const char* path : {".config/lull", ".cache/lull", ".local/share/lull", ".local/state/lull"})
    home_.tree.file("home/" + std::string(path) + "/file");
  home_.tree.file("tmp/lull-1000/lull/control.lock");
  for (const char* root : {"$CONFIG/lull", "$CACHE/lull", "$DATA/lull", "$STATE/lull/x"})
    expect_unreadable(rule_of("\"" + std::string(root) + "\""), "Lull's own data");
  const auto& category =
      scan(rule_of("\"$CONFIG/lul*\", \"$CACHE/lul*\", \"$DATA/lul*\", \"$STATE/lul*\", \"$TEMP\"",
                   "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_EQ(category.skipped.size(), 2u);  // four refused roots and the directory in $TEMP
}

TEST_F(Incident, ARootThatIsALinkIsRefused) {
  home_.tree.file("precious/file");
  home_.tree.symlink("home/.cache/pip", home_.tree.path("precious"));
  expect_refused(scan(rule_of("\"$CACHE/pip\"")), "is a symbolic link");
}

TEST_F(Incident, ALinkOnTheWayToARootIsRefused) {
  home_.tree.file("precious/firefox/a/cache2/file");
  home_.tree.symlink("home/.cache/mozilla", home_.tree.path("precious"));
  expect_refused(scan(rule_of("\"$CACHE/mozilla/firefox/*/cache2\"")), "is a symbolic link");
}

TEST_F(Incident, LinksInATemporaryDirectoryAreNotFollowed) {
  home_.tree.file("precious/file", 9000);
  home_.tree.symlink("tmp/link", home_.tree.path("precious"));
  home_.tree.symlink("tmp/dangling", "/does/not/exist");
  const auto& category = scan(rule_of("\"$TEMP\"", "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_THAT(stays(home_, category), UnorderedElementsAre(Pair("tmp/link", "symbolic link"),
                                                           Pair("tmp/dangling", "symbolic link")));
}

TEST_F(Incident, AHomeDirectoryReachedThroughALinkIsFine) {
  home_.tree.file("home/.cache/pip/http/a");
  home_.tree.symlink("link-to-home", "home");
  home_.request.directories.cache_home = home_.tree.path("link-to-home") + "/.cache";
  const auto& category = scan(rule_of("\"$CACHE/pip\""));
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/pip/http", "home/.cache/pip/http/a"));
}

TEST_F(Incident, SocketsStayAndHoldTheirDirectory) {
  home_.tree.socket("tmp/app/socket");
  home_.tree.file("tmp/app/old");
  const auto& category = scan(rule_of("\"$TEMP\"", "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("tmp/app/old"));
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair("tmp/app/socket", "socket, pipe or device")));
}

TEST_F(Incident, ADatabaseAndItsJournalAreOneThing) {
  home_.tree.file("home/.cache/app/live.db");
  home_.tree.file("home/.cache/app/live.db-wal");
  home_.tree.file("home/.cache/app/live.db-shm");
  home_.tree.file("home/.cache/app/dead.db");
  home_.tree.file("home/.cache/app/dead.db-journal");
  home_.make_recent("home/.cache/app/live.db-wal");
  const auto& category = scan(rule_of("\"$CACHE/app\"", "older_than = \"30 d\""));
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/app/dead.db", "home/.cache/app/dead.db-journal"));
  EXPECT_THAT(
      stays(home_, category),
      UnorderedElementsAre(Pair("home/.cache/app/live.db", "part of a database that stays"),
                           Pair("home/.cache/app/live.db-shm", "part of a database that stays"),
                           Pair("home/.cache/app/live.db-wal", "younger than 30 d")));
}

TEST_F(Incident, ADatabaseStaysWhenTheRuleMeansOnlyAPartOfIt) {
  home_.tree.file("home/.cache/app/x.db");
  home_.tree.file("home/.cache/app/x.db-wal");
  const auto& category = scan(rule_of("\"$CACHE/app\"", "match = [\"*.db\"]"));
  EXPECT_THAT(goes(home_, category), IsEmpty());
}

TEST_F(Incident, AFileSomebodyHasOpenStaysWithItsDatabase) {
  const std::string open = home_.tree.file("home/.cache/app/x.db");
  home_.tree.file("home/.cache/app/x.db-wal");
  home_.tree.file("home/.cache/app/other");
  const base::UniqueFd fd(::open(open.c_str(), O_RDONLY | O_CLOEXEC));
  const auto& category = scan(rule_of("\"$CACHE/app\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.cache/app/other"));
  EXPECT_EQ(stays(home_, category).at("home/.cache/app/x.db"), "open in a program");
}

TEST_F(Incident, ADirectorySomebodyWorksInStaysWithEverythingInIt) {
  const std::string inside = home_.tree.directory("tmp/build/sub");
  home_.tree.file("tmp/build/sub/file");
  home_.tree.file("tmp/build/other");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(inside.c_str()) != 0) ::_exit(1);
    ::close(ready[0]);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  const auto& category = scan(rule_of("\"$TEMP\"", "older_than = \"1 d\""));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  EXPECT_THAT(goes(home_, category), ElementsAre("tmp/build/other"));
  EXPECT_EQ(stays(home_, category).at("tmp/build/sub/file"), "open in a program");
}

// BleachBit #913, #249, #1853 and what else keeps state where caches belong.
TEST_F(Incident, StateInTheCacheDirectoryStays) {
  for (const std::string name :
       {"evolution", "ibus", "obexd", "kwin", "plasmashell-5", "icons.kcache", "wallpaper", "dconf",
        "gnome-control-center", "doc"}) {
    home_.tree.file("home/.cache/" + name + "/file");
    expect_unreadable(rule_of("\"$CACHE/" + name + "\""), "is never touched");
  }
  const auto& category = scan(
      "[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"review\"\ncost = \"c\"\n"
      "source = \"s\"\nroots = [\"$CACHE/*\"]\ncachedir_tag = true\n");
  EXPECT_EQ(report_.files_seen, 0u);
  EXPECT_EQ(category.items, 0u);
}

// Pearcleaner #549, #144, #386: what belongs to no program that was found is somebody's all the
// same.
TEST_F(Incident, DataOfProgramsThatSeemToBeGoneStays) {
  home_.tree.file("home/.local/share/quicken/2026.qdf", 90'000);
  home_.tree.file("home/.config/gone-program/settings.ini");
  home_.tree.file("home/.var/app/org.gone.App/data/letter.pages");
  home_.tree.file("home/snap/gone/common/letter.pages");
  home_.tree.file("home/letters/letter.pages");
  report_ = home_.scan({});
  EXPECT_EQ(report_.total_reclaimable_bytes, 0u);
}

// abraunegg/onedrive #2755: what was gone here was then deleted there.
TEST_F(Incident, FoldersThatACloudMirrorsAreNeverARoot) {
  for (const std::string path :
       {"OneDrive", "OneDrive - Work/old", "Dropbox/cache", "Nextcloud", "Google Drive", "Sync"}) {
    home_.tree.file("home/" + path + "/file");
    expect_unreadable(rule_of("\"$HOME/" + path + "\""), "is never touched: files in a cloud");
  }
}

// Mole #1300, #995, #993.
TEST_F(Incident, WhatADesktopLooksLikeStays) {
  for (const char* root : {"$CACHE/wallpaper", "$DATA/backgrounds", "$DATA/wallpapers",
                           "$CONFIG/dconf", "$HOME/Desktop", "$CONFIG/dconf/user"})
    expect_unreadable(rule_of("\"" + std::string(root) + "\""), "is never touched");
}

// Mole #1590, #1475, Pearcleaner #34, #477: "orphans" that were alive. Mole #1300, #995: shared
// directories taken for one program's. PureMac #142: a sweep one level deep.
TEST_F(Incident, NoRuleSweepsOverEverybodysData) {
  for (const char* root : {"$DATA/*", "$CONFIG/*", "$HOME/.local/share/*", "$HOME/.config/*/x",
                           "$HOME/.var/app/*/data", "$LIBRARY/Application Support/*",
                           "$LIBRARY/Caches/*", "$HOME/Library/Caches", "$STATE"})
    expect_unreadable(rule_of("\"" + std::string(root) + "\""), "too wide");
}

// PureMac #142: iCloud's File Provider lost its state.
TEST_F(Incident, StateOfMacosStaysEvenWhereItCallsItselfACache) {
  const std::string tag = "Signature: 8a477f597d28d172789f06886806bc55";
  for (const char* name : {"com.apple.bird", "com.apple.Safari", "CloudKit", "FileProvider"}) {
    home_.tree.text("home/Library/Caches/" + std::string(name) + "/CACHEDIR.TAG", tag);
    home_.tree.file("home/Library/Caches/" + std::string(name) + "/x");
  }
  const auto& category = scan(
      "[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"review\"\ncost = \"c\"\nsource = \"s\"\n"
      "roots = [\"$LIBRARY/Caches/*\"]\ncachedir_tag = true\n");
  EXPECT_EQ(category.items, 0u);
  EXPECT_EQ(category.skipped.size(), 1u);
  EXPECT_EQ(category.skipped.front().items, 4u);
}

// Mole #949: a program could not start without its directory for logs.
TEST_F(Incident, TheDirectoryThatARuleNamesStaysWhenEverythingInItGoes) {
  home_.tree.file("home/.config/proxy/logs/old.log");
  const auto& category = scan(rule_of("\"$CONFIG/proxy/logs\""));
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.config/proxy/logs/old.log"));
}

// BleachBit #1702, #1789, and the names that a German or Czech home has.
TEST_F(Incident, DocumentsStayUnderEveryNameTheirLanguageGivesThem) {
  home_.tree.text("home/.config/user-dirs.dirs",
                  "# made by xdg-user-dirs\nXDG_DOCUMENTS_DIR=\"$HOME/Dokumente\"\n"
                  "XDG_DOWNLOAD_DIR=\"$HOME/Stazene\"\nXDG_DESKTOP_DIR=\"$HOME/\"\nrubbish\n");
  home_.tree.file("home/Dokumente/a");
  home_.tree.file("home/Stazene/movie.iso");
  home_.tree.file("home/Stazene/movie.part");
  const auto& documents = scan(rule_of("\"$HOME/Dokumente\""));
  EXPECT_EQ(documents.items, 0u);
  EXPECT_THAT(goes(home_, scan(rule_of("\"$HOME/Stazene\""))),
              ElementsAre("home/Stazene/movie.part"));
}

// CUPS #1448: a Wine prefix led out of a temporary directory, to the whole system.
TEST_F(Incident, AWinePrefixDoesNotLeadOut) {
  home_.tree.file("precious/file");
  home_.tree.symlink("tmp/prefix/dosdevices/z:", home_.tree.path("precious"));
  home_.tree.file("tmp/prefix/drive_c/windows/temp/x");
  const auto& category = scan(rule_of("\"$TEMP\"", "older_than = \"1 d\""));
  EXPECT_THAT(goes(home_, category), Contains("tmp/prefix/drive_c/windows/temp/x"));
  EXPECT_EQ(stays(home_, category).at("tmp/prefix/dosdevices"), "never touched");
}

// systemd #33349: the dry run was not dry.
TEST_F(Incident, AScanChangesNothing) {
  home_.tree.file("home/.cache/app/sub/file", 5000);
  home_.tree.symlink("home/.cache/app/link", "sub/file");
  home_.tree.text("home/.cache/app/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
  const std::vector<std::string> paths{"home/.cache/app", "home/.cache/app/sub",
                                       "home/.cache/app/sub/file", "home/.cache/app/link",
                                       "home/.cache/app/CACHEDIR.TAG"};
  const auto picture = [&] {
    std::vector<std::int64_t> times;
    for (const std::string& path : paths) {
      const struct stat status = home_.tree.status(path);
      times.insert(times.end(), {status.st_atim.tv_nsec, status.st_atim.tv_sec,
                                 status.st_mtim.tv_nsec, status.st_ctim.tv_nsec});
    }
    return times;
  };
  const auto before = picture();
  scan(rule_of("\"$CACHE/app\"", "cachedir_tag = true\nfile_format = \"gzip\""));
  EXPECT_EQ(picture(), before);
}

}  // namespace
}  // namespace lull::scan
