// SPDX-License-Identifier: MIT
// What could be cleaned, by category, with a tick each.
#include <algorithm>

#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

bool ticked(const State& state, const model::CategoryReport& category) {
  const auto by_hand = state.ticks.find(category.id);
  if (by_hand != state.ticks.end()) return by_hand->second;
  return category.tier == model::Tier::kSafe;
}

std::string note_of(const model::CategoryReport& category) {
  switch (category.tier) {
    case model::Tier::kSafe:
      return count_text(category.items, "item", "items");
    case model::Tier::kCostly:
      return "costs time to make again";
    case model::Tier::kReview:
      return "look before you tick";
  }
  return "";
}

std::vector<const model::CategoryReport*> by_size(const model::ScanReport& scan) {
  std::vector<const model::CategoryReport*> sorted;
  for (const auto& category : scan.categories)
    if (category.reclaimable_bytes > 0) sorted.push_back(&category);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* left, const auto* right) {
    return left->reclaimable_bytes > right->reclaimable_bytes;
  });
  return sorted;
}

std::string age_of(const State& state, base::WallTime now) {
  if (state.scanning) return "looking…";
  if (state.scan) {
    const std::string age = ago_text(state.scan->as_of, now);
    return state.scan->partial ? age + ", not complete" : age;
  }
  if (state.snapshot && state.snapshot->reclaimable)
    return ago_text(state.snapshot->reclaimable->as_of, now);
  return "";
}

std::string empty_text(const State& state) {
  if (!state.scan_failure.empty()) return one_line(state.scan_failure);
  if (state.scanning) return "Looking for what can go…";
  if (state.scan) return "Nothing to clean: all in good order";
  return "Not looked at yet";
}

std::optional<std::uint64_t> total_of(const State& state) {
  if (state.scan) return state.scan->total_reclaimable_bytes;
  if (state.snapshot && state.snapshot->reclaimable) return state.snapshot->reclaimable->bytes;
  return std::nullopt;
}

std::string offer_text(const Offer& offer) {
  std::string text = offer.renewed ? "That was too long ago; this is what would go now. " : "";
  return text + count_text(offer.items, "item goes", "items go") +
         " to the trash and can be put back. What has changed or is in use by then stays.";
}

}  // namespace

ReclaimView make_reclaim(const State& state, base::WallTime now) {
  ReclaimView view;
  view.total = bytes_text(total_of(state));
  view.age = age_of(state, now);
  view.scanning = state.scanning;
  const bool free_to_act = state.link == Link::kConnected && !is_running(state.operation);
  view.scan_enabled = free_to_act && !state.scanning;
  std::uint64_t chosen_bytes = 0;
  if (state.scan) {
    for (const auto* category : by_size(*state.scan)) {
      view.rows.push_back({category->id, one_line(category->title),
                           bytes_text(category->reclaimable_bytes), note_of(*category),
                           ticked(state, *category), free_to_act});
      if (!view.rows.back().ticked) continue;
      chosen_bytes += category->reclaimable_bytes;
      view.chosen.push_back(category->id);
    }
  }
  if (view.rows.empty()) view.empty = empty_text(state);
  view.button = view.chosen.empty() ? "Clean selected" : "Clean " + bytes_text(chosen_bytes);
  view.button_enabled = free_to_act && !view.chosen.empty();
  if (state.offer && state.offer->categories == view.chosen) {
    view.offer = offer_text(*state.offer);
    view.button = "Move " + bytes_text(state.offer->bytes) + " to the trash";
  }
  return view;
}

}  // namespace lull::ui
