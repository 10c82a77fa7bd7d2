// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>

#include "agent/commands/arguments.h"
#include "agent/commands/clean_words.h"
#include "agent/commands/context.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"

namespace lull::commands {
namespace {

using Align = TextTable::Align;

std::string category_rows(const Object& plan, const Style& style) {
  TextTable table({{"CATEGORY"},
                   {"TIER"},
                   {"ITEMS", Align::kRight},
                   {"SIZE", Align::kRight},
                   {"WHAT LOSING IT COSTS", Align::kLeft, true}});
  for (const Value& value : items(plan, "categories")) {
    const Object* category = value.if_object();
    if (category == nullptr) continue;
    const std::string tier = printable(text(*category, "tier"));
    table.add({{printable(text(*category, "id"))},
               {tier, tone_of_tier(tier)},
               {grouped(count(*category, "items").value_or(0))},
               {bytes_or(*category, "bytes", style.dash()), Tone::kStrong},
               {printable(text(*category, "cost"))}});
  }
  return table.empty() ? "" : table.render(style) + "\n";
}

std::string item_rows(const Object& plan, const Style& style) {
  TextTable table({{"", Align::kRight}, {""}, {"", Align::kLeft, true}});
  for (const Value& value : items(plan, "items")) {
    const Object* item = value.if_object();
    if (item == nullptr) continue;
    const std::string all = flag(*item, "directory") ? "/" : "";
    table.add({{bytes_or(*item, "bytes", style.dash())},
               {printable(text(*item, "category")), Tone::kDim},
               {printable(text(*item, "path")) + all}});
  }
  return table.empty() ? "" : table.render(style, 2) + "\n";
}

// "1,234 items (12.3 MiB)"
std::string amount(const Object& document) {
  return plural(count(document, "moved_items").value_or(0), "item") + " (" +
         bytes_or(document, "moved_bytes", "?") + ")";
}

std::string plan_text(const Object& plan, const Context& context) {
  const Style& style = context.style();
  return category_rows(plan, style) + item_rows(plan, style) +
         left_alone_rows(items(plan, "skipped"), style);
}

std::string nothing_words(const Object& plan) {
  if (flag(plan, "partial")) return "The scan was stopped early; nothing was changed.\n";
  return "There is nothing to clean. `lull scan` shows what is left alone, and why.\n";
}

// They were moved, and then removed for good.
std::string removed_text(const Object& report, const Style& style) {
  const double freed = number(report, "freed_bytes").value_or(0);
  return style.paint(Tone::kStrong, amount(report)) + " removed for good; " +
         base::format_bytes(freed > 0 ? static_cast<std::uint64_t>(freed) : 0) +
         " more are free than before.\n";
}

// A Cancel, or what cannot be looked at, has left a part of it.
std::string partly_removed_text(const Object& report, std::uint64_t pending, const Style& style) {
  return style.paint(Tone::kStrong, amount(report)) + " moved; of that " +
         base::format_bytes(pending) + " are still in the trash, and `lull undo " +
         std::to_string(count(report, "run").value_or(0)) +
         "` gives back what is whole of it. The rest was removed for good.\n";
}

std::string result_text(const Object& report, const Context& context) {
  const Style& style = context.style();
  std::string out = left_alone_rows(items(report, "skipped"), style);
  const std::uint64_t moved = count(report, "moved_items").value_or(0);
  if (moved == 0) return out + "Nothing was moved.\n";
  const auto pending = count(report, "pending_bytes");
  if (pending == 0) return out + removed_text(report, style);
  if (pending && pending < count(report, "moved_bytes"))
    return out + partly_removed_text(report, *pending, style);
  out += style.paint(Tone::kStrong, amount(report)) + (moved == 1 ? " is" : " are") +
         " in the trash; `lull undo " + std::to_string(count(report, "run").value_or(0)) +
         "` gives " + (moved == 1 ? "it" : "them") + " back.\n";
  if (const auto purge = instant(report, "purge_at"))
    out += "The space becomes free after " + local_time(*purge) + ", when Lull purges " +
           (moved == 1 ? "it.\n" : "them.\n");
  return out;
}

int code_of(const Object& report) {
  if (flag(report, "cancelled")) return kCancelledByUser;
  if (text(report, "outcome") == "failed") return kFailed;
  const bool all = items(report, "skipped").empty() && items(report, "failed").empty();
  return all && !flag(report, "partial") ? kDone : kPartly;
}

int show_result(const Object& report, Context& context) {
  list_failed(report, context);
  if (context.json())
    context.print_json(report);
  else
    context.print(result_text(report, context));
  return code_of(report);
}

int carry_out(const std::string& plan, bool free_now, Context& context) {
  const auto report = context.call("Clean", {{"plan", plan}, {"free_now", free_now}});
  if (!report) return context.fail(report.error());
  return show_result(*report, context);
}

// A dry run's end: what could be typed next.
int show_plan(const Object& plan, Context& context) {
  const std::string id = printable(text(plan, "plan"));
  std::string out = plan_text(plan, context);
  if (id.empty())
    out += nothing_words(plan);
  else
    out += context.style().paint(Tone::kStrong, amount(plan)) +
           " would go to the trash; nothing was changed.\n`lull clean --plan " + id +
           "` moves just this.\n";
  context.print(out);
  return flag(plan, "partial") ? kPartly : kDone;
}

std::string question(const Object& plan, bool free_now) {
  if (free_now) return "Remove " + amount(plan) + " for good? There is no undo.";
  return "Move " + amount(plan) + " to the trash?";
}

int ask_and_carry_out(const Object& plan, bool free_now, Context& context) {
  const std::string id = text(plan, "plan");
  context.print(plan_text(plan, context));
  if (id.empty()) {
    context.print(nothing_words(plan));
    return flag(plan, "partial") ? kPartly : kDone;
  }
  if (!context.confirm(question(plan, free_now))) {
    context.print("Nothing was changed.\n");
    return kDone;
  }
  return carry_out(id, free_now, context);
}

base::Status check(const Arguments& arguments, const Context& context) {
  const bool dry = arguments.has("--dry-run");
  if (arguments.has("--plan") && (dry || arguments.has("--category")))
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "a plan says itself what goes: --plan goes with neither --dry-run nor "
                      "--category");
  if (dry && arguments.has("--free-now"))
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "a dry run moves nothing, and so frees nothing: --free-now does not go with it");
  if (dry || arguments.has("--yes") || arguments.has("--plan")) return {};
  if (context.json() || !context.can_ask())
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "nobody is there to be asked: --yes moves what is found, --dry-run only "
                      "shows it");
  return {};
}

}  // namespace

int run_clean(const Arguments& arguments, Context& context) {
  if (const auto good = check(arguments, context); !good) return context.fail(good.error());
  const bool free_now = arguments.has("--free-now");
  if (arguments.has("--plan")) return carry_out(arguments.text("--plan"), free_now, context);
  Array categories;
  for (const std::string& id : arguments.all("--category")) categories.emplace_back(id);
  const bool at_once = arguments.has("--yes") && !arguments.has("--dry-run");
  const auto reply = context.call("Clean", {{"categories", std::move(categories)},
                                            {"dry_run", !at_once},
                                            {"items", arguments.has("--items")},
                                            {"free_now", free_now}});
  if (!reply) return context.fail(reply.error());
  if (at_once) return show_result(*reply, context);
  if (!arguments.has("--dry-run")) return ask_and_carry_out(*reply, free_now, context);
  if (!context.json()) return show_plan(*reply, context);
  context.print_json(*reply);
  return flag(*reply, "partial") ? kPartly : kDone;
}

}  // namespace lull::commands
