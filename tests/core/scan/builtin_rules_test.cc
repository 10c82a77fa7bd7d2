// SPDX-License-Identifier: MIT
// Each built-in rule on a tree as the program in question leaves it: what goes, what stays and why.
#include <algorithm>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/scan/installation.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::ElementsAre;
using testing::goes;
using testing::Installation;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::stays;
using ::testing::UnorderedElementsAre;

class BuiltinRule : public ::testing::Test {
 protected:
  const model::CategoryReport& scan(const std::string& id) {
    report_ = home_.scan({id});
    EXPECT_EQ(report_.categories.size(), 1u);
    EXPECT_EQ(report_.error_count, 0u);
    return category_of(report_, id);
  }

  Installation home_;
  model::ScanReport report_;
};

TEST_F(BuiltinRule, FindNothingInAnEmptyHome) {
  report_ = home_.scan({});
  EXPECT_GE(report_.categories.size(), 9u);
  EXPECT_EQ(report_.total_reclaimable_bytes, 0u);
  for (const auto& category : report_.categories) {
    EXPECT_EQ(category.items, 0u) << category.id;
    EXPECT_THAT(category.skipped, IsEmpty()) << category.id;
  }
  EXPECT_FALSE(report_.partial);
}

TEST_F(BuiltinRule, ThumbnailsGoWhenNobodyLookedAtThemForAMonth) {
  home_.tree.file("home/.cache/thumbnails/normal/old.png");
  home_.tree.file("home/.cache/thumbnails/x-large/old.png", 20'000);
  home_.tree.file("home/.cache/thumbnails/large/new.png");
  home_.tree.file("home/.cache/thumbnails/large/notes.txt");
  home_.tree.file("home/.thumbnails/normal/ancient.png");
  home_.make_recent("home/.cache/thumbnails/large/new.png");
  const auto& category = scan("thumbnails");
  EXPECT_THAT(goes(home_, category), UnorderedElementsAre("home/.cache/thumbnails/normal/old.png",
                                                          "home/.cache/thumbnails/x-large/old.png",
                                                          "home/.thumbnails/normal/ancient.png"));
  EXPECT_THAT(
      stays(home_, category),
      UnorderedElementsAre(Pair("home/.cache/thumbnails/large/new.png", "younger than 30 d")));
  EXPECT_EQ(category.reclaimable_bytes,
            home_.tree.blocks("home/.cache/thumbnails/normal/old.png") +
                home_.tree.blocks("home/.cache/thumbnails/x-large/old.png") +
                home_.tree.blocks("home/.thumbnails/normal/ancient.png"));
  EXPECT_EQ(report_.total_reclaimable_bytes, category.reclaimable_bytes);
}

TEST_F(BuiltinRule, FailedThumbnailsGoWithTheirDirectoriesWhateverTheirAge) {
  home_.tree.file("home/.cache/thumbnails/fail/gnome-thumbnail-factory/a.png");
  home_.make_recent("home/.cache/thumbnails/fail/gnome-thumbnail-factory/a.png");
  const auto& category = scan("failed-thumbnails");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/thumbnails/fail/gnome-thumbnail-factory",
                                   "home/.cache/thumbnails/fail/gnome-thumbnail-factory/a.png"));
}

TEST_F(BuiltinRule, TrashGoesByItsDeletionDateAndNotByItsFilesTimes) {
  home_.trash("old", 31);
  home_.trash("new", 29);
  home_.make_recent("home/.local/share/Trash/files/old");
  const auto& category = scan("trash");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.local/share/Trash/files/old",
                                   "home/.local/share/Trash/info/old.trashinfo"));
  EXPECT_THAT(stays(home_, category), UnorderedElementsAre(Pair("home/.local/share/Trash/files/new",
                                                                "deleted less than 30 d ago")));
  EXPECT_EQ(category.reclaimable_bytes,
            home_.tree.blocks("home/.local/share/Trash/files/old") +
                home_.tree.blocks("home/.local/share/Trash/info/old.trashinfo"));
  EXPECT_EQ(category.skipped.front().bytes, home_.tree.blocks("home/.local/share/Trash/files/new"));
}

TEST_F(BuiltinRule, TrashedDirectoriesGoAsAWholeWithTheLinksInThem) {
  home_.trash("project/src/main.c", 0);
  home_.tree.text(
      "home/.local/share/Trash/info/project.trashinfo",
      "[Trash Info]\nPath=/home/u/project\nDeletionDate=" + home_.deletion_date(40) + "\n");
  home_.tree.symlink("home/.local/share/Trash/files/project/link", "/etc/passwd");
  home_.tree.file("home/.local/share/Trash/files/project/.git/config");
  home_.tree.file("home/.local/share/Trash/files/project/a");
  home_.tree.hard_link("home/elsewhere", "home/.local/share/Trash/files/project/a");
  const std::string base = "home/.local/share/Trash/files/project";
  const auto& category = scan("trash");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre(base, base + "/src", base + "/src/main.c", base + "/link",
                                   base + "/.git", base + "/.git/config", base + "/a",
                                   "home/.local/share/Trash/info/project.trashinfo"));
  // The name in the home directory keeps the blocks of "a".
  EXPECT_EQ(category.reclaimable_bytes,
            testing::disk_usage(home_.tree.path(base)) - home_.tree.blocks(base + "/a") +
                home_.tree.blocks("home/.local/share/Trash/info/project.trashinfo"));
}

TEST_F(BuiltinRule, TrashWithoutAValidRecordStays) {
  home_.trash("fine", 50);
  home_.tree.file("home/.local/share/Trash/files/orphan");
  home_.trash_info("gone", "[Trash Info]\nPath=/x\nDeletionDate=" + home_.deletion_date(50) + "\n");
  home_.trash("future", -2);
  home_.trash("damaged", 50);
  home_.trash_info("damaged", "[Trash Info]\nPath=/x\n");
  home_.trash("february", 50);
  home_.trash_info("february", "[Trash Info]\nPath=/x\nDeletionDate=2020-02-31T00:00:00\n");
  home_.trash("twice", 50);
  home_.trash_info("twice",
                   "[Trash Info]\nPath=/x\nDeletionDate=2020-01-01T00:00:00\n"
                   "DeletionDate=2020-01-02T00:00:00\n");
  home_.trash("huge", 50);
  home_.trash_info("huge", std::string(200'000, 'x'));
  const std::string files = "home/.local/share/Trash/files/";
  const auto& category = scan("trash");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre(files + "fine", "home/.local/share/Trash/info/fine.trashinfo"));
  EXPECT_THAT(
      stays(home_, category),
      UnorderedElementsAre(
          // The orphan and the record of what is gone are those of "trash-orphans".
          Pair(files + "future", "deletion date in the future"),
          Pair(files + "damaged", "damaged .trashinfo"),
          Pair(files + "february", "damaged .trashinfo"),
          Pair(files + "twice", "damaged .trashinfo"), Pair(files + "huge", "damaged .trashinfo")));
}

TEST_F(BuiltinRule, TrashRecordsThatAreLinksAreNotRead) {
  home_.trash("a", 50);
  home_.tree.text("record", "[Trash Info]\nPath=/x\nDeletionDate=2000-01-01T00:00:00\n");
  home_.tree.file("home/.local/share/Trash/files/b");
  home_.tree.symlink("home/.local/share/Trash/info/b.trashinfo", home_.tree.path("record"));
  const auto& category = scan("trash");
  EXPECT_THAT(stays(home_, category),
              UnorderedElementsAre(Pair("home/.local/share/Trash/files/b", "damaged .trashinfo")));
}

TEST_F(BuiltinRule, OldTemporaryFilesGoAndWhatSystemsKeepThereStays) {
  home_.tree.file("tmp/old");
  home_.tree.file("tmp/build/obj/a.o", 9000);
  home_.tree.file("tmp/new");
  home_.make_recent("tmp/new");
  home_.tree.file("tmp/mixed/old");
  home_.tree.file("tmp/mixed/new");
  home_.make_recent("tmp/mixed/new");
  home_.tree.file("tmp/.X0-lock");
  home_.tree.directory("tmp/.X11-unix");
  home_.tree.directory("tmp/.ICE-unix");
  home_.tree.file("tmp/systemd-private-1234-x.service/tmp/file");
  home_.tree.file("tmp/ssh-abc/agent.1");
  home_.tree.file("tmp/tmux-1000/default");
  home_.tree.fifo("tmp/pipe");
  const auto& category = scan("own-temp");
  EXPECT_THAT(goes(home_, category), UnorderedElementsAre("tmp/old", "tmp/build", "tmp/build/obj",
                                                          "tmp/build/obj/a.o", "tmp/mixed/old"));
  const auto left = stays(home_, category);
  EXPECT_EQ(left.at("tmp/new"), "younger than 10 d");
  EXPECT_EQ(left.at("tmp/mixed/new"), "younger than 10 d");
  EXPECT_EQ(left.at("tmp/.X0-lock"), "kept by the rule");
  EXPECT_EQ(left.at("tmp/.X11-unix"), "kept by the rule");
  EXPECT_EQ(left.at("tmp/systemd-private-1234-x.service/tmp/file"), "kept by the rule");
  EXPECT_EQ(left.at("tmp/ssh-abc/agent.1"), "kept by the rule");
  EXPECT_EQ(left.at("tmp/tmux-1000/default"), "kept by the rule");
  EXPECT_EQ(left.at("tmp/pipe"), "socket, pipe or device");
}

TEST_F(BuiltinRule, FirefoxCachesGoAndProfilesStay) {
  const std::string profile = "home/.cache/mozilla/firefox/abcd.default-release/";
  home_.tree.file(profile + "cache2/entries/0123", 30'000);
  home_.tree.file(profile + "cache2/index");
  home_.tree.file(profile + "safebrowsing/list.sbstore");
  home_.tree.file("home/.mozilla/firefox/abcd.default-release/places.sqlite");
  home_.tree.file("home/snap/firefox/common/.cache/mozilla/firefox/x.default/cache2/index");
  home_.tree.file("home/.var/app/org.mozilla.firefox/cache/mozilla/firefox/y/cache2/index");
  EXPECT_THAT(
      goes(home_, scan("firefox-cache")),
      UnorderedElementsAre(
          profile + "cache2/entries", profile + "cache2/entries/0123", profile + "cache2/index",
          "home/snap/firefox/common/.cache/mozilla/firefox/x.default/cache2/index",
          "home/.var/app/org.mozilla.firefox/cache/mozilla/firefox/y/cache2/index"));
}

TEST_F(BuiltinRule, FirefoxCachesStayWhileAProfileIsLocked) {
  home_.tree.file("home/.cache/mozilla/firefox/a.default/cache2/index");
  home_.tree.symlink("home/.mozilla/firefox/a.default/lock", "127.0.1.1:+4711");
  const auto& category = scan("firefox-cache");
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair("home/.cache/mozilla/firefox/a.default/cache2/index",
                               "locked by a running program")));
}

TEST_F(BuiltinRule, ChromiumCachesGoInEveryProfileAndStateStays) {
  for (const auto& [rule, brand] :
       std::map<std::string, std::string>{{"chromium-cache", "chromium"},
                                          {"chrome-cache", "google-chrome"},
                                          {"brave-cache", "BraveSoftware/Brave-Browser"},
                                          {"edge-cache", "microsoft-edge"},
                                          {"vivaldi-cache", "vivaldi"}}) {
    const std::string cache = "home/.cache/" + brand, config = "home/.config/" + brand;
    home_.tree.file(cache + "/Default/Cache/Cache_Data/data_0", 9000);
    home_.tree.file(cache + "/Profile 1/Code Cache/js/index");
    home_.tree.file(config + "/Default/GPUCache/data_1");
    home_.tree.file(config + "/ShaderCache/data_1");
    for (const char* state :
         {"Cookies", "Cookies-journal", "Login Data", "Network Persistent State",
          "Local Storage/leveldb/1.log", "IndexedDB/x.leveldb/1.log", "Preferences",
          "Service Worker/ScriptCache/index", "Service Worker/CacheStorage/index"})
      home_.tree.file(config + "/Default/" + state);
    EXPECT_THAT(goes(home_, scan(rule)),
                UnorderedElementsAre(
                    cache + "/Default/Cache/Cache_Data", cache + "/Default/Cache/Cache_Data/data_0",
                    cache + "/Profile 1/Code Cache/js", cache + "/Profile 1/Code Cache/js/index",
                    config + "/Default/GPUCache/data_1", config + "/ShaderCache/data_1"));
  }
}

TEST_F(BuiltinRule, ChromiumCachesStayWhileTheProfileIsLocked) {
  home_.tree.file("home/.cache/chromium/Default/Cache/data_0");
  home_.tree.symlink("home/.config/chromium/SingletonLock", "host-4711");
  EXPECT_THAT(goes(home_, scan("chromium-cache")), IsEmpty());
}

TEST_F(BuiltinRule, PipDownloadsGoAndWhatIsNotPipsStays) {
  home_.tree.file("home/.cache/pip/http-v2/0/1/2/body", 70'000);
  home_.tree.file("home/.cache/pip/wheels/ab/x.whl");
  home_.tree.file("home/.cache/pip/selfcheck/x.json");
  home_.tree.file("home/.cache/pip/notes of mine");
  const auto& category = scan("pip");
  const std::string pip = "home/.cache/pip/";
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre(pip + "http-v2", pip + "http-v2/0", pip + "http-v2/0/1",
                                   pip + "http-v2/0/1/2", pip + "http-v2/0/1/2/body",
                                   pip + "wheels", pip + "wheels/ab", pip + "wheels/ab/x.whl",
                                   pip + "selfcheck", pip + "selfcheck/x.json"));
  EXPECT_EQ(category.tier, model::Tier::kCostly);
}

TEST_F(BuiltinRule, NpmDownloadsGoAndLogsOnlyWhenOld) {
  home_.tree.file("home/.npm/_cacache/content-v2/sha512/aa/bb");
  home_.tree.file("home/.npm/_npx/123/node_modules/x/index.js");
  home_.tree.file("home/.npm/_logs/old-debug-0.log");
  home_.tree.file("home/.npm/_logs/new-debug-0.log");
  home_.make_recent("home/.npm/_logs/new-debug-0.log");
  EXPECT_EQ(scan("npm-cache").items, 4u);
  EXPECT_THAT(goes(home_, scan("npm-logs")),
              UnorderedElementsAre("home/.npm/_logs/old-debug-0.log"));
}

TEST_F(BuiltinRule, CachesOfRunningProgramsStayAndSayWhich) {
  home_.tree.file("home/.cache/pip/http/a");
  home_.tree.file("home/.cache/mozilla/firefox/a/cache2/index", 9000);
  home_.request.running = [](const std::vector<std::string>& names) {
    const bool firefox = std::find(names.begin(), names.end(), "firefox-esr") != names.end();
    return firefox ? Running::kYes : Running::kNo;
  };
  const auto& firefox = scan("firefox-cache");
  ASSERT_EQ(firefox.skipped.size(), 1u);
  EXPECT_EQ(firefox.skipped.front().reason, "firefox-esr is running");
  EXPECT_EQ(firefox.skipped.front().bytes,
            home_.tree.blocks("home/.cache/mozilla/firefox/a/cache2/index"));
  EXPECT_EQ(firefox.reclaimable_bytes, 0u);
  EXPECT_EQ(scan("pip").items, 2u);
}

TEST_F(BuiltinRule, CachesStayWhenNobodyKnowsWhetherTheirProgramRuns) {
  home_.tree.file("home/.cache/pip/http/a");
  home_.request.running = [](const std::vector<std::string>&) { return Running::kUnknown; };
  EXPECT_EQ(scan("pip").skipped.front().reason, "cannot tell whether pip is running");
  home_.request.running = nullptr;
  EXPECT_EQ(scan("pip").skipped.front().reason, "cannot tell whether pip is running");
  EXPECT_EQ(report_.total_reclaimable_bytes, 0u);
}

TEST(WideRoots, NeedNamesATagOrVersionsThatSayWhatIsMeant) {
  const auto accepted = [](const std::string& tier, const std::string& rest) {
    return parse_rules("[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"" + tier +
                           "\"\ncost = \"c\"\nsource = \"s\"\n" + rest,
                       "x.toml")
        .has_value();
  };
  EXPECT_TRUE(accepted("safe", "roots = [\"$STATE/*\"]\nmatch = [\"*.log.[0-9]*\"]\n"));
  EXPECT_FALSE(accepted("safe", "roots = [\"$STATE/*\"]\nmatch = [\"*.*\"]\n"));
  EXPECT_FALSE(accepted("safe", "roots = [\"$STATE/*\"]\n"));
  EXPECT_FALSE(accepted("safe", "roots = [\"$CONFIG/*\"]\nmatch = [\"*.log.[0-9]*\"]\n"));
  EXPECT_TRUE(accepted("safe", "roots = [\"$STATE/app/cache\"]\n"));
  EXPECT_TRUE(accepted("review", "roots = [\"$HOME/snap/*/[0-9]*\"]\nnewest_stay = 1\n"));
  EXPECT_FALSE(accepted("costly", "roots = [\"$HOME/snap/*/[0-9]*\"]\nnewest_stay = 1\n"));
  EXPECT_FALSE(accepted("review", "roots = [\"$HOME/snap/*/[0-9]*\"]\n"));
}

}  // namespace
}  // namespace lull::scan
