// SPDX-License-Identifier: MIT
#include "core/scan/category_scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/scan/judge.h"

namespace lull::scan {
namespace {

constexpr std::uint64_t kProgressStep = 1024;

// No cache is as deep as this; what is made to be so deep would only cost time.
constexpr std::uint32_t kDeepest = 256;

// Fates of directories that are not looked into.
bool is_pruned(Fate fate) {
  return fate == Fate::kNever || fate == Fate::kForeign || fate == Fate::kTooDeep;
}

// A file of a directory that is being read.
struct Record {
  std::string name;
  std::uint64_t bytes = 0;
  FileKey key;
  std::uint32_t links = 1;
  std::int64_t youngest_ns = 0;
  Fate fate = Fate::kGoes;
};

// A directory of the walk, kept until its end: whether it goes depends on everything below it.
struct ScanDir {
  ScanDir* parent = nullptr;
  std::uint32_t root = 0;
  std::uint32_t depth = 0;  // below its root
  std::string name;         // of a root: its path
  std::uint64_t bytes = 0;
  FileKey key;
  std::int64_t youngest_ns = 0;
  Fate fate = Fate::kGoes;
  Inherited below;
  std::atomic<bool> something_stays{false};  // directly in it
  bool complete = false;                     // every entry was seen
  bool blocked = false;                      // it, or something anywhere below it, stays
  std::mutex mutex;
  std::vector<Record> records;  // until the directory is judged

  // Below the root, without a leading slash.
  std::string relative() const { return joined(false); }
  std::string path() const { return joined(true); }

 private:
  std::string joined(bool with_root) const {
    std::vector<const std::string*> parts;
    for (const ScanDir* at = this; at != nullptr; at = at->parent)
      if (with_root || at->parent != nullptr) parts.push_back(&at->name);
    std::string path;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (part != parts.rbegin()) path += '/';
      path += **part;
    }
    return path;
  }
};

// One name of a file that has several.
struct LinkedName {
  ScanDir* directory = nullptr;
  Record record;
  std::string path;
};

struct alignas(64) SlotState {
  std::deque<ScanDir> directories;
  std::uint64_t items = 0, bytes = 0;
  std::array<model::SkippedSum, kFates> skipped;
  std::vector<model::ScanEntry> entries;
  std::vector<FileKey> claims;
  std::vector<LinkedName> linked;
  std::uint64_t files = 0, seen = 0, seen_bytes = 0, told = 0, told_bytes = 0;
  // The directory whose relative path is at hand.
  const ScanDir* current = nullptr;
  std::string prefix;
};

std::uint64_t blocks_of(const struct stat& status) {
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// "history.db" for "history.db-wal"; empty for every other name.
std::string_view family_of(std::string_view name) {
  for (const std::string_view suffix : {"-wal", "-shm", "-journal"})
    if (name.size() > suffix.size() && name.ends_with(suffix))
      return name.substr(0, name.size() - suffix.size());
  return {};
}

class CategoryWalk final : public Visitor {
 public:
  CategoryWalk(const CategoryContext& context, const std::vector<RuleRoot>& roots, unsigned slots,
               base::Progress* progress, ErrorList& errors)
      : context_(context),
        judge_(context, roots),
        slots_(slots),
        progress_(progress),
        errors_(errors) {}

  Step enter(unsigned slot, WalkNode& node, const struct stat& status) override;
  Step visit(unsigned slot, WalkNode& in, const char* name, const struct stat& status) override;
  void listed(unsigned slot, WalkNode& node, bool complete) override;
  void other_device(unsigned slot, WalkNode& in, const char* name,
                    const struct stat& status) override;
  void error(unsigned slot, WalkNode& in, const char* name, int os_error) override;
  void pause(unsigned slot) override {
    if (slots_[slot].seen - slots_[slot].told >= kProgressStep) tell(slots_[slot]);
  }

  CategoryResult finish(bool complete);

 private:
  static ScanDir& directory_of(WalkNode& node) { return *static_cast<ScanDir*>(node.user); }
  const std::string& relative_of(SlotState& slot, const ScanDir& in, std::string_view name);
  void judge_families(std::vector<Record>& records) const;
  void take(SlotState& slot, ScanDir& in, Record&& record);
  void go(SlotState& slot, const ScanDir& in, const Record& record, std::uint64_t bytes);
  void stay(SlotState& slot, Fate fate, std::uint64_t bytes, std::string path);
  void settle_links();
  void settle_group(std::vector<LinkedName*>& names);
  void settle_directories(bool complete);
  static void block(ScanDir& directory);
  void tell(SlotState& slot);

  const CategoryContext& context_;
  const Judge judge_;
  std::vector<SlotState> slots_;
  base::Progress* const progress_;
  ErrorList& errors_;
};

// ---- during the walk --------------------------------------------------------------------------

const std::string& CategoryWalk::relative_of(SlotState& slot, const ScanDir& in,
                                             std::string_view name) {
  if (slot.current != &in) {
    slot.prefix = in.relative();
    if (!slot.prefix.empty()) slot.prefix += '/';
    slot.current = &in;
  }
  // The prefix stays in place; only the name behind it changes.
  const std::size_t slash = slot.prefix.rfind('/');
  slot.prefix.resize(slash == std::string::npos ? 0 : slash + 1);
  slot.prefix += name;
  return slot.prefix;
}

Step CategoryWalk::enter(unsigned index, WalkNode& node, const struct stat& status) {
  SlotState& slot = slots_[index];
  ScanDir& directory = slot.directories.emplace_back();
  node.user = &directory;
  directory.root = node.seed;
  directory.name = node.name();
  directory.bytes = blocks_of(status);
  directory.key = {status.st_dev, status.st_ino};
  directory.youngest_ns = youngest_of(status);
  ++slot.seen;
  slot.seen_bytes += directory.bytes;
  if (node.parent == nullptr) {
    directory.below = judge_.root(node.seed);
    return Step::kContinue;
  }
  directory.parent = &directory_of(*node.parent);
  directory.depth = directory.parent->depth + 1;
  directory.fate = directory.depth > kDeepest
                       ? Fate::kTooDeep
                       : judge_.directory(node.seed, directory.relative(), status,
                                          directory.parent->below, directory.below);
  if (!is_pruned(directory.fate)) return Step::kContinue;
  stay(slot, directory.fate, directory.bytes, context_.items ? directory.path() : std::string());
  directory.parent->something_stays.store(true, std::memory_order_relaxed);
  return Step::kPrune;
}

Step CategoryWalk::visit(unsigned index, WalkNode& in, const char* name,
                         const struct stat& status) {
  SlotState& slot = slots_[index];
  ScanDir& directory = directory_of(in);
  Record record;
  record.name = name;
  record.bytes = blocks_of(status);
  record.key = {status.st_dev, status.st_ino};
  record.links = static_cast<std::uint32_t>(status.st_nlink);
  record.youngest_ns = youngest_of(status);
  record.fate =
      judge_.entry(in.seed, relative_of(slot, directory, record.name), status, directory.below);
  ++slot.seen;
  ++slot.files;
  slot.seen_bytes += record.bytes;
  const std::lock_guard lock(directory.mutex);
  directory.records.push_back(std::move(record));
  return Step::kContinue;
}

void CategoryWalk::other_device(unsigned index, WalkNode& in, const char* name,
                                const struct stat&) {
  ScanDir& directory = directory_of(in);
  directory.something_stays.store(true, std::memory_order_relaxed);
  stay(slots_[index], Fate::kOtherDevice, 0,
       context_.items ? directory.path() + "/" + name : std::string());
}

void CategoryWalk::error(unsigned, WalkNode& in, const char* name, int os_error) {
  errors_.add(path_of(in, name), os_error);
  if (in.user != nullptr) directory_of(in).something_stays.store(true, std::memory_order_relaxed);
}

// All files of the directory are known: now those that belong together can be judged together.
void CategoryWalk::listed(unsigned index, WalkNode& node, bool complete) {
  ScanDir& directory = directory_of(node);
  directory.complete = complete;
  std::vector<Record> records;
  {
    const std::lock_guard lock(directory.mutex);
    records = std::exchange(directory.records, {});
  }
  if (!complete) return;
  if (context_.rule.sqlite_family_as_one) judge_families(records);
  for (Record& record : records) take(slots_[index], directory, std::move(record));
}

// A database and its -wal, -shm and -journal: if one stays, removing another destroys it.
void CategoryWalk::judge_families(std::vector<Record>& records) const {
  std::unordered_map<std::string_view, bool> stays;
  for (const Record& record : records)
    if (const std::string_view family = family_of(record.name); !family.empty())
      stays.emplace(family, false);
  if (stays.empty()) return;
  const auto find = [&](const Record& record) {
    const auto own = stays.find(record.name);
    return own != stays.end() ? own : stays.find(family_of(record.name));
  };
  for (const Record& record : records) {
    const bool remains = record.fate != Fate::kGoes || (record.links > 1 && !context_.whole_item);
    if (const auto family = find(record); family != stays.end() && remains) family->second = true;
  }
  for (Record& record : records)
    if (const auto family = find(record);
        family != stays.end() && family->second && record.fate == Fate::kGoes)
      record.fate = Fate::kFamily;
}

void CategoryWalk::take(SlotState& slot, ScanDir& in, Record&& record) {
  if (record.fate != Fate::kGoes) in.something_stays.store(true, std::memory_order_relaxed);
  if (record.fate == Fate::kUnmatched) return;
  if (record.links > 1) {
    slot.linked.push_back({&in, std::move(record), {}});
  } else if (record.fate == Fate::kGoes) {
    go(slot, in, record, record.bytes);
  } else {
    stay(slot, record.fate, record.bytes,
         context_.items ? in.path() + "/" + record.name : std::string());
  }
}

void CategoryWalk::go(SlotState& slot, const ScanDir& in, const Record& record,
                      std::uint64_t bytes) {
  ++slot.items;
  slot.bytes += bytes;
  if (context_.record_claims) slot.claims.push_back(record.key);
  if (context_.items)
    slot.entries.push_back(
        {in.path() + "/" + record.name, bytes, judge_.reason_to_go(record.youngest_ns), false});
}

void CategoryWalk::stay(SlotState& slot, Fate fate, std::uint64_t bytes, std::string path) {
  model::SkippedSum& sum = slot.skipped[static_cast<std::size_t>(fate)];
  ++sum.items;
  sum.bytes += bytes;
  if (context_.items) slot.entries.push_back({std::move(path), bytes, judge_.words(fate), true});
}

void CategoryWalk::tell(SlotState& slot) {
  if (progress_ != nullptr)
    progress_->add(slot.seen - slot.told, slot.seen_bytes - slot.told_bytes);
  slot.told = slot.seen;
  slot.told_bytes = slot.seen_bytes;
}

// ---- after the walk ---------------------------------------------------------------------------

CategoryResult CategoryWalk::finish(bool complete) {
  settle_links();
  settle_directories(complete);
  CategoryResult result;
  result.complete = complete;
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
  return result;
}

// A file with several names goes if all of them do. Its bytes are counted with the first name.
void CategoryWalk::settle_links() {
  std::vector<LinkedName*> names;
  for (SlotState& slot : slots_)
    for (LinkedName& name : slot.linked) {
      name.path = name.directory->path() + "/" + name.record.name;
      names.push_back(&name);
    }
  std::sort(names.begin(), names.end(), [](const LinkedName* a, const LinkedName* b) {
    return std::tie(a->record.key, a->path) < std::tie(b->record.key, b->path);
  });
  for (auto first = names.begin(); first != names.end();) {
    const auto last = std::find_if(first, names.end(), [&](const LinkedName* other) {
      return other->record.key != (*first)->record.key;
    });
    std::vector<LinkedName*> group(first, last);
    settle_group(group);
    first = last;
  }
}

void CategoryWalk::settle_group(std::vector<LinkedName*>& names) {
  SlotState& slot = slots_.front();
  const bool all_go = std::all_of(names.begin(), names.end(), [](const LinkedName* name) {
    return name->record.fate == Fate::kGoes;
  });
  const bool all_here = names.size() >= names.front()->record.links;
  std::uint64_t bytes = names.front()->record.bytes;
  for (LinkedName* name : names) {
    Record& record = name->record;
    if (record.fate == Fate::kGoes && ((all_go && all_here) || context_.whole_item)) {
      go(slot, *name->directory, record, all_go && all_here ? bytes : 0);
    } else {
      if (record.fate == Fate::kGoes) record.fate = Fate::kLinkedElsewhere;
      name->directory->something_stays.store(true, std::memory_order_relaxed);
      stay(slot, record.fate, bytes, name->path);
    }
    bytes = 0;
  }
}

void CategoryWalk::block(ScanDir& directory) {
  for (ScanDir* at = &directory; at != nullptr && !at->blocked; at = at->parent) at->blocked = true;
}

// A directory goes when it may and everything below it does. After a cancelled walk none goes:
// nobody knows what is in it.
void CategoryWalk::settle_directories(bool complete) {
  std::vector<ScanDir*> ready;
  for (SlotState& slot : slots_)
    for (ScanDir& directory : slot.directories) {
      // Pruned ones were counted when they were met.
      if (is_pruned(directory.fate)) continue;
      if (directory.something_stays.load() || !directory.complete) block(directory);
      ready.push_back(&directory);
    }
  // What stays only for its own sake is counted once; it then holds back those above it. Deeper
  // paths first, so that a directory knows about everything below it.
  std::vector<std::pair<std::string, ScanDir*>> by_path;
  for (ScanDir* directory : ready)
    if (!directory->blocked) by_path.emplace_back(directory->path(), directory);
  std::sort(by_path.begin(), by_path.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  SlotState& slot = slots_.front();
  for (auto& [path, directory] : by_path) {
    if (directory->blocked) continue;
    const bool is_root = directory->parent == nullptr;
    if (is_root && !context_.whole_item) continue;
    if (!complete || directory->fate == Fate::kUnmatched) {
      block(*directory);
    } else if (directory->fate != Fate::kGoes) {
      stay(slot, directory->fate, directory->bytes, path);
      block(*directory);
    } else {
      ++slot.items;
      slot.bytes += directory->bytes;
      if (context_.record_claims) slot.claims.push_back(directory->key);
      if (context_.items)
        slot.entries.push_back(
            {path, directory->bytes, judge_.reason_to_go(directory->youngest_ns), false});
    }
  }
}

}  // namespace

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
