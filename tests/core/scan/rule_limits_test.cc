// SPDX-License-Identifier: MIT
// What a rule of somebody's own may not ask for, however it is written.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rule_file.h"

namespace lull::scan {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kHead =
    "[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"c\"\nsource = \"s\"\n";

std::string problem_of(const std::string& rest, const std::string& before = "") {
  const ParsedRuleFile parsed = parse_rule_file(before + kHead + rest, "f");
  return parsed.problems.empty() ? "no problem" : parsed.problems.front().to_string();
}
std::string problem_of_root(const std::string& root) {
  return problem_of("roots = [\"" + root + "\"]\n");
}

TEST(RuleLimits, AWildcardInPlaceOfASharedDirectoryIsTooWide) {
  for (const char* root :
       {"$HOME/*/x", "$HOME/*/*/cache2", "$HOME/?*/target", "$HOME/[a-zA-Z]*/build", "$LIBRARY/*/x",
        "$HOME/Doc*/x", "$HOME/\\\\.cache/x", "$HOME/*/Photos", "$HOME/.local/*/x", "$CONFIG/*/x",
        "$DATA/?*/x", "$HOME/Library/*/x", "$LIBRARY/Cache?/org.example.app", "$HOME/{Notes,*}/x"})
    EXPECT_THAT(problem_of_root(root), HasSubstr("too wide")) << root;
}

TEST(RuleLimits, ALockIsNotLookedForInAWholeHome) {
  EXPECT_THAT(problem_of("roots = [\"$CACHE/x\"]\nlock_files = [\"$HOME/*/lock\"]\n"),
              HasSubstr("too wide"));
}

TEST(RuleLimits, AWildcardBehindANamedDirectoryIsFine) {
  for (const char* root :
       {"$HOME/src/*/target", "$HOME/.gradle/daemon/*", "$HOME/.var/app/*/cache/tmp",
        "$CACHE/qtshadercache-*", "$CACHE/mozilla/firefox/*/cache2",
        "$LIBRARY/Saved Application State/*.savedState"})
    EXPECT_EQ(problem_of_root(root), "no problem") << root;
}

TEST(RuleLimits, AReverseDomainSaysWhoseItIsBeforeTheWildcard) {
  for (const char* root :
       {"$LIBRARY/Caches/com.*", "$LIBRARY/Caches/com*", "$LIBRARY/Caches/com.a*",
        "$LIBRARY/Caches/org.*", "$LIBRARY/Application Support/com.*", "$LIBRARY/Caches/de.foo*",
        "$HOME/.var/app/org.*"})
    EXPECT_THAT(problem_of_root(root), HasSubstr("too wide")) << root;
  EXPECT_EQ(problem_of_root("$LIBRARY/Caches/com.example.*"), "no problem");
  EXPECT_EQ(problem_of_root("$LIBRARY/Caches/Example*"), "no problem");
}

TEST(RuleLimits, AWholeProfileIsNoRoot) {
  for (const char* root : {"$HOME/.mozilla",
                           "$HOME/.mozilla/firefox",
                           "$HOME/.mozilla/firefox/*",
                           "$HOME/.mozilla/firefox/abc.default",
                           "$CONFIG/mozilla/firefox",
                           "$HOME/.thunderbird",
                           "$HOME/.thunderbird/abc.default",
                           "$CONFIG/chromium",
                           "$CONFIG/chromium/Default",
                           "$CONFIG/chromium/*",
                           "$CONFIG/BraveSoftware",
                           "$HOME/.wine",
                           "$HOME/.wine/drive_c",
                           "$HOME/.wine/drive_c/users/me",
                           "$HOME/.var/app/org.x.y",
                           "$HOME/.var/app/org.x.y/data",
                           "$HOME/snap/x",
                           "$HOME/snap/x/common",
                           "$LIBRARY/Application Support/Firefox",
                           "$LIBRARY/Application Support/App",
                           "$LIBRARY/Application Support/org.example.*",
                           "$HOME/Library/Application Support/{CrashReporter,App}",
                           "$LIBRARY/Application Support/CrashReporter*"})
    EXPECT_THAT(problem_of_root(root), HasSubstr("is never touched as a whole")) << root;
  for (const char* root :
       {"$HOME/.mozilla/firefox/*/storage/temporary",
        "$HOME/.mozilla/firefox/Crash Reports/pending", "$CONFIG/chromium/Default/GPUCache",
        "$CONFIG/chromium/ShaderCache", "$HOME/.wine/drive_c/users/*/Temp",
        "$HOME/snap/x/common/.cache", "$LIBRARY/Application Support/App/Cache",
        "$LIBRARY/Application Support/CrashReporter"})
    EXPECT_EQ(problem_of_root(root), "no problem") << root;
}

// What looks like the leftover of a removed program may be all that somebody has (junk in
// ~/Library/Application Support is only what its program calls a cache).
TEST(RuleLimits, AWholeFolderOfApplicationSupportIsRefusedWithItsPlaceInTheFile) {
  const std::string roots =
      "roots = [\n  \"$CACHE/app\",\n  \"$LIBRARY/Application Support/App\",\n]\n";
  const std::string expected =
      "f:9:3: 'roots': '$LIBRARY/Application Support/App' is never touched as a whole: data and "
      "settings of an app";
  EXPECT_EQ(problem_of(roots), expected);
  const std::string macos = "platform = \"macos\"\n";
  EXPECT_THAT(problem_of(roots, macos), HasSubstr("never touched as a whole"));
  EXPECT_THAT(problem_of("roots = [\"$LIBRARY/Application Support/aPP\"]\n", macos),
              HasSubstr("never touched as a whole"));
  EXPECT_EQ(problem_of("roots = [\"$LIBRARY/Application Support/crashreporter\"]\n", macos),
            "no problem");
}

TEST(RuleLimits, WhatIsSettingsHistoryOrACopyOfACloudIsNoRoot) {
  for (const char* root :
       {"$HOME/.bashrc", "$HOME/.zsh_history", "$HOME/.python_history", "$HOME/.profile",
        "$CONFIG/fish", "$DATA/containers", "$DATA/containers/storage", "$HOME/Dropbox",
        "$HOME/Dropbox (Work)/x", "$HOME/Nextcloud/x", "$HOME/OneDrive", "$HOME/MEGA",
        "$LIBRARY/LaunchAgents", "$LIBRARY/Developer/CoreSimulator/Devices",
        "$LIBRARY/Developer/Xcode/UserData", "$LIBRARY/Autosave Information",
        "$LIBRARY/Application Support/Dock", "$CACHE/JetBrains/Idea2024.1/LocalHistory"})
    EXPECT_THAT(problem_of_root(root), HasSubstr("is never touched")) << root;
}

TEST(RuleLimits, TemporaryFilesNeedAnAgeOfADay) {
  for (const char* variable : {"$TEMP", "$TEMP/app", "$DARWIN_TEMP", "$DARWIN_TEMP/app"}) {
    const std::string roots = std::string("roots = [\"") + variable + "\"]\n";
    EXPECT_THAT(problem_of(roots), HasSubstr("needs 'older_than' of at least 1 d")) << variable;
    EXPECT_THAT(problem_of(roots + "older_than = \"23 h\"\n"), HasSubstr("at least 1 d"));
    EXPECT_EQ(problem_of(roots + "older_than = \"1 d\"\n"), "no problem");
  }
}

// 100 paths in a line.
std::string hundred(const std::string& before) {
  return "\"" + before + "{a,b,c,d,e,f,g,h,i,j}{a,b,c,d,e,f,g,h,i,j}\",\n";
}

TEST(RuleLimits, BracesOfARuleStandForAtMost512Paths) {
  std::string five = "roots = [\n";
  for (int i = 0; i < 5; ++i) five += hundred("$CACHE/app");
  EXPECT_EQ(problem_of(five + "]\n"), "no problem");
  EXPECT_THAT(problem_of(five + hundred("$CACHE/app") + "]\n"),
              AllOf(StartsWith("f:13:"), HasSubstr("more than 512 paths")));
  EXPECT_THAT(problem_of(five + "]\nmatch = [" + hundred("x") + "]\n"),
              HasSubstr("more than 512 paths"));
}

TEST(RuleLimits, BracesOfAFileStandForAtMost4096Paths) {
  std::string file;
  for (int rule = 0; rule < 9; ++rule) {
    std::string one = kHead;
    one.replace(one.find("\"r\""), 3, "\"r" + std::to_string(rule) + "\"");
    file += one + "roots = [\n";
    for (int i = 0; i < 5; ++i) file += hundred("$CACHE/app");
    file += "]\n";
  }
  const ParsedRuleFile parsed = parse_rule_file(file, "f");
  ASSERT_FALSE(parsed.problems.empty());
  EXPECT_THAT(parsed.problems.front().to_string(),
              AllOf(StartsWith("f:112:"), HasSubstr("more than 4096 paths")));
  EXPECT_EQ(parsed.rules.size(), 8u);
}

}  // namespace
}  // namespace lull::scan
