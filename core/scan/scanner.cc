// SPDX-License-Identifier: MIT
#include "core/scan/scanner.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/scan/advice_scan.h"
#include "core/scan/category_scan.h"
#include "core/scan/desktop_entry.h"
#include "core/scan/dir_reader.h"
#include "core/scan/error_list.h"
#include "core/scan/open_files.h"
#include "core/scan/path_guard.h"
#include "core/scan/root_overlap.h"
#include "core/scan/rule_roots.h"
#include "core/scan/trash_scan.h"
#include "core/scan/variables.h"
#include "core/scan/walk_width.h"

namespace lull::scan {
namespace {

base::Result<std::vector<const Rule*>> select_rules(const RuleSet& rules,
                                                    const std::vector<std::string>& categories) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : rules.rules()) ids.push_back(rule.id);
  for (const std::string& id : categories) {
    if (rules.find(id) != nullptr) continue;
    const std::string_view nearest = base::nearest_word(id, ids);
    std::string message = "unknown category '" + base::percent_escape_path(id) + "'; ";
    message += nearest.empty() ? "`lull rules` lists them"
                               : "did you mean '" + std::string(nearest) + "'?";
    return base::fail(base::ErrorCode::kInvalidArgument, std::move(message));
  }
  // In the order of the table, whatever the order of the request.
  std::vector<const Rule*> selected;
  for (const Rule& rule : rules.rules())
    if (categories.empty() ||
        std::find(categories.begin(), categories.end(), rule.id) != categories.end())
      selected.push_back(&rule);
  return selected;
}

LetterCase letter_case_of(const ScanRequest& request) {
  return request.letter_case.value_or(letter_case_of_volumes());
}

class Scan {
 public:
  Scan(const ScanRequest& request, const WalkOptions& options, PathGuard keep, Variables variables)
      : request_(request),
        variables_(std::move(variables)),
        options_(with_mounts(options, variables_)),
        never_(never_guard(variables_, request.directories, letter_case_of(request))),
        keep_(std::move(keep)) {}

  model::ScanReport run(const std::vector<const Rule*>& rules, const std::vector<Advice>& advice) {
    const base::SteadyTime begun = base::system_clock().now();
    enter("scanning");
    const FirstLook look = look_for_roots(rules);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (options_.cancel.cancelled()) report_.partial = true;
      if (report_.partial) break;
      if (look.anything[i])
        scan_rule(*rules[i], look.overlaps[i]);
      else
        add(*rules[i], {});
    }
    if (request_.advice && !report_.partial) {
      enter("sizing advice");
      report_.advice = find_advice(advice, variables_, request_.directories.program_path, options_);
    }
    report_.error_count = errors_.count();
    report_.errors = errors_.take_sorted();
    report_.as_of = request_.now;
    report_.elapsed = base::system_clock().now() - begun;
    return std::move(report_);
  }

 private:
  struct FirstLook {
    std::vector<bool> anything;  // has the rule a root now, or something to say about one?
    std::vector<bool> overlaps;  // see find_overlaps()
  };

  // Few of the applications with a rule are on any one machine: only their roots are looked at
  // again, with their guards, when it is their turn.
  FirstLook look_for_roots(const std::vector<const Rule*>& rules) const {
    FirstLook look;
    std::vector<RootIdentity> all;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      ErrorList again;  // the same errors are met, and listed, by the scan itself
      const RuleRoots found =
          open_rule_roots(*rules[i], variables_, never_, request_.owner, nullptr, again);
      look.anything.push_back(!found.roots.empty() || !found.refused.empty() || again.count() > 0);
      add_identities(found.roots, i, all);
    }
    look.overlaps = find_overlaps(all, rules.size());
    return look;
  }

  void scan_rule(const Rule& rule, bool overlaps) {
    RuleRoots found = open_rule_roots(rule, variables_, never_, request_.owner, &probes_, errors_);
    std::vector<std::string> places;
    if (request_.items)
      for (const RuleRoot& root : found.roots) places.push_back(root.path);
    CategoryResult result;
    if (!found.roots.empty()) result = scan_roots(rule, std::move(found.roots), overlaps);
    for (const RefusedRoot& refused : found.refused) {
      const std::string reason = "refused: " + refused.reason;
      result.skip(reason, 0);
      if (request_.items) result.entries.push_back({refused.path, 0, reason, true});
    }
    add(rule, std::move(result));
    report_.categories.back().roots = std::move(places);
  }

  CategoryResult scan_roots(const Rule& rule, std::vector<RuleRoot> roots, bool overlaps) {
    const std::optional<OpenFiles>& open_files = this->open_files();
    CategoryContext context{.rule = rule,
                            .owner = request_.owner,
                            .now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          request_.now.time_since_epoch())
                                          .count(),
                            .items = request_.items,
                            .record_claims = overlaps,
                            .running = running_words(rule, request_.running),
                            .never = never_,
                            .keep = keep_,
                            .open_files = open_files ? &*open_files : nullptr,
                            // Else asking would cost a cache miss for every file.
                            .claimed = overlaps ? claimed_ : kNothing,
                            .programs = {}};
    if (rule.only == Only::kBrokenDesktopFiles)
      context.programs = program_directories(request_.directories.home);
    if (!overlaps && !rule.not_in_git_index) return scan_pass(context, std::move(roots));
    // Roots of one rule may lie in each other: one after the other, so that none counts twice.
    CategoryResult result;
    for (RuleRoot& root : roots) result.absorb(scan_one(context, std::move(root)));
    return result;
  }

  CategoryResult scan_one(const CategoryContext& context, RuleRoot root) {
    std::vector<RuleRoot> one, again;
    if (context.rule.not_in_git_index) again.push_back(opened_again(root));
    one.push_back(std::move(root));
    CategoryResult result = judge_roots(context, std::move(one));
    if (result.has_repository && !again.empty()) {
      again.front().stays = Fate::kRepository;
      result = judge_roots(context, std::move(again));
    }
    claim(result);
    return result;
  }

  static RuleRoot opened_again(const RuleRoot& root) {
    OpenManner manner;
    return {base::UniqueFd(open_directory_at(root.directory.get(), ".", manner)),
            root.path,
            root.spelled,
            root.device,
            root.inode,
            root.stays,
            root.files_only,
            root.tagged,
            root.locked};
  }

  CategoryResult scan_pass(const CategoryContext& context, std::vector<RuleRoot> roots) {
    CategoryResult result = judge_roots(context, std::move(roots));
    claim(result);
    return result;
  }

  CategoryResult judge_roots(const CategoryContext& context, std::vector<RuleRoot> roots) {
    WalkOptions options = options_;
    for (const RuleRoot& root : roots)
      options = narrowed_for(root.path, variables_.real_home(), options);
    return is_about_trash(context.rule)
               ? scan_trash(context, std::move(roots), options, errors_)
               : scan_category(context, std::move(roots), options, errors_);
  }

  void claim(CategoryResult& result) { claimed_.insert(std::exchange(result.claims, {})); }

  void enter(const char* stage) const {
    if (options_.progress != nullptr) options_.progress->enter(stage);
  }

  const std::optional<HeldLocks>& held_locks() {
    if (!std::exchange(asked_locks_, true)) held_locks_ = find_held_locks({});
    return held_locks_;
  }

  const std::optional<OpenFiles>& open_files() {
    if (std::exchange(asked_open_files_, true)) return open_files_;
    enter("looking for open files");
    open_files_ = request_.open_files ? request_.open_files() : find_open_files({}, options_);
    enter("scanning");
    return open_files_;
  }

  void add(const Rule& rule, CategoryResult result) {
    model::CategoryReport category;
    category.id = rule.id;
    category.title = rule.title;
    category.tier = rule.tier;
    category.items = result.items;
    category.reclaimable_bytes = result.bytes;
    for (auto& [reason, sum] : result.skipped) {
      sum.reason = reason;
      category.skipped.push_back(std::move(sum));
    }
    category.entries = std::move(result.entries);
    std::sort(category.entries.begin(), category.entries.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    report_.total_reclaimable_bytes += result.bytes;
    report_.files_seen += result.files_seen;
    report_.directories_seen += result.directories_seen;
    if (!result.complete) report_.partial = true;
    report_.categories.push_back(std::move(category));
  }

  static WalkOptions with_mounts(WalkOptions options, const Variables& variables) {
    options.mounts = &variables.mounts();
    return options;
  }

  const ScanRequest& request_;
  const Variables variables_;
  const WalkOptions options_;
  const WalkOptions temporary_options_ =
      narrowed_for("/", variables_.real_home(), options_);  // their locks
  const PathGuard never_, keep_;
  const RootProbes probes_{request_.flatpak_running,
                           [this]() -> const std::optional<HeldLocks>& { return held_locks(); },
                           &temporary_options_, &searched_};
  bool asked_locks_ = false, asked_open_files_ = false;
  std::optional<HeldLocks> held_locks_;
  std::map<FileKey, std::optional<LockedNames>> searched_;
  std::optional<OpenFiles> open_files_;
  FileKeySet claimed_;
  static inline const FileKeySet kNothing;
  ErrorList errors_;
  model::ScanReport report_;
};

}  // namespace

std::string running_words(const Rule& rule, const RunningProbe& running) {
  if (rule.not_running.empty()) return {};
  const Running all = running ? running(rule.not_running) : Running::kUnknown;
  if (all == Running::kNo) return {};
  if (all == Running::kUnknown)
    return "cannot tell whether " + rule.not_running.front() + " is running";
  for (const std::string& name : rule.not_running)
    if (running({name}) == Running::kYes) return name + " is running";
  return rule.not_running.front() + " is running";
}

base::Result<model::ScanReport> scan(const RuleSet& rules, const ScanRequest& request,
                                     const WalkOptions& options) {
  const auto selected = select_rules(rules, request.categories);
  if (!selected) return tl::unexpected(selected.error());
  Variables variables(request.directories, request.places, request.owner);
  auto keep = keep_guard(request.keep, variables, letter_case_of(request));
  if (!keep) return tl::unexpected(std::move(keep).error());
  return Scan(request, options, *std::move(keep), std::move(variables))
      .run(*selected, rules.advice());
}

}  // namespace lull::scan
