// SPDX-License-Identifier: MIT
#include "agent/services/auto_clean_notes.h"

#include <cstddef>
#include <map>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/count_text.h"

namespace lull::agent {
namespace {

using scheduler::JobResult;
using scheduler::Outcome;

constexpr std::size_t kMostNames = 3;

std::string things(std::uint64_t count) { return base::count_text(count, "thing"); }

// "3 things left: 2 (…), 1 (…)", the reasons in the order of their texts.
std::string left_text(const std::vector<clean::AutoLeft>& left) {
  std::map<std::string, std::size_t> reasons;
  for (const clean::AutoLeft& one : left) ++reasons[one.reason];
  std::string text;
  std::size_t shown = 0;
  for (const auto& [reason, count] : reasons) {
    if (shown++ == kMostNames) break;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " (" + reason + ")";
  }
  return things(left.size()) + " left: " + text + (reasons.size() > kMostNames ? ", …" : "");
}

void add(std::string& text, const std::string& part) { text += (text.empty() ? "" : "; ") + part; }

}  // namespace

void RunNotes::add(model::RunNote note) {
  if (listed_.size() < AutoClean::kMostNotes) {
    listed_.push_back(std::move(note));
    return;
  }
  Unlisted& sum = unlisted_[note.fate];
  ++sum.notes;
  sum.items += note.items;
  sum.bytes += note.bytes;
}

void RunNotes::add_skipped(const model::ScanReport& report) {
  for (const model::CategoryReport& category : report.categories)
    for (const model::SkippedSum& sum : category.skipped)
      add({category.id, "", "skipped", sum.reason, sum.items, sum.bytes});
}

void RunNotes::add_rehearsed(const std::vector<clean::PlanItem>& items,
                             const model::ScanReport& report) {
  for (const clean::RuleSum& sum : clean::sums_by_rule(items))
    add({sum.rule, "", "would-go", "", sum.items, sum.bytes});
  add_skipped(report);
  for (const clean::PlanItem& item : items)
    add({item.rule, item.path, "would-go", "", item.entries, item.bytes});
}

void RunNotes::add_left(const std::vector<clean::AutoLeft>& left,
                        const std::vector<clean::LeftOut>& left_out) {
  for (const clean::AutoLeft& one : left)
    add({one.item.rule, one.item.path, "left", one.reason, one.item.entries, one.item.bytes});
  for (const clean::LeftOut& one : left_out) add({"", one.path, "left", one.reason, 1, 0});
}

std::vector<model::RunNote> RunNotes::list() const {
  std::vector<model::RunNote> notes = listed_;
  for (const auto& [fate, sum] : unlisted_)
    notes.push_back({"", "", fate, std::to_string(sum.notes) + " more, which are not listed here",
                     sum.items, sum.bytes});
  return notes;
}

std::string rules_text(std::size_t count) { return base::count_text(count, "rule"); }

std::string rehearsal_summary(const AutoCleanNews& news, bool on) {
  std::string names;
  for (std::size_t i = 0; i < news.shown_rules.size() && i < kMostNames; ++i)
    names += (i == 0 ? "" : ", ") + news.shown_rules[i];
  if (news.shown_rules.size() > kMostNames) names += ", …";
  return std::string(on ? "the next time moves " : "would move ") + things(news.shown_items) +
         " (" + base::format_bytes(news.shown_bytes) + ") of " +
         rules_text(news.shown_rules.size()) + ": " + names;
}

JobResult auto_clean_result(const clean::AutoDecision& decision,
                            const std::optional<clean::CleanResult>& moved) {
  if (!decision.doubt.empty()) return {Outcome::kPartial, decision.doubt, ""};
  std::string text;
  if (moved) add(text, base::format_bytes(moved->moved_bytes) + " moved to the trash");
  if (!decision.rehearse.empty())
    add(text,
        rules_text(clean::sums_by_rule(decision.rehearse).size()) + " shown for the first time");
  if (!decision.left.empty()) add(text, left_text(decision.left));
  if (text.empty()) text = "there was nothing to take";
  if (!moved) return {Outcome::kDone, text, ""};
  if (moved->cancelled)
    return {Outcome::kCancelled, text + "; stopped, and goes on another time",
            "after run " + std::to_string(moved->run)};
  if (moved->outcome == "failed") return {Outcome::kFailed, text, ""};
  return {moved->failed.empty() ? Outcome::kDone : Outcome::kPartial, text, ""};
}

}  // namespace lull::agent
