// SPDX-License-Identifier: MIT
// During the walk: every entry is judged by itself, then with what lies beside it.
#include "core/scan/category_walk.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <unordered_map>

#include "core/scan/dead_link.h"
#include "core/scan/desktop_entry.h"
#include "core/scan/file_format.h"
#include "core/scan/peek.h"
#include "core/scan/status_values.h"

namespace lull::scan {
namespace {

constexpr std::uint64_t kProgressStep = 1024;
constexpr std::size_t kLargestDesktopEntry = 256 * 1024;
// No cache is as deep as this; what is made to be so deep would only cost time.
constexpr std::uint32_t kDeepest = 256;

constexpr auto kRepositories =
    std::to_array<std::string_view>({".git", ".hg", ".svn", ".jj", ".bzr", ".pijul", "_darcs"});
constexpr auto kBareRepository = std::to_array<std::string_view>({"HEAD", "objects", "refs"});

// "history.db" for "history.db-wal"; empty for every other name.
std::string_view family_of(std::string_view name) {
  for (const std::string_view suffix : {"-wal", "-wal2", "-shm", "-journal"})
    if (name.size() > suffix.size() && name.ends_with(suffix))
      return name.substr(0, name.size() - suffix.size());
  return {};
}

}  // namespace

void Records::add(std::string_view name, Record record) {
  record.name_at = static_cast<std::uint32_t>(names.size());
  record.name_length = static_cast<std::uint32_t>(name.size());
  names.append(name).push_back('\0');
  list.push_back(record);
}

std::string ScanDir::path() const {
  std::vector<const std::string*> parts;
  for (const ScanDir* at = this; at != nullptr; at = at->parent) parts.push_back(&at->name);
  std::string path;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (part != parts.rbegin()) path += '/';
    path += **part;
  }
  return path;
}

std::string CategoryWalk::path_if_asked(const ScanDir& in, std::string_view name) const {
  return context_.items ? (in.path() + "/").append(name) : std::string();
}

Step CategoryWalk::enter(unsigned index, WalkNode& node, const struct stat& status) {
  SlotState& slot = slots_[index];
  ScanDir& directory = slot.directories.emplace_back();
  node.user = &directory;
  directory.name = node.name();
  directory.bytes = blocks_of(status);
  directory.key = {status.st_dev, status.st_ino};
  directory.youngest_ns = judge_.youngest_of(status);
  ++slot.seen;
  slot.seen_bytes += directory.bytes;
  if (node.parent == nullptr) {
    directory.below = judge_.root(node.seed);
    return Step::kContinue;
  }
  note_repository(static_cast<ScanDir*>(node.parent->user), directory.name);
  directory.parent = &directory_of(*node.parent);
  directory.depth = directory.parent->depth + 1;
  directory.fate = judge_directory(directory, status);
  return directory.pruned ? prune(slot, directory) : Step::kContinue;
}

Fate CategoryWalk::judge_directory(ScanDir& directory, const struct stat& status) {
  directory.pruned = true;
  if (directory.depth > kDeepest) return Fate::kTooDeep;
  const Fate fate =
      judge_.directory(directory.name, status, directory.parent->below, directory.below);
  const bool closed = fate == Fate::kNever || fate == Fate::kForeign;
  directory.pruned = closed || judge_.may_skip(directory.below);
  return fate;
}

Step CategoryWalk::prune(SlotState& slot, ScanDir& directory) {
  if (directory.fate != Fate::kUnmatched)
    stay(slot, directory.fate, directory.bytes, path_if_asked(*directory.parent, directory.name),
         directory.key);
  directory.parent->something_stays.store(true, std::memory_order_relaxed);
  return Step::kPrune;
}

Step CategoryWalk::visit(unsigned index, WalkNode& in, const char* text,
                         const struct stat& status) {
  SlotState& slot = slots_[index];
  ScanDir& directory = directory_of(in);
  const std::string_view name(text);
  Record record;
  record.bytes = blocks_of(status);
  record.key = {status.st_dev, status.st_ino};
  record.links = static_cast<std::uint32_t>(status.st_nlink);
  record.youngest_ns = judge_.youngest_of(status);
  record.fate = judge_.entry(name, status, directory.below);
  note_repository(&directory, name);
  ++slot.seen;
  ++slot.files;
  slot.seen_bytes += record.bytes;
  const std::lock_guard lock(directory.mutex);
  if (directory.records.list.empty()) std::swap(directory.records, slot.spare);
  directory.records.add(name, record);
  return Step::kContinue;
}

void CategoryWalk::note_repository(ScanDir* in, std::string_view name) {
  const auto is_name = [name](std::string_view one) { return one == name; };
  bool found = std::any_of(kRepositories.begin(), kRepositories.end(), is_name);
  const auto part = std::find_if(kBareRepository.begin(), kBareRepository.end(), is_name);
  if (part != kBareRepository.end()) {
    const auto bit = static_cast<std::uint8_t>(1u << (part - kBareRepository.begin()));
    found = (in->bare_repository.fetch_or(bit, std::memory_order_relaxed) | bit) == 7;
  }
  if (found) has_repository_.store(true, std::memory_order_relaxed);
}

void CategoryWalk::other_device(unsigned index, WalkNode& in, const char* name,
                                const struct stat& status) {
  ScanDir& directory = directory_of(in);
  directory.something_stays.store(true, std::memory_order_relaxed);
  stay(slots_[index], Fate::kOtherDevice, 0, path_if_asked(directory, name),
       {status.st_dev, status.st_ino});
}

void CategoryWalk::error(unsigned, WalkNode& in, const char* name, int os_error) {
  errors_.add(path_of(in, name), os_error);
  if (in.user != nullptr) directory_of(in).something_stays.store(true, std::memory_order_relaxed);
}

void CategoryWalk::pause(unsigned index) {
  if (slots_[index].seen - slots_[index].told >= kProgressStep) tell(slots_[index]);
}

// All files of the directory are known: now those that belong together can be judged together. The
// walk keeps the directory open until this returns.
void CategoryWalk::listed(unsigned index, WalkNode& node, bool complete) {
  ScanDir& directory = directory_of(node);
  directory.complete = complete;
  Records records;
  {
    const std::lock_guard lock(directory.mutex);
    records = std::exchange(directory.records, {});
  }
  if (!complete) return;
  inspect(node.descriptor, records);
  if (context_.rule.sqlite_family_as_one) judge_families(records);
  judge_stores(records);
  if (context_.rule.finished_beside) judge_unfinished(records);
  for (const Record& record : records.list)
    take(slots_[index], directory, record, records.name_of(record));
  keep_memory(slots_[index], std::move(records));
}

// Most directories need no more memory than the one before; a large one's is given back.
void CategoryWalk::keep_memory(SlotState& slot, Records records) {
  constexpr std::size_t kMost = 4096;
  if (records.list.capacity() > kMost) return;
  records.list.clear();
  records.names.clear();
  slot.spare = std::move(records);
}

// Rules about what is in a file: those few that may go by everything else are looked into.
void CategoryWalk::inspect(int directory, Records& records) const {
  const Rule& rule = context_.rule;
  const bool looks = rule.file_format != FileFormat::kAny || rule.only == Only::kDeadLinks ||
                     rule.only == Only::kBrokenDesktopFiles;
  if (!looks || context_.whole_item) return;
  for (Record& record : records.list)
    if (record.fate == Fate::kGoes)
      record.fate = inspected(directory, records.names.c_str() + record.name_at, record);
}

Fate CategoryWalk::inspected(int directory, const char* name, const Record& record) const {
  switch (context_.rule.only) {
    case Only::kDeadLinks:
      return is_dead_link(directory, name) ? Fate::kGoes : Fate::kUnmatched;
    case Only::kBrokenDesktopFiles:
      return is_broken_entry(directory, name) ? Fate::kGoes : Fate::kUnmatched;
    default:
      break;
  }
  const bool fits = file_has_format(context_.rule.file_format, directory, name, record.key.device,
                                    record.key.inode);
  return fits ? Fate::kGoes : Fate::kOtherFormat;
}

bool CategoryWalk::is_broken_entry(int directory, const char* name) const {
  if (!std::string_view(name).ends_with(".desktop")) return false;
  const auto text = peek_text(directory, name, kLargestDesktopEntry);
  const auto entry = text ? parse_desktop_entry(*text) : std::nullopt;
  return entry && is_broken(*entry, [&](const std::string& program) {
           return find_program(program, context_.programs);
         });
}

// A database and its -wal, -shm and -journal: if one stays, removing another destroys it.
void CategoryWalk::judge_families(Records& records) const {
  std::unordered_map<std::string_view, bool> stays;
  for (const Record& record : records.list)
    if (const std::string_view family = family_of(records.name_of(record)); !family.empty())
      stays.emplace(family, false);
  if (stays.empty()) return;
  const auto find = [&](const Record& record) {
    const auto own = stays.find(records.name_of(record));
    return own != stays.end() ? own : stays.find(family_of(records.name_of(record)));
  };
  for (const Record& record : records.list)
    if (const auto family = find(record); family != stays.end() && remains(record))
      family->second = true;
  for (Record& record : records.list)
    if (const auto family = find(record);
        family != stays.end() && family->second && record.fate == Fate::kGoes)
      record.fate = Fate::kFamily;
}

// A LevelDB or RocksDB database is a directory, an LMDB one a file and its locks: none of their
// files means anything without the others.
void CategoryWalk::judge_stores(Records& records) const {
  bool current = false, manifest = false, lmdb = false;
  for (const Record& record : records.list) {
    const std::string_view name = records.name_of(record);
    current = current || name == "CURRENT";
    manifest = manifest || name.starts_with("MANIFEST-");
    lmdb = lmdb || name == "data.mdb" || name == "lock.mdb";
  }
  if (!lmdb && !(current && manifest)) return;
  const auto stays = [this](const Record& record) { return remains(record); };
  if (std::none_of(records.list.begin(), records.list.end(), stays)) return;
  for (Record& record : records.list)
    if (record.fate == Fate::kGoes) record.fate = Fate::kFamily;
}

// "film.mkv.part" beside "film.mkv": Firefox makes both when a download begins.
void CategoryWalk::judge_unfinished(Records& records) const {
  std::unordered_map<std::string_view, const Record*> by_name;
  for (const Record& record : records.list) by_name.emplace(records.name_of(record), &record);
  for (Record& record : records.list) {
    const std::string_view name = records.name_of(record);
    if (record.fate != Fate::kGoes || name.find('.') == std::string_view::npos) continue;
    const auto finished = by_name.find(name.substr(0, name.rfind('.')));
    if (finished != by_name.end() &&
        judge_.is_used(finished->second->key, finished->second->youngest_ns))
      record.fate = Fate::kFinishedUsed;
  }
}

void CategoryWalk::take(SlotState& slot, ScanDir& in, const Record& record, std::string_view name) {
  if (record.fate != Fate::kGoes) in.something_stays.store(true, std::memory_order_relaxed);
  if (record.fate == Fate::kUnmatched) return;
  if (record.links > 1)
    slot.linked.push_back({&in, record, (in.path() + "/").append(name)});
  else if (record.fate == Fate::kGoes)
    go(slot, record, record.bytes, path_if_asked(in, name));
  else
    stay(slot, record.fate, record.bytes, path_if_asked(in, name), record.key);
}

void CategoryWalk::go(SlotState& slot, const Record& record, std::uint64_t bytes,
                      std::string path) {
  ++slot.items;
  slot.bytes += bytes;
  if (context_.record_claims) slot.claims.push_back(record.key);
  if (context_.items)
    slot.entries.push_back({std::move(path), bytes, judge_.reason_to_go(record.youngest_ns), false,
                            device_number(record.key.device), record.key.inode});
}

void CategoryWalk::stay(SlotState& slot, Fate fate, std::uint64_t bytes, std::string path,
                        const FileKey& key) {
  model::SkippedSum& sum = slot.skipped[static_cast<std::size_t>(fate)];
  ++sum.items;
  sum.bytes += bytes;
  if (context_.items)
    slot.entries.push_back(
        {std::move(path), bytes, judge_.words(fate), true, device_number(key.device), key.inode});
}

void CategoryWalk::tell(SlotState& slot) {
  if (progress_ != nullptr)
    progress_->add(slot.seen - slot.told, slot.seen_bytes - slot.told_bytes);
  slot.told = slot.seen;
  slot.told_bytes = slot.seen_bytes;
}

}  // namespace lull::scan
