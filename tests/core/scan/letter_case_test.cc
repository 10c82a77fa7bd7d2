// SPDX-License-Identifier: MIT
// Where "Caches" and "caches" are one directory, every guard takes them for one.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rule_file.h"
#include "tests/core/scan/incident.h"

namespace lull::scan {
namespace {

using ::testing::ElementsAre;
using testing::goes;
using ::testing::HasSubstr;
using testing::Incident;
using testing::rule_of;

// What is wrong with a root in a file for `platform`.
std::string problem_of(const std::string& root, const std::string& platform = "macos") {
  const ParsedRuleFile parsed =
      parse_rule_file("platform = \"" + platform + "\"\n" + rule_of("\"" + root + "\""), "f");
  return parsed.problems.empty() ? "no problem" : parsed.problems.front().message;
}

TEST(LetterCase, DoesNotHideWhatIsNeverTouched) {
  for (const char* root :
       {"$HOME/.SSH/keys", "$LIBRARY/Caches/cloudkit", "$LIBRARY/Caches/COM.apple.x",
        "$LIBRARY/Application Support/firefox/PROFILES", "$HOME/documents", "$LIBRARY/keychains",
        "$LIBRARY/developer/xcode/archives", "$HOME/dropbox"})
    EXPECT_THAT(problem_of(root), HasSubstr("is never touched")) << root;
  EXPECT_EQ(problem_of("$HOME/documents", "linux"), "no problem");
}

TEST(LetterCase, DoesNotHideADirectoryOfEveryProgram) {
  for (const char* root : {"$LIBRARY/containers", "$LIBRARY/caches", "$LIBRARY/caches/*",
                           "$HOME/LIBRARY/Caches/abc*", "$HOME/.CONFIG/app"})
    EXPECT_THAT(problem_of(root), HasSubstr("in other letters")) << root;
  EXPECT_EQ(problem_of("$LIBRARY/Caches/App"), "no problem");
}

class AnyLetters : public Incident {};

TEST_F(AnyLetters, KeepWhatTheUserOrTheTableNames) {
  home_.tree.file("home/.app/cache/KEEP/x");
  home_.tree.file("home/.app/cache/Id_RSA");
  home_.tree.file("home/.app/cache/y");
  home_.request.keep = {"~/.APP/cache/keep"};
  home_.request.letter_case = LetterCase::kCounts;
  EXPECT_EQ(goes(home_, scan(rule_of("\"$HOME/.app/cache\""))).size(), 4u);
  home_.request.letter_case = LetterCase::kIgnored;
  EXPECT_THAT(goes(home_, scan(rule_of("\"$HOME/.app/cache\""))), ElementsAre("home/.app/cache/y"));
}

}  // namespace
}  // namespace lull::scan
