// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/clean_words.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"

namespace lull::commands {
namespace {

Tone tone_of(const std::string& outcome) {
  if (outcome == "freed") return Tone::kGood;
  if (outcome == "failed") return Tone::kBad;
  return Tone::kDim;
}

constexpr std::size_t kIndent = 2;

// In lines of the terminal's width at words, each indented.
std::string wrapped(std::string_view words, const Style& style) {
  const std::size_t room = style.width() > 2 * kIndent ? style.width() - kIndent : words.size();
  std::string lines, line;
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    const std::string_view word = words.substr(0, blank);
    words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > room) {
      lines += std::string(kIndent, ' ') + style.paint(Tone::kDim, line) + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  if (line.empty()) return lines;
  return lines + std::string(kIndent, ' ') + style.paint(Tone::kDim, line) + "\n";
}

std::string first_line(std::string& text) {
  const std::size_t end = text.find('\n');
  std::string line = text.substr(0, end) + "\n";
  text.erase(0, end == std::string::npos ? text.size() : end + 1);
  return line;
}

// The reason stands below its operation: it is what there is to read.
std::string operation_rows(const Object& report, const Style& style) {
  TextTable table({{"OPERATION"}, {"OUTCOME"}, {"FREED", TextTable::Align::kRight}});
  std::vector<std::string> reasons;
  for (const Value& value : items(report, "operations")) {
    const Object* operation = value.if_object();
    if (operation == nullptr) continue;
    const std::string outcome = printable(text(*operation, "outcome"));
    const bool freed = count(*operation, "bytes").value_or(0) > 0;
    table.add({{printable(text(*operation, "id"))},
               {outcome, tone_of(outcome)},
               {freed ? bytes_or(*operation, "bytes", "?") : std::string(style.dash()),
                freed ? Tone::kStrong : Tone::kDim}});
    reasons.push_back(wrapped(printable(text(*operation, "reason")), style));
  }
  if (table.empty()) return "";
  std::string rows = table.render(style);
  std::string out = first_line(rows);
  for (const std::string& reason : reasons) out += first_line(rows) + reason;
  return out + "\n";
}

// "Available: 3.10 GiB before, 3.40 GiB now."
std::string memory_line(const Object& report) {
  const Object* before = child(report, "memory_before");
  const Object* after = child(report, "memory_after");
  if (before == nullptr || after == nullptr) return "";
  return "Available: " + bytes_or(*before, "available_bytes", "?") + " before, " +
         bytes_or(*after, "available_bytes", "?") + " now.\n";
}

std::string amount(const Object& clean) {
  return plural(count(clean, "moved_items").value_or(0), "item") + " (" +
         bytes_or(clean, "moved_bytes", "?") + ")";
}

std::string clean_line(const Object& clean) {
  if (count(clean, "moved_items").value_or(0) == 0) return "No file is there to be cleaned.\n";
  if (flag(clean, "dry_run")) return amount(clean) + " could go to the trash.\n";
  return amount(clean) + " went to the trash; `lull undo " +
         std::to_string(count(clean, "run").value_or(0)) + "` gives them back.\n";
}

int code_of(const Object& report) {
  if (flag(report, "cancelled")) return kCancelledByUser;
  for (const Value& value : items(report, "operations"))
    if (const Object* operation = value.if_object();
        operation && text(*operation, "outcome") == "failed")
      return kPartly;
  const Object* clean = child(report, "clean");
  if (clean == nullptr) return kDone;
  if (flag(*clean, "cancelled")) return kCancelledByUser;
  return items(*clean, "failed").empty() && !flag(*clean, "partial") ? kDone : kPartly;
}

int show(const Object& report, Context& context) {
  const Object* clean = child(report, "clean");
  if (clean != nullptr) list_failed(*clean, context);
  if (context.json()) {
    context.print_json(report);
    return code_of(report);
  }
  context.print(operation_rows(report, context.style()) + memory_line(report) +
                (clean != nullptr ? clean_line(*clean) : ""));
  return code_of(report);
}

// Memory is relieved by now; files go when somebody says so.
int ask_for_files(const Object& report, Context& context) {
  const int code = show(report, context);
  const Object* clean = child(report, "clean");
  const std::string plan = clean != nullptr ? text(*clean, "plan") : "";
  if (plan.empty() || code == kCancelledByUser) return code;
  if (!context.confirm("Move " + amount(*clean) + " to the trash?")) return code;
  const auto moved = context.call("Clean", {{"plan", plan}});
  if (!moved) return context.fail(moved.error());
  list_failed(*moved, context);
  context.print(clean_line(*moved));
  return items(*moved, "failed").empty() ? code : kPartly;
}

base::Status check(bool asks, const Context& context) {
  if (!asks || (!context.json() && context.can_ask())) return {};
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "nobody is there to be asked about files: --yes moves what is found, --dry-run "
                    "only shows what would be done");
}

}  // namespace

int run_optimize(const Arguments& arguments, Context& context) {
  const bool dry = arguments.has("--dry-run");
  const bool asks = !dry && !arguments.has("--yes");
  if (const auto good = check(asks, context); !good) return context.fail(good.error());
  const char* files = dry || asks ? "plan" : "move";
  const auto report = context.call("Optimize", {{"dry_run", dry}, {"clean", files}});
  if (!report) return context.fail(report.error());
  return asks ? ask_for_files(*report, context) : show(*report, context);
}

}  // namespace lull::commands
