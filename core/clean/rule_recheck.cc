// SPDX-License-Identifier: MIT
#include "core/clean/rule_recheck.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/path_text.h"
#include "core/clean/beneath.h"
#include "core/scan/category_scan.h"
#include "core/scan/judge.h"

namespace lull::clean {
namespace {

using scan::PathGuard;
using scan::Rule;
using scan::RuleRoot;

std::int64_t nanoseconds(base::WallTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

// Why `path`, or anything above it, is on the list; null if it is not.
const std::string* listed_in(const PathGuard& guard, const std::string& path, bool directory) {
  const std::string above = path.substr(0, path.rfind('/'));
  if (const std::string* why = guard.cover(above)) return why;
  return guard.match(guard.enter(above), name_of(path), directory);
}

}  // namespace

struct RuleRecheck::Moment {
  base::SteadyTime asked_at{};
  std::string stays;  // why all of it does
  struct Root {
    std::string spelled;
    std::string stays;
    std::map<std::string, std::string, std::less<>> locked;  // why a name in it stays
  };
  std::map<std::string, Root> roots;  // by path
};

base::Result<std::unique_ptr<RuleRecheck>> RuleRecheck::make(RecheckSource source,
                                                             const base::Clock& clock) {
  scan::Variables variables(source.directories, source.places, source.owner);
  auto keep = scan::keep_guard(source.keep, variables,
                               source.letter_case.value_or(scan::letter_case_of_volumes()));
  if (!keep) return tl::unexpected(std::move(keep).error());
  return std::unique_ptr<RuleRecheck>(
      new RuleRecheck(std::move(source), std::move(variables), *std::move(keep), clock));
}

RuleRecheck::RuleRecheck(RecheckSource source, scan::Variables variables, PathGuard keep,
                         const base::Clock& clock)
    : source_(std::move(source)),
      clock_(clock),
      variables_(std::move(variables)),
      never_(scan::never_guard(variables_, source_.directories,
                               source_.letter_case.value_or(scan::letter_case_of_volumes()))),
      keep_(std::move(keep)) {}

std::string RuleRecheck::operator()(const PlanItem& item, const struct stat& status) {
  const Rule* rule = source_.rules.find(item.rule);
  if (rule == nullptr) return "its rule is not there any more";
  const auto moment = moment_of(*rule);
  if (!moment->stays.empty()) return moment->stays;
  const auto root = moment->roots.find(item.root);
  if (root == moment->roots.end()) return "its rule does not look there any more";
  if (!root->second.stays.empty()) return root->second.stays;
  const std::string below = item.path.substr(std::min(item.root.size() + 1, item.path.size()));
  if (const auto locked = root->second.locked.find(below.substr(0, below.find('/')));
      locked != root->second.locked.end())
    return locked->second;
  if (std::string why = listed(item, root->second.spelled); !why.empty()) return why;
  // What is in a directory is compared with the moment of the scan, by times that only grow.
  if (item.directory || !rule->older_than) return {};
  const scan::FileKeySet nothing;
  const scan::CategoryContext context{.rule = *rule,
                                      .running = {},
                                      .never = never_,
                                      .keep = keep_,
                                      .claimed = nothing,
                                      .programs = {}};
  const std::int64_t youngest = scan::Judge(context, {}).youngest_of(status);
  const std::int64_t allowed = nanoseconds(clock_.wall_now()) - rule->older_than->count();
  return youngest > allowed ? "it has been used since the scan" : "";
}

std::string RuleRecheck::listed(const PlanItem& item, const std::string& spelled) const {
  const std::string other = spelled + item.path.substr(item.root.size());
  for (const std::string* path : {&item.path, &other}) {
    if (listed_in(never_, *path, item.directory) != nullptr) return "never touched";
    if (listed_in(keep_, *path, item.directory) != nullptr) return "on your keep list";
  }
  return {};
}

// Whoever comes while another task asks waits for its answer: both want the newest.
std::shared_ptr<const RuleRecheck::Moment> RuleRecheck::moment_of(const Rule& rule) {
  const std::lock_guard lock(mutex_);
  auto& moment = moments_[rule.id];
  if (!moment || clock_.now() - moment->asked_at > kFresh) moment = ask(rule);
  return moment;
}

std::shared_ptr<const RuleRecheck::Moment> RuleRecheck::ask(const Rule& rule) const {
  auto moment = std::make_shared<Moment>();
  moment->asked_at = clock_.now();
  const RuleProbes& make = source_.probes;
  moment->stays = scan::running_words(rule, make.running ? make.running() : scan::RunningProbe());
  std::optional<scan::HeldLocks> locks;
  if (make.held_locks) locks = make.held_locks();
  scan::WalkOptions alone;  // others wait for the answer: none of their tasks is taken meanwhile
  alone.width = 1;
  const scan::RootProbes probes{
      make.flatpak_running ? make.flatpak_running()
                           : std::function<scan::Running(const std::string&)>(),
      [&locks]() -> const std::optional<scan::HeldLocks>& { return locks; }, &alone};
  scan::ErrorList unread;
  const scan::RuleRoots found =
      scan::open_rule_roots(rule, variables_, never_, source_.owner, &probes, unread);
  const scan::FileKeySet nothing;
  const scan::CategoryContext context{.rule = rule,
                                      .running = moment->stays,
                                      .never = never_,
                                      .keep = keep_,
                                      .claimed = nothing,
                                      .programs = {}};
  const scan::Judge judge(context, {});
  for (const RuleRoot& root : found.roots) {
    Moment::Root& known = moment->roots[root.path] = {root.spelled, judge.words(root.stays), {}};
    for (const auto& [name, fate] : root.locked) known.locked[name] = judge.words(fate);
  }
  for (const scan::RefusedRoot& refused : found.refused)
    moment->roots[refused.path] = {refused.path, "refused: " + refused.reason, {}};
  return moment;
}

}  // namespace lull::clean
