// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/model/reports.h"
#include "core/scan/error_list.h"
#include "core/scan/file_key.h"
#include "core/scan/open_files.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_roots.h"
#include "core/scan/rules.h"
#include "core/scan/walker.h"

namespace lull::scan {

// Everything the judgement of an entry depends on, besides the entry. Read-only during a walk.
struct CategoryContext {
  const Rule& rule;
  uid_t owner = 0;
  std::int64_t now_ns = 0;
  bool items = false;  // list entries
  bool record_claims = false;
  std::string running;  // "firefox is running", or why that is unknown; empty: it is not
  const PathGuard& never;
  const PathGuard& keep;
  const OpenFiles* open_files = nullptr;  // null: nobody can tell what is open
  const FileKeySet& claimed;              // what earlier rules of this scan take
  std::vector<std::string> programs;      // where programs are, for entries that start one
  // For an item of the trash: it goes as a whole, with links in it and a name linked elsewhere.
  bool whole_item = false;
};

// What one walk found.
struct CategoryResult {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  std::map<std::string, model::SkippedSum> skipped;  // by reason
  std::vector<model::ScanEntry> entries;             // sorted by path
  std::vector<FileKey> claims;
  std::uint64_t files_seen = 0, directories_seen = 0;
  bool complete = true;
  bool has_repository = false;  // .git, .hg or the like was met, or a bare repository

  void skip(const std::string& reason, std::uint64_t bytes_left);
  void absorb(CategoryResult&& other);  // sums and lists; entries are sorted again by the caller
};

// Walks `roots` and judges every entry. The result does not depend on the number of threads.
CategoryResult scan_category(const CategoryContext& context, std::vector<RuleRoot> roots,
                             const WalkOptions& options, ErrorList& errors);

}  // namespace lull::scan
