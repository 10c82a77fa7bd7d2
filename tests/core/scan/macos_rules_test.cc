// SPDX-License-Identifier: MIT
// The rules for macOS on whatever system the tests run: what they say, and exactly what they take
// of homes laid out as documents describe them.
#include "tests/core/scan/macos_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/unique_fd.h"
#include "core/scan/glob.h"
#include "core/scan/rule_pattern.h"
#include "tests/core/scan/home_manifest.h"

namespace lull::scan {
namespace {

using testing::category_of;
using testing::Circumstance;
using testing::Claim;
using ::testing::ContainerEq;
using ::testing::HasSubstr;
using testing::HomeManifest;
using ::testing::IsEmpty;
using testing::macos_rules;
using testing::MacosInstallation;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<AnchoredPattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<AnchoredPattern> all;
  for (const std::string& text : texts)
    if (text.starts_with('$')) {
      auto patterns = parse_anchored(text, Width::kAny);
      if (!patterns) throw std::runtime_error(patterns.error().to_string());
      std::move(patterns->begin(), patterns->end(), std::back_inserter(all));
    }
  return all;
}

// Every place a rule looks at: its roots and its locks, as names below the home directory.
std::vector<std::vector<std::string>> places_of(const Rule& rule) {
  std::vector<std::vector<std::string>> places;
  for (const auto* texts : {&rule.roots, &rule.lock_files, &rule.locks_held})
    for (const AnchoredPattern& pattern : patterns_of(*texts))
      if (auto names = names_below_home(pattern); !names.empty()) places.push_back(names);
  return places;
}

std::string lower(std::string_view text) {
  std::string small;
  for (const char c : text) small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return small;
}

// ---- what the files say ------------------------------------------------------------------------

TEST(MacosRules, AreAllValidAndHaveIdsOfTheirOwn) {
  std::set<std::string> ids;
  for (const ParsedRuleFile& file : testing::macos_rule_files())
    for (const RuleProblem& problem : file.problems) ADD_FAILURE() << problem.to_string();
  const RuleSet& rules = macos_rules();
  for (const Rule& rule : rules.rules()) EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
  for (const Advice& advice : rules.advice()) EXPECT_TRUE(ids.insert(advice.id).second);
  EXPECT_GE(rules.rules().size(), 23u);
}

TEST(MacosRules, SayWhereTheyAreFromAndWhatProvesThem) {
  const RuleSet& rules = macos_rules();
  for (const Rule& rule : rules.rules()) {
    EXPECT_THAT(rule.source, StartsWith("https://")) << rule.id;
    EXPECT_THAT(rule.evidence, StartsWith("homes/macos/")) << rule.id;
  }
  for (const Advice& advice : rules.advice()) EXPECT_THAT(advice.source, StartsWith("https://"));
}

// A Mac takes composed and decomposed names for the same; plain ASCII has no two forms.
TEST(MacosRules, NameNothingThatHasTwoUnicodeForms) {
  for (const Rule& rule : macos_rules().rules())
    for (const auto* texts :
         {&rule.roots, &rule.match, &rule.keep, &rule.lock_files, &rule.locks_held})
      for (const std::string& text : *texts)
        EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                                [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
            << rule.id << ": " << text;
}

// Letter case does not count on a Mac, so it does not here.
bool leads_to(const std::vector<std::string>& place, std::string_view forbidden) {
  const auto names = split_path(forbidden);
  return place.size() >= names.size() &&
         std::equal(names.begin(), names.end(), place.begin(),
                    [](std::string_view name, const std::string& pattern) {
                      return name_matches(lower(pattern), lower(name));
                    });
}

// A stat below these may download a directory, make the system ask its user, or be refused.
TEST(MacosRules, NeverLeadToWhatMustNotEvenBeLookedAt) {
  constexpr std::array<std::string_view, 17> kNotEvenLookedAt{
      "Library/Containers",
      "Library/Group Containers",
      "Library/Mobile Documents",
      "Library/CloudStorage",
      "Library/Keychains",
      "Library/Mail",
      "Library/Messages",
      "Library/Safari",
      "Library/Cookies",
      "Library/Caches/CloudKit",
      "Library/Caches/com.apple.bird",
      "Library/Caches/com.apple.Safari",
      "Library/Caches/FileProvider",
      "Library/Caches/com.apple.HomeKit",
      "Library/Application Support/MobileSync",
      "Library/Application Support/CloudDocs",
      ".Trash"};
  for (const Rule& rule : macos_rules().rules())
    for (const auto& place : places_of(rule))
      for (const std::string_view forbidden : kNotEvenLookedAt)
        EXPECT_FALSE(leads_to(place, forbidden)) << rule.id << " looks into " << forbidden;
  for (const Advice& advice : macos_rules().advice())
    for (const AnchoredPattern& pattern : patterns_of(advice.roots))
      for (std::size_t i = 0; i < 4; ++i)
        EXPECT_FALSE(leads_to(names_below_home(pattern), kNotEvenLookedAt[i])) << advice.id;
}

// PureMac #142: no sweep one level below a directory in which every program keeps something.
TEST(MacosRules, NameTheProgramWhoseDirectoryTheyTake) {
  const std::set<std::string> shared{"Library/Caches", "Library/Application Support"};
  for (const Rule& rule : macos_rules().rules())
    for (const auto& place : places_of(rule))
      if (place.size() > 2 && shared.contains(place[0] + "/" + place[1])) {
        EXPECT_FALSE(has_wildcard(place[2])) << rule.id;
      }
}

TEST(MacosRules, TakeNothingOfAProgramWithoutAskingWhetherItRuns) {
  // Files of many programs, or of none: old, not open, and by name.
  const std::set<std::string> of_many{"app-logs", "crash-reports", "darwin-temp", "darwin-cache",
                                      "saved-application-state"};
  for (const Rule& rule : macos_rules().rules()) {
    const bool old = rule.older_than && *rule.older_than >= std::chrono::days(7);
    EXPECT_TRUE(of_many.contains(rule.id) ? old : !rule.not_running.empty()) << rule.id;
  }
}

// The other tests ask a rule what it waits for, so that one that has lost it would be let off.
TEST(MacosRules, WaitForWhatTheyAreListedToWaitFor) {
  using Waits = std::vector<std::string>;
  const auto waits_of = [](const Rule& rule) {
    Waits waits;
    if (rule.older_than)
      waits.push_back(std::to_string(*rule.older_than / std::chrono::hours(24)) + " d");
    if (!(rule.age_by == AgeBy{})) waits.emplace_back("not by every time");
    if (!rule.not_running.empty()) waits.emplace_back("program");
    if (!rule.lock_files.empty()) waits.emplace_back("lock file");
    if (!rule.locks_held.empty()) waits.emplace_back("held lock");
    return waits;
  };
  std::map<std::string, Waits> all;
  for (const Rule& rule : macos_rules().rules()) all.emplace(rule.id, waits_of(rule));
  const std::map<std::string, Waits> listed{{"app-logs", {"14 d"}},
                                            {"arc-cache", {"program", "lock file"}},
                                            {"brave-cache", {"program", "lock file"}},
                                            {"chrome-cache", {"program", "lock file"}},
                                            {"chromium-cache", {"program", "lock file"}},
                                            {"cocoapods-cache", {"program"}},
                                            {"crash-reports", {"7 d"}},
                                            {"darwin-cache", {"7 d"}},
                                            {"darwin-temp", {"7 d"}},
                                            {"deno-cache", {"program"}},
                                            {"discord-cache", {"program"}},
                                            {"docker-desktop-cache", {"program"}},
                                            {"edge-cache", {"program", "lock file"}},
                                            {"firefox-cache", {"program", "held lock"}},
                                            {"go-build", {"program"}},
                                            {"homebrew-downloads", {"program"}},
                                            {"pip", {"program"}},
                                            {"saved-application-state", {"30 d"}},
                                            {"simulator-caches", {"program"}},
                                            {"slack-cache", {"program"}},
                                            {"swiftpm-cache", {"program"}},
                                            {"vivaldi-cache", {"program", "lock file"}},
                                            {"vscode-cache", {"program"}},
                                            {"xcode-derived-data", {"program"}},
                                            {"xcode-device-support", {"program"}},
                                            {"yarn-cache", {"program"}}};
  EXPECT_THAT(all, ContainerEq(listed));
}

TEST(MacosRules, AdviseOnlyWhatShowsOrWhatTheOwningToolDoes) {
  const std::set<std::string> tools{"brew", "docker", "du",     "for",   "go",
                                    "open", "pnpm",   "tmutil", "xcrun", "qlmanage"};
  for (const Advice& advice : macos_rules().advice()) {
    const std::string& command = advice.command;
    EXPECT_TRUE(tools.contains(command.substr(0, command.find(' ')))) << command;
    EXPECT_FALSE(advice.needs_root) << advice.id;
    if (command == "xcrun simctl delete unavailable") continue;
    for (const char* harm : {"rm ", "sudo", "unlink", "-delete", "delete ", "mv ", " -f", "kill"})
      EXPECT_THAT(command, Not(HasSubstr(harm))) << advice.id;
  }
}

// ---- what they take of a home ------------------------------------------------------------------

const std::map<std::string, HomeManifest>& homes() {
  static const std::map<std::string, HomeManifest> all = [] {
    std::map<std::string, HomeManifest> some;
    for (const auto& file : std::filesystem::directory_iterator(LULL_HOMES_DIR "/macos")) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      auto home = testing::parse_home(text, file.path().stem().string());
      if (!home) throw std::runtime_error(home.error().to_string());
      const std::string name = home->name;
      some.emplace(name, *std::move(home));
    }
    return some;
  }();
  return all;
}

std::set<std::string> listed(const HomeManifest& home, const std::vector<std::string>& lines) {
  std::set<std::string> paths;
  for (const std::string& line : lines) {
    const auto some = home.expand(line);
    if (!some) throw std::runtime_error(some.error().to_string());
    paths.insert(some->begin(), some->end());
  }
  return paths;
}

std::set<std::string> all_listed(const HomeManifest& home) {
  std::set<std::string> paths;
  for (const Claim& claim : home.claims) paths.merge(listed(home, claim.goes));
  return paths;
}

void build(const HomeManifest& manifest, MacosInstallation& home) {
  testing::set_scan_day(home, manifest.oldest());
  testing::build_home(manifest, home);
}

// Held for as long as the descriptor lives.
base::UniqueFd locked(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  if (!fd || ::fcntl(fd.get(), F_SETLK, &lock) != 0)
    throw std::runtime_error("cannot lock " + path);
  return fd;
}

class MacosEvidence : public ::testing::TestWithParam<std::string> {
 protected:
  const HomeManifest& manifest() const { return homes().at(GetParam()); }
};

TEST_P(MacosEvidence, ShowsExactlyWhatGoesAndWhyTheRestOfItStays) {
  MacosInstallation home;
  build(manifest(), home);
  const auto report = home.scan_set(macos_rules());
  EXPECT_EQ(report.error_count, 0u);
  for (const auto& category : report.categories) {
    SCOPED_TRACE(category.id);
    const Claim* claim = manifest().claim(category.id);
    if (claim == nullptr) {
      EXPECT_THAT(goes(home, category), IsEmpty());
      continue;
    }
    EXPECT_THAT(goes(home, category), ContainerEq(listed(manifest(), claim->goes)));
    std::map<std::string, std::string> reasons;
    for (const Claim::Stay& stay : claim->stays) reasons[stay.path] = stay.reason;
    EXPECT_THAT(stays(home, category), ContainerEq(reasons));
  }
}

TEST_P(MacosEvidence, ShowsWhatMustNotBeSoForAnythingToGo) {
  for (const Claim& claim : manifest().claims)
    for (const Circumstance& when : claim.nothing) {
      SCOPED_TRACE(claim.rule + ": " + when.text);
      MacosInstallation home;
      home.request.categories = {claim.rule};
      build(manifest(), home);
      base::UniqueFd lock;
      if (when.kind == Circumstance::Kind::kLocked) lock = locked(home.tree.path(when.name));
      if (when.kind == Circumstance::Kind::kThere) testing::make_entry(when.entry, home);
      home.request.running = [&](const std::vector<std::string>& names) {
        const bool asked = std::find(names.begin(), names.end(), when.name) != names.end();
        return asked ? Running::kYes : Running::kNo;
      };
      EXPECT_THAT(goes(home, category_of(home.scan_set(macos_rules()), claim.rule)), IsEmpty());
    }
}

TEST_P(MacosEvidence, StaysWhileNobodyKnowsWhatIsRunning) {
  MacosInstallation home;
  build(manifest(), home);
  home.request.running = [](const std::vector<std::string>&) { return Running::kUnknown; };
  const auto report = home.scan_set(macos_rules());
  for (const Rule& rule : macos_rules().rules())
    if (!rule.not_running.empty()) {
      EXPECT_THAT(goes(home, category_of(report, rule.id)), IsEmpty()) << rule.id;
    }
}

// As on the day after everything was made.
TEST_P(MacosEvidence, IsTooYoungForEveryRuleThatHasAnAge) {
  MacosInstallation home;
  build(manifest(), home);
  home.request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + std::chrono::hours(24));
  const auto report = home.scan_set(macos_rules());
  for (const Rule& rule : macos_rules().rules())
    if (rule.older_than) {
      EXPECT_THAT(goes(home, category_of(report, rule.id)), IsEmpty()) << rule.id;
    }
}

std::vector<std::string> home_names() {
  std::vector<std::string> names;
  for (const auto& [name, home] : homes()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Of, MacosEvidence, ::testing::ValuesIn(home_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(MacosRules, AllHaveAHomeThatShowsWhatGoesAndWhenNothingDoes) {
  for (const Rule& rule : macos_rules().rules()) {
    SCOPED_TRACE(rule.id);
    const auto home = homes().find(rule.evidence.substr(std::string("homes/macos/").size()));
    ASSERT_NE(home, homes().end()) << rule.evidence;
    const Claim* claim = home->second.claim(rule.id);
    ASSERT_NE(claim, nullptr) << rule.evidence << " says nothing of it";
    EXPECT_THAT(claim->goes, Not(IsEmpty()));
    EXPECT_EQ(claim->nothing.empty(), rule.not_running.empty());
    EXPECT_FALSE(home->second.recorded) << "then README.md has to say so";
  }
  for (const auto& [name, home] : homes())
    for (const Claim& claim : home.claims) EXPECT_NE(macos_rules().find(claim.rule), nullptr);
}

bool any_home_has(const AnchoredPattern& pattern, const std::string& rule) {
  auto names = names_below_home(pattern);
  if (names.empty()) {
    names = pattern.components;
    names.insert(names.begin(), pattern.variable == Variable::kDarwinCache ? "C" : "T");
    names.insert(names.begin(), "tmp");
  } else {
    names.insert(names.begin(), "home");
  }
  return std::any_of(homes().begin(), homes().end(), [&](const auto& home) {
    return home.second.claim(rule) != nullptr &&
           std::any_of(home.second.entries.begin(), home.second.entries.end(),
                       [&](const testing::HomeEntry& entry) {
                         const auto path = split_path(entry.path);
                         return std::equal(names.begin(), names.end(), path.begin(), path.end(),
                                           name_matches);
                       });
  });
}

// Each place that its braces stand for by itself.
TEST(MacosRules, HaveAHomeForEveryRoot) {
  for (const Rule& rule : macos_rules().rules())
    for (const std::string& root : rule.roots)
      for (const AnchoredPattern& place : patterns_of({root}))
        EXPECT_TRUE(any_home_has(place, rule.id))
            << rule.id << ": no home has " << ::testing::PrintToString(names_below_home(place));
}

TEST(MacosRules, TakeNothingThatIsPrecious) {
  const HomeManifest& precious = homes().at("precious");
  EXPECT_THAT(precious.claims, IsEmpty());
  EXPECT_GE(precious.entries.size(), 120u);
  MacosInstallation home;
  build(precious, home);
  EXPECT_THAT(home.all_that_goes(), IsEmpty());
}

TEST(MacosRules, TakeOfAllHomesInOneWhatTheyTakeOfEach) {
  MacosInstallation home;
  int oldest = 0;
  for (const auto& [name, manifest] : homes()) oldest = std::max(oldest, manifest.oldest());
  testing::set_scan_day(home, oldest);
  std::set<std::string> expected;
  for (const auto& [name, manifest] : homes()) {
    testing::build_home(manifest, home);
    expected.merge(all_listed(manifest));
  }
  EXPECT_THAT(home.all_that_goes(), ContainerEq(expected));
}

}  // namespace
}  // namespace lull::scan
