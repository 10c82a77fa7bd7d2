// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "core/base/clock.h"

namespace lull::agent {
namespace {

using base::Result;
using boost::json::value;
using control::Call;
using control::Object;

constexpr std::size_t kMostKept = 1000;

value strings(const std::vector<std::string>& values) {
  return boost::json::array(values.begin(), values.end());
}

// The word of an enum whose first value is "none of them".
template <class Enum, class Names>
value word_or_null(Enum chosen, const Names& names) {
  const auto index = static_cast<std::size_t>(chosen);
  return index == 0 ? value() : value(names[index - 1]);
}

value age_by(const scan::Rule& rule) {
  boost::json::array times;
  if (!rule.older_than) return times;
  const scan::AgeBy& by = rule.age_by;
  for (std::size_t i = 0; i < scan::kTimeNames.size(); ++i)
    if ((i == 0 && by.mtime) || (i == 1 && by.ctime) || (i == 2 && by.atime))
      times.emplace_back(scan::kTimeNames[i]);
  return times;
}

void add_guards(Object& object, const scan::Rule& rule) {
  object["older_than_seconds"] =
      rule.older_than ? value(base::to_seconds(*rule.older_than)) : value();
  object["age_by"] = age_by(rule);
  object["min_size_bytes"] = rule.min_size > 0 ? value(rule.min_size) : value();
  object["file_format"] = word_or_null(rule.file_format, scan::kFileFormatNames);
  object["only"] = word_or_null(rule.only, scan::kOnlyNames);
  object["sqlite_family_as_one"] = rule.sqlite_family_as_one;
  object["by_deletion_date"] = rule.by_deletion_date;
  object["not_running_app"] = rule.not_running_flatpak ? value("flatpak") : value();
  object["lock_files"] = strings(rule.lock_files);
  object["locks_held"] = strings(rule.locks_held);
  object["cachedir_tag"] = rule.cachedir_tag;
  object["newest_stay"] = rule.newest_stay > 0 ? value(rule.newest_stay) : value();
  object["beside"] = strings(rule.beside);
  object["not_in_git_index"] = rule.not_in_git_index;
  object["finished_beside"] = rule.finished_beside;
  object["evidence"] = rule.evidence.empty() ? value() : value(rule.evidence);
}

Object rule_object(const scan::Rule& rule) {
  Object object{{"id", rule.id},
                {"title", rule.title},
                {"tier", model::tier_name(rule.tier)},
                {"cost", rule.cost},
                {"source", rule.source},
                {"roots", strings(rule.roots)},
                {"match", strings(rule.match)},
                {"keep", strings(rule.keep)},
                {"not_running", strings(rule.not_running)},
                {"file", rule.file}};
  add_guards(object, rule);
  return object;
}

Object advice_object(const scan::Advice& advice) {
  return {{"id", advice.id},
          {"title", advice.title},
          {"why", advice.why},
          {"command", advice.command},
          {"source", advice.source},
          {"needs_root", advice.needs_root},
          {"roots", strings(advice.roots)},
          {"not_in", strings(advice.not_in)},
          {"size", scan::kAdviceSizeNames[static_cast<std::size_t>(advice.size)]},
          {"program", advice.program},
          {"file", advice.file}};
}

base::Status add_what_automation_leaves(const MethodServices& services, Object& answer) {
  const auto state = services.journal.auto_state();
  if (!state) return tl::unexpected(state.error());
  boost::json::array kept;
  for (const model::UndoneItem& item : state->undone)
    if (kept.size() < kMostKept) kept.push_back(control::encode(item));
  answer["paused"] = strings(clean::paused_rules(*state));
  answer["kept"] = std::move(kept);
  return {};
}

Result<Object> rules(const MethodServices& services, Call& call) {
  LULL_TRY(Parameters(call.parameters).finish());
  const scan::LoadedRules& loaded = services.scan.rules();
  boost::json::array entries, advice, problems;
  for (const scan::Rule& rule : loaded.rules.rules()) entries.push_back(rule_object(rule));
  for (const scan::Advice& one : loaded.rules.advice()) advice.push_back(advice_object(one));
  for (const scan::RuleProblem& problem : loaded.problems)
    problems.push_back(control::encode(
        model::RuleFileProblem{problem.file, problem.line, problem.column, problem.message}));
  Object answer{{"rules", std::move(entries)},
                {"advice", std::move(advice)},
                {"problems", std::move(problems)}};
  LULL_TRY(add_what_automation_leaves(services, answer));
  return answer;
}

Result<Object> resume_rule(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string rule = parameters.required_text("rule");
  LULL_TRY(parameters.finish());
  LULL_TRY(services.auto_clean.resume(rule));
  return Object{{"rule", rule}};
}

}  // namespace

void add_rule_methods(control::MethodTable& table, const MethodServices& services) {
  table.add("Rules", [services](Call& call) { return rules(services, call); });
  table.add("ResumeRule", [services](Call& call) { return resume_rule(services, call); });
}

}  // namespace lull::agent
