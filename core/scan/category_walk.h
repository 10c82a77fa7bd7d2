// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scan/category_scan.h"
#include "core/scan/judge.h"

// The inside of scan_category(): what is kept of a walk until its end.
namespace lull::scan {

// A file of a directory that is being read. Its name is in the directory's Records.
struct Record {
  std::uint32_t name_at = 0, name_length = 0;
  std::uint64_t bytes = 0;
  FileKey key;
  std::int64_t youngest_ns = 0;
  std::uint32_t links = 1;
  Fate fate = Fate::kGoes;
};
struct Records {
  std::vector<Record> list;
  std::string names;  // one after the other, each with a NUL behind it

  void add(std::string_view name, Record record);
  std::string_view name_of(const Record& record) const {
    return std::string_view(names).substr(record.name_at, record.name_length);
  }
};

// A directory of the walk, kept until its end: whether it goes depends on everything below it.
struct ScanDir {
  ScanDir* parent = nullptr;
  std::uint32_t depth = 0;  // below its root
  std::string name;         // of a root: its path
  std::uint64_t bytes = 0;
  FileKey key;
  std::int64_t youngest_ns = 0;
  Fate fate = Fate::kGoes;
  Inherited below;
  std::atomic<bool> something_stays{false};  // directly in it
  // Of what a repository of git without a work tree has in it: HEAD, objects, refs.
  std::atomic<std::uint8_t> bare_repository{0};
  bool pruned = false;    // was not looked into
  bool complete = false;  // every entry was seen
  bool blocked = false;   // it, or something anywhere below it, stays
  std::mutex mutex;
  Records records;  // until the directory is judged

  std::string path() const;
};

// One name of a file that has several.
struct LinkedName {
  ScanDir* directory = nullptr;
  Record record;
  std::string path;
};

// What one task of the walk has found.
struct alignas(64) SlotState {
  std::deque<ScanDir> directories;
  std::uint64_t items = 0, bytes = 0;
  std::array<model::SkippedSum, kFates> skipped;
  std::vector<model::ScanEntry> entries;
  std::vector<FileKey> claims;
  std::vector<LinkedName> linked;
  Records spare;  // memory of a directory that has been judged
  std::uint64_t files = 0, seen = 0, seen_bytes = 0, told = 0, told_bytes = 0;
};

class CategoryWalk final : public Visitor {
 public:
  CategoryWalk(const CategoryContext& context, const std::vector<RuleRoot>& roots, unsigned slots,
               base::Progress* progress, ErrorList& errors)
      : context_(context),
        judge_(context, roots),
        slots_(slots),
        progress_(progress),
        errors_(errors) {}

  Step enter(unsigned index, WalkNode& node, const struct stat& status) override;
  Step visit(unsigned index, WalkNode& in, const char* text, const struct stat& status) override;
  void listed(unsigned index, WalkNode& node, bool complete) override;
  void other_device(unsigned index, WalkNode& in, const char* name,
                    const struct stat& status) override;
  void error(unsigned slot, WalkNode& in, const char* name, int os_error) override;
  void pause(unsigned index) override;

  // After the walk: what was found. `complete`: it came to its end.
  CategoryResult finish(bool complete);

 private:
  static ScanDir& directory_of(WalkNode& node) { return *static_cast<ScanDir*>(node.user); }
  Fate judge_directory(ScanDir& directory, const struct stat& status);
  Step prune(SlotState& slot, ScanDir& directory);
  void note_repository(ScanDir* in, std::string_view name);

  void inspect(int directory, Records& records) const;
  Fate inspected(int directory, const char* name, const Record& record) const;
  bool is_broken_entry(int directory, const char* name) const;
  static void keep_memory(SlotState& slot, Records records);
  void judge_families(Records& records) const;
  void judge_stores(Records& records) const;
  void judge_unfinished(Records& records) const;
  bool remains(const Record& record) const {
    return record.fate != Fate::kGoes || (record.links > 1 && !context_.whole_item);
  }
  void take(SlotState& slot, ScanDir& in, const Record& record, std::string_view name);
  void go(SlotState& slot, const Record& record, std::uint64_t bytes, std::string path);
  void stay(SlotState& slot, Fate fate, std::uint64_t bytes, std::string path, const FileKey& key);
  std::string path_if_asked(const ScanDir& in, std::string_view name) const;
  void tell(SlotState& slot);

  void settle_links();
  void settle_group(const std::vector<LinkedName*>& names);
  void settle_directories(bool complete);
  void settle_directory(ScanDir& directory, bool complete);
  void sum_up(CategoryResult& result);

  const CategoryContext& context_;
  const Judge judge_;
  std::vector<SlotState> slots_;
  base::Progress* const progress_;
  ErrorList& errors_;
  std::atomic<bool> has_repository_{false};
};

}  // namespace lull::scan
