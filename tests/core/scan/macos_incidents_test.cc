// SPDX-License-Identifier: MIT
// Accidents that other cleaners had on macOS, and what is special about its file systems as far as
// another system can show it. core/scan/rules/macos/README.md has the rest.
#include <array>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/rule_file.h"
#include "tests/core/scan/macos_rules.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::ElementsAre;
using testing::goes;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MacosHome : public ::testing::Test {
 protected:
  std::set<std::string> all_that_goes() { return home_.all_that_goes(); }
  // What a rule takes that somebody wrote in good faith; it may as well be refused.
  std::set<std::string> taken_by_a_rule(const std::string& root) {
    const ParsedRuleFile file = parse_rule_file(
        "[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"c\"\nsource = \"s\"\n"
        "roots = [\"" +
            root + "\"]\n",
        "mine.toml");
    if (!file.problems.empty()) {
      EXPECT_THAT(file.problems.front().message,
                  ::testing::AnyOf(HasSubstr("is never touched"), HasSubstr("is too wide")));
      return {};
    }
    return goes(home_, category_of(home_.scan_set(RuleSet(file.rules)), "r"));
  }

  testing::MacosInstallation home_;
};

struct Accident {
  const char* name;     // cleaner and number of the thread
  const char* file;     // what was destroyed
  const char* request;  // a rule that asks for it, or null: another rule may not know better
};

class MacosIncident : public MacosHome, public ::testing::WithParamInterface<Accident> {};

TEST_P(MacosIncident, DoesNotHappenHere) {
  home_.tree.file(std::string("home/") + GetParam().file, 5000);
  EXPECT_THAT(all_that_goes(), IsEmpty());
  if (GetParam().request == nullptr) return;
  EXPECT_THAT(taken_by_a_rule(GetParam().request), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Of, MacosIncident,
    ::testing::Values(
        // A sweep of the cache directory broke iCloud Drive.
        Accident{"PureMac142", "Library/Caches/com.apple.bird/session/db",
                 "$LIBRARY/Caches/com.apple.bird"},
        Accident{"PureMac142CloudKit", "Library/Caches/CloudKit/com.apple.bird/x",
                 "$LIBRARY/Caches/CloudKit"},
        Accident{"MacCleanupSh118", "Library/Application Support/CloudDocs/session/db/server.db",
                 "$LIBRARY/Application Support/CloudDocs"},
        // "Optimising" the Dock lost the wallpaper, its previews and the desktop.
        Accident{"Mole995", "Library/Application Support/Dock/desktoppicture.db", nullptr},
        Accident{"Mole1118",
                 "Library/Application Support/com.apple.wallpaper/aerials/thumbnails/x.png",
                 nullptr},
        Accident{"Mole1300", "Library/Preferences/com.apple.dock.plist",
                 "$LIBRARY/Preferences/com.apple.dock.plist"},
        // Logs that were state.
        Accident{"Mole949", "Library/Application Support/proxy/logs/startup.log", nullptr},
        // Books that were no cache.
        Accident{"Mole126",
                 "Library/Containers/com.apple.BKAgentService/Data/Documents/iBooks/Books/a.epub",
                 "$LIBRARY/Containers/com.apple.BKAgentService"},
        Accident{"Mole880", "Library/Group Containers/group.com.example/Library/Caches/x",
                 "$LIBRARY/Group Containers/group.com.example/Library/Caches"},
        // "Orphans" that were alive.
        Accident{"Mole1475", "Library/Application Support/Quicken/Backups/a.quicken", nullptr},
        Accident{"Mole1590", "Library/Application Support/com.follow.clash/profiles/1.yaml",
                 nullptr},
        Accident{"Mole1346", ".config/lull/config.toml", "$CONFIG/lull"},
        Accident{"Mole724",
                 "Library/Application Support/Google/Chrome/Default/Service Worker/ScriptCache/x",
                 "$LIBRARY/Application Support/Google/Chrome/Default/Service Worker/ScriptCache"},
        // A cache database of a helper that runs under another name.
        Accident{"Mole1390", "Library/Caches/com.example.helper/live.sqlite", nullptr},
        Accident{"Mole1508", "Library/Calendars/Calendar Cache", "$LIBRARY/Calendars"},
        Accident{"Mole582", "Library/LaunchAgents/environment.plist", nullptr},
        Accident{"MangoDiskSpotify",
                 "Library/Application Support/Spotify/PersistentCache/Storage/00/song.file",
                 nullptr},
        Accident{"ICloudDrive", "Library/Mobile Documents/com~apple~CloudDocs/a.pages",
                 "$LIBRARY/Mobile Documents/com~apple~CloudDocs"},
        Accident{"CloudStorage", "Library/CloudStorage/Dropbox/a.xlsx",
                 "$LIBRARY/CloudStorage/Dropbox"},
        Accident{"PhoneBackups", "Library/Application Support/MobileSync/Backup/0000/Manifest.db",
                 "$LIBRARY/Application Support/MobileSync/Backup"},
        Accident{"XcodeArchives",
                 "Library/Developer/Xcode/Archives/2026-01-02/A.xcarchive/Info.plist",
                 "$LIBRARY/Developer/Xcode/Archives"}),
    [](const auto& test) { return std::string(test.param.name); });

// Mole #724: a doubled slash in a variable got past the list of what is kept.
TEST_F(MacosHome, ADoubledSlashInThePathOfTheHomeDirectoryChangesNothing) {
  home_.tree.file("home/Library/Caches/com.apple.bird/db");
  home_.tree.file("home/Library/Caches/Homebrew/downloads/a.tar.gz");
  home_.request.keep = {home_.directories.home + "/Library/Caches/Homebrew/downloads/a.tar.gz"};
  home_.request.directories.home = home_.tree.root() + "//home/";
  EXPECT_THAT(all_that_goes(), IsEmpty());
  EXPECT_THAT(taken_by_a_rule("$LIBRARY/Caches/com.apple.bird"), IsEmpty());
}

// A library moved to another volume: guards hold as spelled and where the link leads.
TEST_F(MacosHome, ALibraryBehindALinkIsCleanedAndGuardedAlike) {
  ASSERT_EQ(::rmdir(home_.tree.path("home/Library").c_str()), 0);
  home_.tree.directory("volume/Library");
  home_.tree.symlink("home/Library", "../volume/Library");
  home_.tree.file("volume/Library/Caches/Homebrew/downloads/a.tar.gz");
  home_.tree.file("volume/Library/Containers/com.example/Data/a");
  home_.tree.file("volume/Library/Caches/com.apple.bird/db");
  EXPECT_THAT(all_that_goes(), ElementsAre("volume/Library/Caches/Homebrew/downloads/a.tar.gz"));
  EXPECT_THAT(taken_by_a_rule("$LIBRARY/Containers/com.example"), IsEmpty());
  EXPECT_THAT(taken_by_a_rule("$HOME/Library/Containers/com.example"), IsEmpty());
  EXPECT_THAT(taken_by_a_rule("$LIBRARY/Caches/com.app*"), IsEmpty());
}

// confstr() says /var/folders/…, and /var is a link to /private/var.
TEST_F(MacosHome, TheSystemsOwnDirectoryBehindALinkIsCleanedAndGuardedAlike) {
  home_.tree.symlink("var", "tmp");
  home_.tree.file("tmp/T/old.bin");
  home_.tree.file("tmp/C/com.apple.QuickLook.thumbnailcache/thumbnails.data");
  home_.request.places.darwin_temp = home_.tree.path("var/T");
  home_.request.places.darwin_cache = home_.tree.path("var/C");
  EXPECT_THAT(all_that_goes(), ElementsAre("tmp/T/old.bin"));
  EXPECT_THAT(taken_by_a_rule("$DARWIN_CACHE/com.apple.QuickLook.thumbnailcache"), IsEmpty());
}

TEST_F(MacosHome, ALibraryOfSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make files of others";
  home_.tree.file("home/Library/Caches/Homebrew/downloads/a.tar.gz");
  home_.tree.give_to("home/Library", 12345);
  EXPECT_THAT(all_that_goes(), IsEmpty());
}

// On a Mac, opening one of these can download a directory or make the system ask its user.
TEST_F(MacosHome, NobodyOpensWhatMustNotBeLookedAt) {
  home_.tree.file("home/Library/Caches/Homebrew/downloads/a.tar.gz");
  const base::UniqueFd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_TRUE(watch);
  std::map<int, std::string> watched;
  for (const char* place :
       {"Containers", "Containers/com.example", "Group Containers", "Mobile Documents",
        "CloudStorage", "Caches", "Caches/com.apple.bird", "Application Support/MobileSync",
        "Application Support/com.example", "Keychains", "Mail"}) {
    const std::string path = home_.tree.directory(std::string("home/Library/") + place);
    watched[::inotify_add_watch(watch.get(), path.c_str(), IN_OPEN | IN_ACCESS)] = place;
  }
  ASSERT_FALSE(watched.contains(-1));
  EXPECT_THAT(all_that_goes(), ElementsAre("home/Library/Caches/Homebrew/downloads/a.tar.gz"));
  inotify_event event{};
  if (::read(watch.get(), &event, sizeof event) > 0) ADD_FAILURE() << watched[event.wd];
}

}  // namespace
}  // namespace lull::scan
