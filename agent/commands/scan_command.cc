// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/commands/item_errors.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

using Align = TextTable::Align;

// Of many categories those with nothing in them are only counted; asked for by name, they are
// shown.
constexpr std::size_t kShownWhole = 10;

std::string category_rows(const Array& categories, const Style& style) {
  std::size_t empty = 0;
  TextTable table({{"CATEGORY"},
                   {"TIER"},
                   {"ITEMS", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"WHAT", Align::kLeft, true}});
  for (const Value& value : categories) {
    const Object* category = value.if_object();
    if (category == nullptr) continue;
    if (categories.size() > kShownWhole && count(*category, "items").value_or(0) == 0) {
      ++empty;
      continue;
    }
    const std::string tier = printable(text(*category, "tier"));
    table.add({{printable(text(*category, "id"))},
               {tier, tone_of_tier(tier)},
               {grouped(count(*category, "items").value_or(0))},
               {bytes_or(*category, "reclaimable_bytes", style.dash()), Tone::kStrong},
               {printable(text(*category, "title"))}});
  }
  if (empty == 0) return table.render(style);
  const std::string rest = (empty == 1 ? "1 category" : grouped(empty) + " categories") +
                           " with nothing in " + (empty == 1 ? "it" : "them") +
                           "; `lull rules` lists all";
  return (table.empty() ? "" : table.render(style)) + style.paint(Tone::kDim, rest) + "\n";
}

std::string skipped_rows(const Array& categories, const Style& style) {
  TextTable table({{"CATEGORY"},
                   {"ITEMS", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"WHY", Align::kLeft, true}});
  for (const Value& value : categories) {
    const Object* category = value.if_object();
    if (category == nullptr) continue;
    for (const Value& sum : items(*category, "skipped"))
      if (const Object* skipped = sum.if_object())
        table.add({{printable(text(*category, "id"))},
                   {grouped(count(*skipped, "items").value_or(0))},
                   {bytes_or(*skipped, "bytes", style.dash())},
                   {printable(text(*skipped, "reason"))}});
  }
  if (table.empty()) return "";
  return "\n" + style.paint(Tone::kStrong, "Left alone") + "\n" + table.render(style);
}

std::string entry_rows(const Array& categories, const Style& style) {
  std::string rows;
  for (const Value& value : categories) {
    const Object* category = value.if_object();
    if (category == nullptr || items(*category, "entries").empty()) continue;
    TextTable table({{"", Align::kRight}, {"", Align::kLeft, true}, {"", Align::kLeft, true}});
    for (const Value& item : items(*category, "entries"))
      if (const Object* entry = item.if_object())
        table.add({{bytes_or(*entry, "bytes", style.dash())},
                   {printable(text(*entry, "path"))},
                   {printable(text(*entry, "reason")), Tone::kDim}});
    rows += "\n" + style.paint(Tone::kStrong, printable(text(*category, "id"))) + "\n" +
            table.render(style, 2);
  }
  return rows;
}

// What somebody with more rights, or another program, would have to do.
std::string advice_rows(const Array& advice, const Style& style) {
  if (advice.empty()) return "";
  TextTable table({{"WHAT"}, {"SIZE", Align::kRight}, {"COMMAND", Align::kLeft, true}});
  for (const Value& value : advice)
    if (const Object* one = value.if_object())
      table.add({{printable(text(*one, "title"))},
                 {(flag(*one, "up_to") ? "up to " : "") + bytes_or(*one, "bytes", style.dash())},
                 {printable(text(*one, "command"))}});
  return "\n" + style.paint(Tone::kStrong, "Not ours to clean") + "\n" + table.render(style);
}

// "1.20 GiB costly, 700 MiB review", of what is only cleaned by its name.
std::string more_by_tier(const Array& categories) {
  std::string words;
  for (const std::string_view tier : {"safe", "costly", "review"}) {
    std::uint64_t bytes = 0;
    for (const Value& value : categories)
      if (const Object* one = value.if_object(); one != nullptr && text(*one, "tier") == tier &&
                                                 !flag(*one, "by_clean") && !flag(*one, "in_trash"))
        bytes += count(*one, "reclaimable_bytes").value_or(0);
    if (bytes > 0)
      words += (words.empty() ? "" : ", ") + base::format_bytes(bytes) + " " + std::string(tier);
  }
  return words;
}

// What `command` would free, and what it would not.
std::string total_lines(const Object& report, const std::string& command, const Style& style) {
  const auto clean = count(report, "clean_bytes");  // an older agent does not say
  const std::string total = clean ? base::format_bytes(*clean)
                                  : bytes_or(report, "total_reclaimable_bytes", style.dash());
  const bool partial = flag(report, "partial");
  std::string lines = style.paint(Tone::kStrong, total) + " could be freed";
  if (partial) lines += " so far";
  if (clean) lines += " by `" + command + "`";
  lines += partial ? "; the scan was stopped early." : "; nothing was changed.";
  if (!clean) return lines + "\n";
  if (const std::string more = more_by_tier(items(report, "categories")); !more.empty())
    lines += "\nMore where asked for by --category: " + more + ".";
  if (const auto trash = count(report, "trash_bytes").value_or(0); trash > 0)
    lines += "\n" + base::format_bytes(trash) + " are in the trash already.";
  return lines + "\n";
}

// What there is, and what it is based on.
std::string summary_lines(const Object& report, const std::string& command, const Style& style) {
  std::string text = "\n" + total_lines(report, command, style);
  const std::uint64_t directories = count(report, "directories_seen").value_or(0);
  text += plural(count(report, "files_seen").value_or(0), "file") + " in " + grouped(directories) +
          (directories == 1 ? " directory" : " directories");
  if (const auto seconds = number(report, "elapsed_seconds"))
    text += ", " + base::format_duration(duration_of_seconds(*seconds));
  // The rate of a moment says nothing.
  const bool long_enough = number(report, "elapsed_seconds").value_or(0) >= 0.1;
  if (const auto rate = number(report, "files_per_second"); rate && long_enough)
    text += ", " + grouped(static_cast<std::uint64_t>(std::clamp(*rate, 0.0, 1e15))) + " files/s";
  return text + "\n";
}

std::string report_text(const Object& report, const std::string& command, const Style& style) {
  const Array& categories = items(report, "categories");
  return category_rows(categories, style) + entry_rows(categories, style) +
         skipped_rows(categories, style) + advice_rows(items(report, "advice"), style) +
         summary_lines(report, command, style);
}

}  // namespace

int run_scan(const Arguments& arguments, Context& context) {
  Array categories;
  std::string command = "lull clean";  // of the same
  for (const std::string& id : arguments.all("--category")) {
    categories.emplace_back(id);
    command += " --category " + printable(id);
  }
  const auto reply = context.call(
      "Scan", {{"categories", std::move(categories)}, {"items", arguments.has("--items")}});
  if (!reply) return context.fail(reply.error());
  if (context.json())
    context.print_json(*reply);
  else
    context.print(report_text(*reply, command, context.style()));
  const bool errors = list_errors(*reply, context);
  const bool problems = list_rule_problems(*reply, "rule_problems", context);
  return errors || problems || flag(*reply, "partial") ? kPartly : kDone;
}

}  // namespace lull::commands
