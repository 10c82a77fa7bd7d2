// SPDX-License-Identifier: MIT
// After the walk: what could not be decided before everything was seen.
#include "core/scan/category_scan.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

#include "core/scan/category_walk.h"
#include "core/scan/status_values.h"

namespace lull::scan {

CategoryResult CategoryWalk::finish(bool complete) {
  settle_links();
  settle_directories(complete);
  CategoryResult result;
  result.complete = complete;
  result.has_repository = has_repository_.load();
  sum_up(result);
  return result;
}

void CategoryWalk::sum_up(CategoryResult& result) {
  for (SlotState& slot : slots_) {
    tell(slot);
    result.items += slot.items;
    result.bytes += slot.bytes;
    result.files_seen += slot.files;
    result.directories_seen += slot.directories.size();
    for (std::size_t fate = 0; fate < kFates; ++fate) {
      const model::SkippedSum& sum = slot.skipped[fate];
      if (sum.items == 0) continue;
      model::SkippedSum& whole = result.skipped[judge_.words(static_cast<Fate>(fate))];
      whole.items += sum.items;
      whole.bytes += sum.bytes;
    }
    std::move(slot.entries.begin(), slot.entries.end(), std::back_inserter(result.entries));
    result.claims.insert(result.claims.end(), slot.claims.begin(), slot.claims.end());
  }
  std::sort(result.entries.begin(), result.entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
}

// A file with several names goes if all of them do. Its bytes are counted with the first name.
void CategoryWalk::settle_links() {
  std::vector<LinkedName*> names;
  for (SlotState& slot : slots_)
    for (LinkedName& name : slot.linked) names.push_back(&name);
  std::sort(names.begin(), names.end(), [](const LinkedName* a, const LinkedName* b) {
    return std::tie(a->record.key, a->path) < std::tie(b->record.key, b->path);
  });
  for (auto first = names.begin(); first != names.end();) {
    const auto last = std::find_if(first, names.end(), [&](const LinkedName* other) {
      return other->record.key != (*first)->record.key;
    });
    settle_group({first, last});
    first = last;
  }
}

void CategoryWalk::settle_group(const std::vector<LinkedName*>& names) {
  SlotState& slot = slots_.front();
  const bool all_go = std::all_of(names.begin(), names.end(), [](const LinkedName* name) {
    return name->record.fate == Fate::kGoes;
  });
  const bool all_here = names.size() >= names.front()->record.links;
  std::uint64_t bytes = names.front()->record.bytes;
  for (LinkedName* name : names) {
    Record& record = name->record;
    if (record.fate == Fate::kGoes && ((all_go && all_here) || context_.whole_item)) {
      go(slot, record, all_go && all_here ? bytes : 0, std::move(name->path));
    } else {
      if (record.fate == Fate::kGoes) record.fate = Fate::kLinkedElsewhere;
      name->directory->something_stays.store(true, std::memory_order_relaxed);
      stay(slot, record.fate, bytes, std::move(name->path), record.key);
    }
    bytes = 0;
  }
}

namespace {

void block(ScanDir& directory) {
  for (ScanDir* at = &directory; at != nullptr && !at->blocked; at = at->parent) at->blocked = true;
}

}  // namespace

// A directory goes when it may and everything below it does: the deepest are decided first. What
// stays only for its own sake is counted once; it then holds back those above it.
void CategoryWalk::settle_directories(bool complete) {
  std::vector<std::vector<ScanDir*>> by_depth;
  for (SlotState& slot : slots_)
    for (ScanDir& directory : slot.directories) {
      if (directory.pruned) continue;  // counted when it was met
      if (directory.something_stays.load() || !directory.complete) block(directory);
      if (by_depth.size() <= directory.depth) by_depth.resize(directory.depth + 1);
      by_depth[directory.depth].push_back(&directory);
    }
  for (auto level = by_depth.rbegin(); level != by_depth.rend(); ++level)
    for (ScanDir* directory : *level)
      if (!directory->blocked) settle_directory(*directory, complete);
}

// After a cancelled walk none goes: nobody knows what is in it. Nor does a root.
void CategoryWalk::settle_directory(ScanDir& directory, bool complete) {
  SlotState& slot = slots_.front();
  if (directory.parent == nullptr && !context_.whole_item) return;
  if (!complete || directory.fate == Fate::kUnmatched) return block(directory);
  const std::string path = context_.items ? directory.path() : std::string();
  if (directory.fate != Fate::kGoes) {
    stay(slot, directory.fate, directory.bytes, path, directory.key);
    return block(directory);
  }
  ++slot.items;
  slot.bytes += directory.bytes;
  if (context_.record_claims) slot.claims.push_back(directory.key);
  if (context_.items)
    slot.entries.push_back({path, directory.bytes, judge_.reason_to_go(directory.youngest_ns),
                            false, device_number(directory.key.device), directory.key.inode});
}

void CategoryResult::skip(const std::string& reason, std::uint64_t bytes_left) {
  model::SkippedSum& sum = skipped[reason];
  ++sum.items;
  sum.bytes += bytes_left;
}

void CategoryResult::absorb(CategoryResult&& other) {
  items += other.items;
  bytes += other.bytes;
  for (const auto& [reason, sum] : other.skipped) {
    skipped[reason].items += sum.items;
    skipped[reason].bytes += sum.bytes;
  }
  std::move(other.entries.begin(), other.entries.end(), std::back_inserter(entries));
  claims.insert(claims.end(), other.claims.begin(), other.claims.end());
  files_seen += other.files_seen;
  directories_seen += other.directories_seen;
  complete = complete && other.complete;
  has_repository = has_repository || other.has_repository;
}

CategoryResult scan_category(const CategoryContext& context, std::vector<RuleRoot> roots,
                             const WalkOptions& options, ErrorList& errors) {
  CategoryWalk visitor(context, roots, walk_width(options), options.progress, errors);
  std::vector<Seed> seeds;
  for (RuleRoot& root : roots) seeds.push_back({std::move(root.directory), root.path});
  const bool complete = walk(std::move(seeds), visitor, options,
                             {.look_before_opening = true, .refuse_mounts = true});
  return visitor.finish(complete);
}

}  // namespace lull::scan
