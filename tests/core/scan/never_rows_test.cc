// SPDX-License-Identifier: MIT
// What no rule may take, whoever writes it: every place of the list of junk that is marked "never",
// named as a root in so many words, in vague ones, and from the directory above.
#include <ostream>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rules.h"
#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using ::testing::AnyOf;
using testing::goes;
using ::testing::HasSubstr;
using testing::Incident;
using testing::rule_of;

struct NeverRow {
  const char* root;  // as a rule names it
  const char* path;  // where that is
};

void PrintTo(const NeverRow& row, std::ostream* out) { *out << row.root; }

class NeverRows : public Incident, public ::testing::WithParamInterface<NeverRow> {
 protected:
  void SetUp() override { home_.tree.file(file_); }
  // Nothing of the row goes by this rule, if it is one at all.
  void expect_kept_by(const std::string& root) {
    const std::string toml = rule_of("\"" + root + "\"");
    if (!parse_rules(toml, "file.toml")) return;
    for (const std::string& path : goes(home_, scan(toml)))
      EXPECT_FALSE(path == path_ || path == file_) << root << " takes " << path;
  }
  const std::string root_ = GetParam().root, path_ = GetParam().path, file_ = path_ + "/inside";
};

TEST_P(NeverRows, AreNoRoots) {
  const auto rules = parse_rules(rule_of("\"" + root_ + "\""), "file.toml");
  ASSERT_FALSE(rules) << root_;
  EXPECT_THAT(rules.error().message, AnyOf(HasSubstr("never touched"), HasSubstr("too wide")));
}

TEST_P(NeverRows, AreNoRootsForPeopleToJudgeEither) {
  std::string toml = rule_of("\"" + root_ + "\"");
  toml.replace(toml.find("\"safe\""), 6, "\"review\"");
  EXPECT_FALSE(parse_rules(toml, "file.toml")) << root_;
}

TEST_P(NeverRows, StayWhenARuleNamesThemVaguely) {
  expect_kept_by(root_.substr(0, root_.size() - 1) + "*");
  expect_kept_by(root_ + "/inside");
}

TEST_P(NeverRows, StayInARootThatHoldsThem) { expect_kept_by(root_.substr(0, root_.rfind('/'))); }

TEST_P(NeverRows, StayInADirectoryLinkedToByAnotherName) {
  // Where XDG_CONFIG_HOME and its kin are other names for the same place.
  std::string spelled = root_;
  for (const auto& [variable, below] :
       {std::pair<std::string, std::string>{"$CACHE", "$HOME/.cache"},
        {"$CONFIG", "$HOME/.config"},
        {"$DATA", "$HOME/.local/share"}})
    if (spelled.starts_with(variable)) spelled.replace(0, variable.size(), below);
  EXPECT_FALSE(parse_rules(rule_of("\"" + spelled + "\""), "file.toml")) << spelled;
}

#define CHROME "home/.config/google-chrome/Default/"
#define FLATPAK "home/.var/app/org.chromium.Chromium/config/chromium/Default/"

INSTANTIATE_TEST_SUITE_P(
    OfABrowser, NeverRows,
    ::testing::Values(
        NeverRow{"$CONFIG/google-chrome/Default/Service Worker/ScriptCache",
                 CHROME "Service Worker/ScriptCache"},
        NeverRow{"$CONFIG/google-chrome/Default/Network Persistent State",
                 CHROME "Network Persistent State"},
        NeverRow{"$CONFIG/google-chrome/Default/Cookies", CHROME "Cookies"},
        NeverRow{"$CONFIG/google-chrome/Default/Local Storage", CHROME "Local Storage"},
        NeverRow{"$CONFIG/google-chrome/Default/IndexedDB", CHROME "IndexedDB"},
        NeverRow{"$HOME/.var/app/org.chromium.Chromium/config/chromium/Default/IndexedDB",
                 FLATPAK "IndexedDB"},
        NeverRow{"$HOME/.var/app/org.chromium.Chromium/config/chromium/Default/Cookies",
                 FLATPAK "Cookies"}));

INSTANTIATE_TEST_SUITE_P(
    OfTheCacheDirectory, NeverRows,
    ::testing::Values(NeverRow{"$CACHE/doc", "home/.cache/doc"},
                      NeverRow{"$CACHE/keepassxc", "home/.cache/keepassxc"},
                      NeverRow{"$CACHE/spotify/Storage", "home/.cache/spotify/Storage"},
                      NeverRow{"$CACHE/evolution", "home/.cache/evolution"},
                      NeverRow{"$CACHE/ibus", "home/.cache/ibus"},
                      NeverRow{"$CACHE/obexd", "home/.cache/obexd"},
                      NeverRow{"$CACHE/kwin", "home/.cache/kwin"},
                      NeverRow{"$CACHE/plasmashell", "home/.cache/plasmashell"},
                      NeverRow{"$CACHE/plasmashell-5.27", "home/.cache/plasmashell-5.27"},
                      NeverRow{"$CACHE/icon-cache.kcache", "home/.cache/icon-cache.kcache"},
                      NeverRow{"$CACHE/gnome-control-center", "home/.cache/gnome-control-center"},
                      NeverRow{"$CACHE/wallpaper", "home/.cache/wallpaper"},
                      NeverRow{"$CACHE/dconf", "home/.cache/dconf"}));

INSTANTIATE_TEST_SUITE_P(
    OfMacos, NeverRows,
    ::testing::Values(
        NeverRow{"$LIBRARY/Caches/com.apple.Safari", "home/Library/Caches/com.apple.Safari"},
        NeverRow{"$LIBRARY/Caches/CloudKit", "home/Library/Caches/CloudKit"},
        NeverRow{"$LIBRARY/Caches/com.apple.bird", "home/Library/Caches/com.apple.bird"},
        NeverRow{"$LIBRARY/Caches/FileProvider", "home/Library/Caches/FileProvider"},
        NeverRow{"$LIBRARY/Caches/com.apple.HomeKit", "home/Library/Caches/com.apple.HomeKit"},
        NeverRow{"$LIBRARY/Application Support/MobileSync/Backup",
                 "home/Library/Application Support/MobileSync/Backup"},
        NeverRow{"$LIBRARY/Mobile Documents", "home/Library/Mobile Documents"},
        NeverRow{"$LIBRARY/CloudStorage", "home/Library/CloudStorage"},
        NeverRow{"$LIBRARY/Containers/com.app.x", "home/Library/Containers/com.app.x"},
        NeverRow{"$LIBRARY/Group Containers/group.x", "home/Library/Group Containers/group.x"}));

INSTANTIATE_TEST_SUITE_P(
    OfPrograms, NeverRows,
    ::testing::Values(NeverRow{"$DATA/recently-used.xbel", "home/.local/share/recently-used.xbel"},
                      NeverRow{"$CONFIG/libreoffice/4/user", "home/.config/libreoffice/4/user"},
                      NeverRow{"$HOME/.cargo/bin", "home/.cargo/bin"},
                      NeverRow{"$HOME/.rustup/toolchains", "home/.rustup/toolchains"},
                      NeverRow{"$HOME/.m2/repository", "home/.m2/repository"},
                      NeverRow{"$HOME/.wine/dosdevices", "home/.wine/dosdevices"},
                      NeverRow{"$DATA/docker/volumes", "home/.local/share/docker/volumes"},
                      NeverRow{"$CONFIG/Code/User/History", "home/.config/Code/User/History"},
                      NeverRow{"$CONFIG/Code/Backups", "home/.config/Code/Backups"}));

INSTANTIATE_TEST_SUITE_P(
    OfPrivateThings, NeverRows,
    ::testing::Values(NeverRow{"$HOME/.bitcoin", "home/.bitcoin"},
                      NeverRow{"$HOME/.electrum/wallets", "home/.electrum/wallets"},
                      NeverRow{"$CONFIG/Bitwarden", "home/.config/Bitwarden"},
                      NeverRow{"$DATA/TelegramDesktop", "home/.local/share/TelegramDesktop"},
                      NeverRow{"$HOME/VirtualBox VMs", "home/VirtualBox VMs"},
                      NeverRow{"$DATA/Steam/userdata", "home/.local/share/Steam/userdata"},
                      NeverRow{"$DATA/Steam/steamapps/common",
                               "home/.local/share/Steam/steamapps/common"},
                      NeverRow{"$CACHE/pypoetry/virtualenvs", "home/.cache/pypoetry/virtualenvs"}));

#undef CHROME
#undef FLATPAK

// Whole places of which a rule may name a part.
TEST_F(Incident, GamesAndWhatIsStartedAreNoRootsAsAWhole) {
  for (const char* root :
       {"$DATA/Steam", "$DATA/Steam/steamapps", "$CONFIG/autostart", "$DATA/applications",
        "$HOME/.local/bin", "$CONFIG/autostart/mine", "$CONFIG/Signal"})
    expect_unreadable(rule_of("\"" + std::string(root) + "\""), "is never touched as a whole");
}

// A rule of one's own must not do by hand what only a program can do, and says which.
TEST_F(Incident, WhatOnlyItsProgramMayEmptyIsRefusedWithTheCommand) {
  const auto rules = builtin_rules();
  ASSERT_TRUE(rules);
  std::size_t refused = 0;
  for (const Advice& advice : rules->advice())
    for (const std::string& root : advice.roots) {
      // Apps may have rules for what is below their own directories.
      if (!root.starts_with('$') || root.starts_with("$HOME/.var/app")) continue;
      const auto parsed = parse_rules(rule_of("\"" + root + "\""), "file.toml");
      ASSERT_FALSE(parsed) << root;
      EXPECT_THAT(parsed.error().message, HasSubstr("`" + advice.command + "`")) << root;
      ++refused;
    }
  EXPECT_GE(refused, 6u);
}

}  // namespace
}  // namespace lull::scan
