// SPDX-License-Identifier: MIT
#include "core/scan/scanner.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/scan/category_scan.h"
#include "core/scan/error_list.h"
#include "core/scan/open_files.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_roots.h"
#include "core/scan/trash_scan.h"
#include "core/scan/variables.h"

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

// What tells whether one root lies in another, even through a mount.
struct RootIdentity {
  std::pair<dev_t, ino_t> key;
  std::vector<std::pair<dev_t, ino_t>> above;
};

bool any_overlap(const std::vector<RootIdentity>& roots) {
  std::set<std::pair<dev_t, ino_t>> keys;
  for (const RootIdentity& root : roots)
    if (!keys.insert(root.key).second) return true;
  return std::any_of(roots.begin(), roots.end(), [&](const RootIdentity& root) {
    return std::any_of(root.above.begin(), root.above.end(),
                       [&](const auto& above) { return keys.contains(above); });
  });
}

std::vector<RootIdentity> identities_of(const std::vector<RuleRoot>& roots) {
  std::vector<RootIdentity> identities;
  for (const RuleRoot& root : roots)
    identities.push_back({{root.device, root.inode}, ancestors_of(root.path)});
  return identities;
}

// "firefox is running", or empty.
std::string running_words(const Rule& rule, const ScanRequest& request) {
  if (rule.not_running.empty()) return {};
  const Running all = request.running ? request.running(rule.not_running) : Running::kUnknown;
  if (all == Running::kNo) return {};
  if (all == Running::kUnknown)
    return "cannot tell whether " + rule.not_running.front() + " is running";
  for (const std::string& name : rule.not_running)
    if (request.running({name}) == Running::kYes) return name + " is running";
  return rule.not_running.front() + " is running";
}

class Scan {
 public:
  Scan(const ScanRequest& request, const WalkOptions& options, PathGuard keep, Variables variables)
      : request_(request),
        options_(options),
        variables_(std::move(variables)),
        never_(never_guard(variables_, request.directories)),
        keep_(std::move(keep)) {}

  model::ScanReport run(const std::vector<const Rule*>& rules) {
    const base::SteadyTime begun = base::system_clock().now();
    if (options_.progress != nullptr) options_.progress->enter("scanning");
    overlapping_ = rules_overlap(rules);
    for (const Rule* rule : rules) {
      if (options_.cancel.cancelled()) report_.partial = true;
      if (report_.partial) break;
      scan_rule(*rule);
    }
    report_.error_count = errors_.count();
    report_.errors = errors_.take_sorted();
    report_.as_of = request_.now;
    report_.elapsed = base::system_clock().now() - begun;
    return std::move(report_);
  }

 private:
  bool rules_overlap(const std::vector<const Rule*>& rules) const {
    ErrorList again;  // the same errors are met, and listed, by the scan itself
    std::vector<RootIdentity> all;
    for (const Rule* rule : rules) {
      const RuleRoots found = open_rule_roots(*rule, variables_, never_, request_.owner, again);
      auto identities = identities_of(found.roots);
      std::move(identities.begin(), identities.end(), std::back_inserter(all));
    }
    return any_overlap(all);
  }

  void scan_rule(const Rule& rule) {
    RuleRoots found = open_rule_roots(rule, variables_, never_, request_.owner, errors_);
    CategoryResult result;
    if (!found.roots.empty()) result = scan_roots(rule, std::move(found.roots));
    for (const RefusedRoot& refused : found.refused) {
      const std::string reason = "refused: " + refused.reason;
      result.skip(reason, 0);
      if (request_.items) result.entries.push_back({refused.path, 0, reason, true});
    }
    add(rule, std::move(result));
  }

  CategoryResult scan_roots(const Rule& rule, std::vector<RuleRoot> roots) {
    if (!open_files_) open_files_ = find_open_files({});
    const CategoryContext context{.rule = rule,
                                  .owner = request_.owner,
                                  .now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                                request_.now.time_since_epoch())
                                                .count(),
                                  .items = request_.items,
                                  .record_claims = overlapping_,
                                  .running = running_words(rule, request_),
                                  .never = never_,
                                  .keep = keep_,
                                  .open_files = *open_files_,
                                  .claimed = claimed_};
    if (!overlapping_ || !any_overlap(identities_of(roots)))
      return scan_pass(context, std::move(roots));
    // Roots of one rule that lie in each other: one after the other, so that none counts twice.
    CategoryResult result;
    for (RuleRoot& root : roots) {
      std::vector<RuleRoot> one;
      one.push_back(std::move(root));
      result.absorb(scan_pass(context, std::move(one)));
    }
    return result;
  }

  CategoryResult scan_pass(const CategoryContext& context, std::vector<RuleRoot> roots) {
    CategoryResult result = context.rule.by_deletion_date
                                ? scan_trash(context, std::move(roots), options_, errors_)
                                : scan_category(context, std::move(roots), options_, errors_);
    for (const FileKey& key : std::exchange(result.claims, {})) claimed_.insert(key);
    return result;
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

  const ScanRequest& request_;
  const WalkOptions& options_;
  const Variables variables_;
  const PathGuard never_, keep_;
  bool overlapping_ = false;
  std::optional<OpenFiles> open_files_;
  FileKeySet claimed_;
  ErrorList errors_;
  model::ScanReport report_;
};

}  // namespace

base::Result<model::ScanReport> scan(const RuleSet& rules, const ScanRequest& request,
                                     const WalkOptions& options) {
  const auto selected = select_rules(rules, request.categories);
  if (!selected) return tl::unexpected(selected.error());
  Variables variables(request.directories, request.places, request.owner);
  auto keep = keep_guard(request.keep, variables);
  if (!keep) return tl::unexpected(std::move(keep).error());
  return Scan(request, options, *std::move(keep), std::move(variables)).run(*selected);
}

}  // namespace lull::scan
