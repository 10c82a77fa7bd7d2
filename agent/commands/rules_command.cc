// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/text.h"
#include "core/scan/rules.h"

namespace lull::commands {
namespace {

constexpr std::uintmax_t kLargestFile = 1 << 20;

base::Result<std::string> read_rule_file(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    return base::fail(base::ErrorCode::kInvalidArgument, "there is no such file", file);
  if (std::filesystem::file_size(file, error) > kLargestFile)
    return base::fail(base::ErrorCode::kTooLarge, "larger than 1 MiB: this is no rule file", file);
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return base::fail(base::ErrorCode::kPermissionDenied, "cannot be read", file);
  return std::move(text).str();
}

int check(const std::string& file, Context& context) {
  const auto toml = read_rule_file(file);
  if (!toml) return context.fail(toml.error());
  const auto rules = scan::parse_rules(*toml, file);
  if (!rules) return context.fail(rules.error());
  Array ids;
  for (const scan::Rule& rule : *rules) ids.emplace_back(rule.id);
  if (context.json())
    context.print_json(Object{{"file", printable(file)}, {"rules", std::move(ids)}});
  else
    context.print(printable(file) + ": " + plural(rules->size(), "rule") + ", no errors\n");
  return kDone;
}

int list(const Array& rules, Context& context) {
  TextTable table({{"RULE"}, {"TIER"}, {"WHAT", TextTable::Align::kLeft, true}});
  for (const Value& value : rules)
    if (const Object* rule = value.if_object())
      table.add({{printable(text(*rule, "id")), Tone::kStrong},
                 {printable(text(*rule, "tier"))},
                 {printable(text(*rule, "title"))}});
  context.print(table.render(context.style()));
  return kDone;
}

std::string joined(const Object& rule, std::string_view key) {
  std::string all;
  for (const Value& value : items(rule, key))
    if (value.is_string())
      all += (all.empty() ? "" : "\n") + printable(std::string_view(value.get_string()));
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

std::string rule_text(const Object& rule, const Style& style) {
  const auto age = number(rule, "older_than_seconds");
  return style.paint(Tone::kStrong, printable(text(rule, "id"))) + "  " +
         printable(text(rule, "title")) + "\n\n" +
         paragraph("Tier", printable(text(rule, "tier")), style) +
         paragraph("What it costs", printable(text(rule, "cost")), style) +
         paragraph("Looks in", joined(rule, "roots"), style) +
         paragraph("Takes", joined(rule, "match"), style) +
         paragraph("Keeps", joined(rule, "keep"), style) +
         paragraph("Older than", age ? base::format_duration(duration_of_seconds(*age)) : "",
                   style) +
         paragraph("Not while", joined(rule, "not_running"), style) +
         paragraph("Source", printable(text(rule, "source")), style) +
         paragraph("File", printable(text(rule, "file")), style);
}

int show(const Array& rules, const std::string& id, Context& context) {
  std::vector<std::string> ids;
  for (const Value& value : rules) {
    const Object* rule = value.if_object();
    if (rule == nullptr) continue;
    ids.push_back(text(*rule, "id"));
    if (ids.back() != id) continue;
    if (context.json())
      context.print_json(*rule);
    else
      context.print(rule_text(*rule, context.style()));
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
  const std::string action = arguments.has("ACTION") ? arguments.text("ACTION") : "list";
  const std::string subject = arguments.text("ID|FILE");
  const bool needs_subject = action != "list";
  if (needs_subject == subject.empty())
    return context.fail(
        {base::ErrorCode::kInvalidArgument,
         needs_subject
             ? "lull rules " + action + " needs " + (action == "show" ? "an ID" : "a FILE")
             : "lull rules list does not expect '" + printable(subject) + "'",
         {},
         0,
         {}});
  if (action == "check") return check(subject, context);
  const auto reply = context.call("Rules");
  if (!reply) return context.fail(reply.error());
  const Array& rules = items(*reply, "rules");
  if (action == "show") return show(rules, subject, context);
  if (!context.json()) return list(rules, context);
  context.print_json(*reply);
  return kDone;
}

}  // namespace lull::commands
