// SPDX-License-Identifier: MIT
// Every built-in rule on the homes that its program, really installed and run, has left: exactly
// what goes, exactly what stays, and what must be so for nothing to go.
#include <algorithm>
#include <cstdlib>
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
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/glob.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/rules.h"
#include "tests/core/scan/home_manifest.h"
#include "tests/core/scan/installation.h"

namespace lull::scan {
namespace {

using testing::category_of;
using testing::Circumstance;
using testing::Claim;
using ::testing::ContainerEq;
using testing::HomeEntry;
using testing::HomeManifest;
using testing::Installation;
using ::testing::IsEmpty;
using ::testing::Not;

using Paths = std::set<std::string>;
using Reasons = std::map<std::string, std::string>;

const std::vector<HomeManifest>& homes() {
  static const std::vector<HomeManifest> all = testing::all_homes();
  return all;
}

const HomeManifest* home_called(const std::string& name) {
  const auto found = std::find_if(homes().begin(), homes().end(),
                                  [&](const HomeManifest& home) { return home.name == name; });
  return found == homes().end() ? nullptr : &*found;
}

const RuleSet& rules() {
  static const auto all = builtin_rules();
  if (!all) throw std::runtime_error(all.error().to_string());
  return *all;
}

std::vector<std::string> expanded(const HomeManifest& home, const std::string& line) {
  auto paths = home.expand(line);
  if (!paths) throw std::runtime_error(paths.error().to_string());
  return *std::move(paths);
}

Paths expected_to_go(const HomeManifest& home, const Claim& claim) {
  Paths paths;
  for (const std::string& line : claim.goes)
    for (const std::string& path : expanded(home, line)) paths.insert(path);
  return paths;
}

// Those that the report has to mention, and those that it must not.
Reasons expected_to_stay(const HomeManifest& home, const Claim& claim, Paths& unmentioned) {
  Reasons reasons;
  for (const Claim::Stay& stay : claim.stays)
    for (const std::string& path : expanded(home, stay.path)) {
      const bool is_directory = home.entry(path)->kind == HomeEntry::Kind::kDirectory;
      if (stay.reason == "-")
        unmentioned.insert(path);
      else if (path == stay.path || !is_directory)  // for a directory, what is in it is mentioned
        reasons[path] = stay.reason;
    }
  return reasons;
}

Paths all_that_goes(const Installation& home, const model::ScanReport& report) {
  Paths all;
  for (const auto& category : report.categories) all.merge(testing::goes(home, category));
  return all;
}

void build(const HomeManifest& manifest, Installation& home) {
  testing::set_scan_day(home, manifest.oldest());
  home.request.flatpak_running = [](const std::string&) { return Running::kNo; };
  testing::build_home(manifest, home);
}

// Another process that holds a lock on a file for as long as this lives.
class LockHolder {
 public:
  explicit LockHolder(const std::string& path) {
    int ready[2], done[2];
    if (::pipe(ready) != 0 || ::pipe(done) != 0) throw std::runtime_error("no pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::close(done[1]);
      hold(path, ready[1], done[0]);
    }
    ::close(ready[1]);
    ::close(done[0]);
    done_.reset(done[1]);
    char byte = 'n';
    const bool held = ::read(ready[0], &byte, 1) == 1 && byte == 'y';
    ::close(ready[0]);
    if (!held) throw std::runtime_error("cannot lock " + path);
  }
  ~LockHolder() {
    done_.reset();
    ::waitpid(child_, nullptr, 0);
  }
  LockHolder(const LockHolder&) = delete;
  LockHolder& operator=(const LockHolder&) = delete;

 private:
  [[noreturn]] static void hold(const std::string& path, int ready, int done) {
    const int fd = ::open(path.c_str(), O_RDWR);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    const char held = fd >= 0 && ::fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    char byte = 0;
    if (::write(ready, &held, 1) == 1) (void)!::read(done, &byte, 1);
    ::_exit(0);
  }

  pid_t child_ = -1;
  base::UniqueFd done_;
};

class Evidence : public ::testing::TestWithParam<std::string> {
 protected:
  Evidence() { build(manifest_, home_); }

  Paths gone(const std::string& rule) {
    report_ = home_.scan({rule});
    return testing::goes(home_, category_of(report_, rule));
  }
  // The rest goes as ever, and there must be something of which it is true that it does not.
  Paths expected_to_go_when(const Circumstance& when, const Claim& claim) const {
    if (when.below.empty()) return {};
    Paths paths = expected_to_go(manifest_, claim);
    const std::size_t spared = std::erase_if(
        paths, [&](const std::string& path) { return path.starts_with(when.below + "/"); });
    EXPECT_GT(spared, 0u);
    return paths;
  }
  Paths gone_when(const Circumstance& when, const std::string& rule);

  const HomeManifest& manifest_ = *home_called(GetParam());
  Installation home_;
  model::ScanReport report_;
};

Paths Evidence::gone_when(const Circumstance& when, const std::string& rule) {
  ScanRequest& request = home_.request;
  const ScanRequest calm = request;
  std::optional<LockHolder> lock;
  std::string added;
  switch (when.kind) {
    case Circumstance::Kind::kRuns:
      request.running = [&](const std::vector<std::string>& names) {
        const bool asked = std::find(names.begin(), names.end(), when.name) != names.end();
        return asked ? Running::kYes : Running::kNo;
      };
      break;
    case Circumstance::Kind::kRunsFlatpak:
      request.flatpak_running = [&](const std::string& id) {
        return id == when.name ? Running::kYes : Running::kNo;
      };
      break;
    case Circumstance::Kind::kLocked:
      lock.emplace(home_.tree.path(when.name));
      break;
    case Circumstance::Kind::kThere:
      testing::make_entry(when.entry, home_);
      added = home_.tree.path(when.entry.path);
      break;
  }
  Paths paths = gone(rule);
  request = calm;
  if (!added.empty()) std::filesystem::remove(added);
  return paths;
}

TEST_P(Evidence, TakesExactlyWhatIsListedAndLeavesTheRest) {
  for (const Claim& claim : manifest_.claims) {
    SCOPED_TRACE(claim.rule);
    const Paths taken = gone(claim.rule);
    EXPECT_THAT(taken, ContainerEq(expected_to_go(manifest_, claim)));
    Paths unmentioned;
    EXPECT_THAT(testing::stays(home_, category_of(report_, claim.rule)),
                ContainerEq(expected_to_stay(manifest_, claim, unmentioned)));
    for (const std::string& path : unmentioned) EXPECT_FALSE(taken.contains(path)) << path;
    EXPECT_EQ(report_.error_count, 0u);
  }
}

TEST_P(Evidence, TakesNothingUnderEachCircumstanceThatForbidsIt) {
  for (const Claim& claim : manifest_.claims)
    for (const Circumstance& when : claim.nothing) {
      SCOPED_TRACE(claim.rule + ": " + when.text);
      EXPECT_THAT(gone_when(when, claim.rule), ContainerEq(expected_to_go_when(when, claim)));
    }
}

TEST_P(Evidence, TakesNothingThatIsNotListedWhenAllRulesScanTogether) {
  Paths expected;
  for (const Claim& claim : manifest_.claims) expected.merge(expected_to_go(manifest_, claim));
  EXPECT_THAT(all_that_goes(home_, home_.scan({})), ContainerEq(expected));
}

TEST_P(Evidence, StaysWhileNobodyKnowsWhatIsRunning) {
  home_.request.running = [](const std::vector<std::string>&) { return Running::kUnknown; };
  const auto report = home_.scan({});
  for (const Rule& rule : rules().rules())
    if (!rule.not_running.empty()) {
      EXPECT_THAT(testing::goes(home_, category_of(report, rule.id)), IsEmpty()) << rule.id;
    }
}

// As an hour after everything was made: whatever a file says of when it was written, it has not
// been here for longer.
TEST_P(Evidence, IsTooYoungForEveryRuleThatHasAnAge) {
  home_.request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + std::chrono::hours(1));
  const auto report = home_.scan({});
  for (const Rule& rule : rules().rules())
    if (rule.older_than) {
      EXPECT_THAT(testing::goes(home_, category_of(report, rule.id)), IsEmpty()) << rule.id;
    }
}

std::vector<std::string> home_names() {
  std::vector<std::string> names;
  for (const HomeManifest& home : homes()) names.push_back(home.name);
  return names;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(OfHome, Evidence, ::testing::ValuesIn(home_names()), test_name);

TEST(EvidenceOfRules, EveryRuleHasAHomeWithSomethingThatGoesAndSomethingThatStays) {
  for (const Rule& rule : rules().rules()) {
    SCOPED_TRACE(rule.id);
    const std::string prefix = "homes/";
    ASSERT_TRUE(rule.evidence.starts_with(prefix)) << "'" << rule.evidence << "'";
    const HomeManifest* home = home_called(rule.evidence.substr(prefix.size()));
    ASSERT_NE(home, nullptr) << rule.evidence;
    const Claim* claim = home->claim(rule.id);
    ASSERT_NE(claim, nullptr) << rule.evidence << " says nothing of it";
    EXPECT_THAT(claim->goes, Not(IsEmpty()));
    EXPECT_THAT(claim->stays, Not(IsEmpty()));
    const bool has_guard =
        !rule.not_running.empty() || !rule.lock_files.empty() || !rule.locks_held.empty();
    EXPECT_TRUE(!has_guard || !claim->nothing.empty()) << "when does nothing of it go?";
  }
}

// What is made in a moment and never read again has neither.
TEST(EvidenceOfRules, EveryRuleWaitsForAnAgeOrForAProgramToEnd) {
  Paths waits_for_nothing;
  for (const Rule& rule : rules().rules())
    if (!rule.older_than && rule.not_running.empty()) waits_for_nothing.insert(rule.id);
  EXPECT_THAT(waits_for_nothing, ContainerEq(Paths{"failed-thumbnails"}));
}

TEST(EvidenceOfRules, EveryClaimIsAboutARuleThatExists) {
  const RuleSet& all = rules();
  for (const HomeManifest& home : homes())
    for (const Claim& claim : home.claims)
      EXPECT_NE(all.find(claim.rule), nullptr) << home.name << " " << claim.rule;
}

// Where a pattern leads in these homes: "$CACHE/pip" to home/.cache/pip.
std::string glob_in_homes(const AnchoredPattern& pattern) {
  auto names = names_below_home(pattern);
  std::string glob = "home";
  if (pattern.variable == Variable::kTemp) glob = "tmp";
  if (pattern.variable == Variable::kVarTemp) glob = "vartmp";
  if (pattern.variable == Variable::kVolumes) glob = "volumes/*";
  if (glob != "home") names = pattern.components;
  for (const std::string& name : names) glob += "/" + name;
  if (const std::size_t at = glob.find(kUidWord); at != std::string::npos)
    glob.replace(at, kUidWord.size(), std::to_string(::geteuid()));
  return glob;
}

bool leads_to(const std::string& glob, const std::string& path) {
  const auto patterns = split_path(glob), names = split_path(path);
  return std::equal(patterns.begin(), patterns.end(), names.begin(), names.end(), name_matches);
}

bool any_home_has(const std::string& glob, const std::string& rule) {
  return std::any_of(homes().begin(), homes().end(), [&](const HomeManifest& home) {
    return home.claim(rule) != nullptr &&
           std::any_of(home.entries.begin(), home.entries.end(),
                       [&](const HomeEntry& entry) { return leads_to(glob, entry.path); });
  });
}

// Each place that its braces stand for by itself.
TEST(EvidenceOfRules, EveryRootOfEveryRuleIsInAHomeThatSaysSomethingOfTheRule) {
  for (const Rule& rule : rules().rules())
    for (const std::string& root : rule.roots) {
      const auto patterns = parse_anchored(root, Width::kAny);
      ASSERT_TRUE(patterns) << root;
      for (const AnchoredPattern& pattern : *patterns) {
        const std::string glob = glob_in_homes(pattern);
        EXPECT_TRUE(any_home_has(glob, rule.id)) << rule.id << ": no home has " << glob;
      }
    }
}

TEST(EvidenceOfRules, NothingPreciousIsTakenByAnyRule) {
  const HomeManifest* precious = home_called("precious");
  ASSERT_NE(precious, nullptr);
  EXPECT_THAT(precious->claims, IsEmpty());
  Installation home;
  build(*precious, home);
  const auto report = home.scan({});
  EXPECT_EQ(report.total_reclaimable_bytes, 0u);
  for (const auto& category : report.categories)
    EXPECT_THAT(testing::goes(home, category), IsEmpty()) << category.id;
}

TEST(EvidenceOfRules, AllHomesInOneGiveWhatEachGaveAlone) {
  // The precious one last: where it has a link, others have the directory it is a link instead of.
  std::vector<const HomeManifest*> order;
  for (const HomeManifest& manifest : homes()) order.push_back(&manifest);
  std::stable_partition(order.begin(), order.end(),
                        [](const HomeManifest* one) { return one->name != "precious"; });
  Installation home;
  int oldest = 0;
  for (const HomeManifest* manifest : order) oldest = std::max(oldest, manifest->oldest());
  testing::set_scan_day(home, oldest);
  home.request.flatpak_running = [](const std::string&) { return Running::kNo; };
  Paths expected;
  for (const HomeManifest* manifest : order) {
    testing::build_home(*manifest, home);
    for (const Claim& claim : manifest->claims) expected.merge(expected_to_go(*manifest, claim));
  }
  const auto report = home.scan({});
  EXPECT_THAT(all_that_goes(home, report), ContainerEq(expected));
  EXPECT_EQ(report.error_count, 0u);
}

// ---- the list of rules for people ---------------------------------------------------------------

std::string table_of(const RuleSet& all) {
  std::ostringstream table;
  table << "| rule | what | tier | evidence | made by |\n|---|---|---|---|---|\n";
  for (const Rule& rule : all.rules()) {
    const std::string name = rule.evidence.substr(std::string("homes/").size());
    const HomeManifest* home = home_called(name);
    table << "| `" << rule.id << "` | " << rule.title << " | " << tier_name(rule.tier) << " | "
          << name << " | "
          << (home == nullptr ? "nothing"
                              : (home->recorded ? "running " : "reading ") + home->origin)
          << " |\n";
  }
  table << "\n| advice | what | command |\n|---|---|---|\n";
  for (const Advice& advice : all.advice()) {
    std::string command = advice.command;
    for (std::size_t at = command.find('|'); at != std::string::npos;
         at = command.find('|', at + 2))
      command.insert(at, "\\");
    table << "| `" << advice.id << "` | " << advice.title << " | `" << command << "` |\n";
  }
  return table.str();
}

TEST(EvidenceOfRules, TheReadmeListsTheRulesAsTheyAre) {
  constexpr std::string_view kBegin = "<!-- rules -->\n", kEnd = "<!-- end -->";
  std::ifstream stream(LULL_RULES_README, std::ios::binary);
  std::stringstream read;
  read << stream.rdbuf();
  std::string text = read.str();
  const std::size_t begin = text.find(kBegin), end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::string listed = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
  const std::string table = table_of(rules());
  if (std::getenv("LULL_UPDATE_GOLDEN") != nullptr) {
    text.replace(begin + kBegin.size(), listed.size(), table);
    std::ofstream(LULL_RULES_README, std::ios::binary) << text;
  }
  EXPECT_EQ(listed, table) << "LULL_UPDATE_GOLDEN=1 writes the table anew";
}

}  // namespace
}  // namespace lull::scan
