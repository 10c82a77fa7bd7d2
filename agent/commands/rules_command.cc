// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/item_errors.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/scan/rule_file.h"
#include "core/scan/rule_loader.h"

namespace lull::commands {
namespace {

constexpr std::size_t kMostKept = 20;

Object problem_object(const scan::RuleProblem& problem) {
  return {{"path", printable(problem.file)},
          {"line", problem.line},
          {"column", problem.column},
          {"message", printable(problem.message)}};
}

// Every problem on a line of its own.
int refuse(const std::string& file, const std::vector<scan::RuleProblem>& problems,
           Context& context) {
  Array all;
  for (const scan::RuleProblem& problem : problems) all.emplace_back(problem_object(problem));
  if (!context.json()) {
    for (const Value& problem : all) context.complain(rule_problem_line(problem.as_object()));
    context.complain(plural(problems.size(), "error") + " in " + printable(file));
    return kWrongUsage;
  }
  const base::Error error{
      base::ErrorCode::kInvalidArgument, problems.front().to_string(), file, 0, {}};
  context.print_json(Object{{"error", Object{{"code", base::error_code_name(error.code)},
                                             {"message", printable(error.message)},
                                             {"path", printable(file)}}},
                            {"problems", std::move(all)}});
  return kWrongUsage;
}

int check(const std::string& file, Context& context) {
  const auto toml = scan::read_rule_file(file);
  if (!toml) {
    base::Error error = toml.error();
    error.code = base::ErrorCode::kInvalidArgument;
    return context.fail(error);
  }
  const auto directories = context.directories();
  if (!directories) return context.fail(directories.error());
  const scan::ParsedRuleFile parsed = scan::check_rule_file(
      *toml, file, scan::rules_directory(directories->config_home), ::geteuid());
  if (!parsed.problems.empty()) return refuse(file, parsed.problems, context);
  Array ids, advice;
  for (const scan::Rule& rule : parsed.rules) ids.emplace_back(rule.id);
  for (const scan::Advice& one : parsed.advice) advice.emplace_back(one.id);
  if (context.json()) {
    context.print_json(Object{
        {"file", printable(file)}, {"rules", std::move(ids)}, {"advice", std::move(advice)}});
  } else {
    std::string found = plural(parsed.rules.size(), "rule");
    if (!advice.empty()) found += " and " + grouped(advice.size()) + " of advice";
    context.print(printable(file) + ": " + found + ", no errors\n");
  }
  return kDone;
}

std::string advice_rows(const Array& advice, const Style& style) {
  if (advice.empty()) return "";
  TextTable table({{"ADVICE"}, {"ROOT"}, {"WHAT", TextTable::Align::kLeft, true}});
  for (const Value& value : advice)
    if (const Object* one = value.if_object())
      table.add({{printable(text(*one, "id")), Tone::kStrong},
                 {flag(*one, "needs_root") ? "yes" : "no"},
                 {printable(text(*one, "title"))}});
  return "\n" + table.render(style);
}

// Rules that pause, and what was given back, with how to change that.
std::string what_is_left(const Object& reply) {
  std::string lines;
  for (const Value& rule : items(reply, "paused"))
    if (rule.is_string()) {
      const std::string id = printable(std::string_view(rule.get_string()));
      lines += "\n" + id +
               " was undone twice, so it is not cleaned by itself any more; `lull rules " +
               "resume " + id + "` changes that.\n";
    }
  const Array& kept = items(reply, "kept");
  if (kept.empty()) return lines;
  lines +=
      "\nGiven back, so never cleaned by itself again (to keep it from every clean, add it to "
      "clean.keep with `lull config set`):\n";
  for (std::size_t i = 0; i < kept.size() && i < kMostKept; ++i)
    if (const Object* one = kept[i].if_object())
      lines += "  " + printable(text(*one, "path")) + "\n";
  if (kept.size() > kMostKept)
    lines += "  and " + grouped(kept.size() - kMostKept) + " more; --json lists them\n";
  return lines;
}

int resume_rule(const std::string& id, Context& context) {
  const auto reply = context.call("ResumeRule", {{"rule", id}});
  if (!reply) return context.fail_for_name(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print(printable(id) + " is cleaned by itself again.\n");
  return kDone;
}

int list(const Object& reply, Context& context) {
  TextTable table({{"RULE"}, {"TIER"}, {"WHAT", TextTable::Align::kLeft, true}});
  for (const Value& value : items(reply, "rules"))
    if (const Object* rule = value.if_object())
      table.add({{printable(text(*rule, "id")), Tone::kStrong},
                 {printable(text(*rule, "tier"))},
                 {printable(text(*rule, "title"))}});
  context.print(table.render(context.style()) +
                advice_rows(items(reply, "advice"), context.style()) + what_is_left(reply));
  return list_rule_problems(reply, "problems", context) ? kPartly : kDone;
}

std::string joined(const Object& rule, std::string_view key, std::string_view between = "\n") {
  std::string all;
  for (const Value& value : items(rule, key))
    if (value.is_string())
      all += (all.empty() ? "" : std::string(between)) +
             printable(std::string_view(value.get_string()));
  return all;
}

// "label  first line" and the others below it; nothing if there is nothing to say.
std::string paragraph(const std::string& label, const std::string& content, const Style& style) {
  if (content.empty()) return "";
  constexpr std::size_t kLabel = 16;
  std::string lines = style.paint(Tone::kDim, label) + std::string(kLabel - label.size(), ' ');
  for (const char c : content)
    lines += c == '\n' ? "\n" + std::string(kLabel, ' ') : std::string(1, c);
  return lines + "\n";
}

std::string duration_words(const Object& rule) {
  const auto age = number(rule, "older_than_seconds");
  if (!age) return "";
  const Array& times = items(rule, "age_by");
  std::string events;
  for (std::size_t i = 0; i < scan::kTimeNames.size(); ++i) {
    const bool counts = times.empty() || std::find(times.begin(), times.end(),
                                                   Value(scan::kTimeNames[i])) != times.end();
    constexpr std::string_view kEvents[] = {"written", "changed", "read"};
    if (counts) events += (events.empty() ? "" : " or ") + std::string(kEvents[i]);
  }
  return base::format_duration(duration_of_seconds(*age)) + " since it was last " + events;
}

constexpr std::pair<std::string_view, std::string_view> kTierWords[] = {
    {"safe", "nobody misses it"},
    {"costly", "only where asked for; fetched or built again"},
    {"review", "only where asked for; look at it first"}};
constexpr std::pair<std::string_view, std::string_view> kFormatWords[] = {
    {"elf-core", "memory images of crashed programs"},
    {"sqlite", "SQLite databases"},
    {"png", "PNG pictures"},
    {"gzip", "gzip files"}};
constexpr std::pair<std::string_view, std::string_view> kOnlyWords[] = {
    {"dead-links", "links to something that is gone"},
    {"broken-desktop-files", "menu entries whose program is gone"},
    {"trash-orphans", "halves of what is in the trash: without its note, or a note alone"},
    {"empty-directories", "directories with nothing in them"}};

// What a word of a rule means; a word of a later version stands for itself.
template <std::size_t N>
std::string meaning(const std::pair<std::string_view, std::string_view> (&words)[N],
                    const std::string& word) {
  for (const auto& [known, means] : words)
    if (known == word) return std::string(means);
  return printable(word);
}

std::string tier_words(const std::string& tier) {
  const std::string means = meaning(kTierWords, tier);
  return means == tier ? printable(tier) : printable(tier) + " (" + means + ")";
}

// "$CACHE/pip" is "/home/ada/.cache/pip" here.
class Places {
 public:
  explicit Places(const Context& context) {
    const auto directories = context.directories();
    if (!directories) return;
    values_ = {{"$HOME", directories->home},          {"$CACHE", directories->cache_home},
               {"$CONFIG", directories->config_home}, {"$DATA", directories->data_home},
               {"$STATE", directories->state_home},   {"$TEMP", directories->temp_dir}};
  }
  std::string here(const std::string& place) const {
    const std::size_t end = std::min(place.find('/'), place.size());
    if (place.starts_with("$VOLUMES")) return "[each drive]" + place.substr(end);
    const auto value = values_.find(place.substr(0, end));
    return value == values_.end() ? place : printable(value->second) + place.substr(end);
  }
  // A list of a rule, each on a line.
  std::string lines(const Object& rule, std::string_view key, std::string_view indent = "") const {
    std::string all;
    for (const Value& value : items(rule, key))
      if (value.is_string())
        all += (all.empty() ? "" : "\n") + std::string(indent) +
               here(printable(std::string_view(value.get_string())));
    return all;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// What holds a rule back, each guard that it has on a line of its own.
std::string guard_lines(const Object& rule, const Places& places) {
  std::string lines;
  const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : "\n") + line; };
  if (flag(rule, "by_deletion_date")) add("its age counts from when it was put into the trash");
  if (const auto bytes = count(rule, "min_size_bytes"))
    add("files under " + base::format_bytes(*bytes) + " stay");
  if (const std::string format = text(rule, "file_format"); !format.empty())
    add("only " + meaning(kFormatWords, format) + ", going by their first bytes");
  if (const std::string only = text(rule, "only"); !only.empty())
    add("only " + meaning(kOnlyWords, only));
  if (flag(rule, "cachedir_tag")) add("only directories that say they are a cache (CACHEDIR.TAG)");
  if (const auto newest = count(rule, "newest_stay"))
    add("the newest " +
        (*newest == 1 ? std::string("version stays") : grouped(*newest) + " versions stay"));
  if (const std::string files = joined(rule, "beside", ", "); !files.empty())
    add("only beside " + files);
  if (flag(rule, "finished_beside"))
    add("stays while the file of its name without the last suffix, beside it, is open or too "
        "young");
  if (flag(rule, "not_in_git_index")) add("what git tracks, and a repository in it, stays");
  if (!text(rule, "not_running_app").empty()) add("not while its Flatpak application runs");
  for (const auto& [key, words] : {std::pair("lock_files", "not while one of these is there:"),
                                   std::pair("locks_held", "not while a program holds a lock on:")})
    if (const std::string locks = places.lines(rule, key, "  "); !locks.empty())
      add(std::string(words) + "\n" + locks);
  return lines;
}

std::string takes(const Object& rule) {
  const std::string match = joined(rule, "match");
  return match.empty() || match == "**" ? "everything there" : match;
}

std::string rule_text(const Object& rule, const Places& places, const Style& style) {
  const std::string evidence = printable(text(rule, "evidence"));
  return style.paint(Tone::kStrong, printable(text(rule, "id"))) + "  " +
         printable(text(rule, "title")) + "\n\n" +
         paragraph("Tier", tier_words(text(rule, "tier")), style) +
         paragraph("What it costs", printable(text(rule, "cost")), style) +
         paragraph("Looks in", places.lines(rule, "roots"), style) +
         paragraph("Takes", takes(rule), style) + paragraph("Keeps", joined(rule, "keep"), style) +
         paragraph("Only after", duration_words(rule), style) +
         paragraph(
             "Not while",
             joined(rule, "not_running") == "" ? "" : joined(rule, "not_running", " or ") + " runs",
             style) +
         paragraph("Guards", guard_lines(rule, places), style) +
         paragraph("Source", printable(text(rule, "source")), style) +
         paragraph("Tried on",
                   evidence.empty() ? "" : "a recorded home, tests/core/scan/" + evidence, style) +
         paragraph("File", printable(text(rule, "file")), style);
}

constexpr std::pair<std::string_view, std::string_view> kSizeWords[] = {
    {"whole", "all of what is there"},
    {"at-most", "a part of what is there, which is shown as \"up to\""},
    {"unknown", "not said: a small part of what is there"}};

// What must be so for a scan to show an advice.
std::string shown_if(const Object& advice, const Places& places) {
  std::string lines;
  const auto add = [&](const std::string& line) { lines += (lines.empty() ? "" : "\n") + line; };
  if (const std::string program = text(advice, "program"); !program.empty())
    add("the program " + printable(program) + " is installed");
  if (!items(advice, "roots").empty()) add("there is something in one of these places");
  if (const std::string others = places.lines(advice, "not_in", "  "); !others.empty())
    add("nothing of that name is, or may be, in\n" + others);
  return lines;
}

std::string advice_text(const Object& advice, const Places& places, const Style& style) {
  return style.paint(Tone::kStrong, printable(text(advice, "id"))) + "  " +
         printable(text(advice, "title")) + "\n\n" +
         paragraph("Why", printable(text(advice, "why")), style) +
         paragraph("Command", printable(text(advice, "command")), style) +
         paragraph("As root", flag(advice, "needs_root") ? "yes" : "no", style) +
         paragraph("Is about", places.lines(advice, "roots"), style) +
         paragraph("Shown if", shown_if(advice, places), style) +
         paragraph("Would free",
                   items(advice, "roots").empty() ? "" : meaning(kSizeWords, text(advice, "size")),
                   style) +
         paragraph("Source", printable(text(advice, "source")), style) +
         paragraph("File", printable(text(advice, "file")), style);
}

int show(const Object& reply, const std::string& id, Context& context) {
  std::vector<std::string> ids;
  for (const char* kind : {"rules", "advice"})
    for (const Value& value : items(reply, kind)) {
      const Object* one = value.if_object();
      if (one == nullptr) continue;
      ids.push_back(text(*one, "id"));
      if (ids.back() != id) continue;
      if (context.json()) {
        context.print_json(*one);
        return kDone;
      }
      const Places places(context);
      context.print(std::string_view(kind) == "rules" ? rule_text(*one, places, context.style())
                                                      : advice_text(*one, places, context.style()));
      return kDone;
    }
  return context.fail(
      {base::ErrorCode::kInvalidArgument,
       "there is no rule '" + printable(id) + "'" + suggestion(id, {ids.begin(), ids.end()}),
       {},
       0,
       {}});
}

}  // namespace

int run_rules(const Arguments& arguments, Context& context) {
  std::string action = arguments.has("ACTION") ? arguments.text("ACTION") : "list";
  std::string subject = arguments.text("ID|FILE");
  const bool is_id =
      action != "list" && action != "show" && action != "check" && action != "resume";
  if (is_id && subject.empty()) subject = std::exchange(action, "show");  // `lull rules pip`
  const bool needs_subject = action == "show" || action == "check" || action == "resume";
  if (needs_subject == subject.empty())
    return context.fail(
        {base::ErrorCode::kInvalidArgument,
         needs_subject
             ? "lull rules " + action + " needs " + (action == "check" ? "a FILE" : "an ID")
             : "lull rules " + printable(action) + " does not expect '" + printable(subject) + "'",
         {},
         0,
         {}});
  if (action == "check") return check(subject, context);
  if (action == "resume") return resume_rule(subject, context);
  const auto reply = context.call("Rules");
  if (!reply) return context.fail(reply.error());
  if (action == "show") return show(*reply, subject, context);
  if (!context.json()) return list(*reply, context);
  context.print_json(*reply);
  return items(*reply, "problems").empty() ? kDone : kPartly;
}

}  // namespace lull::commands
