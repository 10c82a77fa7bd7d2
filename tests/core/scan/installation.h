// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/environment.h"
#include "core/scan/scanner.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan::testing {

// A home directory as years of use leave it, and a scan of it. The scan takes place 60 days after
// the tree was made, because a change time cannot be set back: everything is 60 days old unless
// touched.
class Installation {
 public:
  Installation();

  ScratchTree tree;
  base::UserDirectories directories;
  ScanRequest request;  // all categories, with items; nothing is running

  // Younger than any rule's age.
  void make_recent(std::string_view relative);
  void trash(const std::string& name, int days_ago, std::size_t bytes = 5000);
  void trash_info(const std::string& name, const std::string& text);
  // "2026-11-23T21:09:05", local time, so many days before the scan.
  std::string deletion_date(int days_ago) const;

  model::ScanReport scan(const std::vector<std::string>& categories, unsigned width = 2);
  model::ScanReport scan_rules(const std::string& toml, unsigned width = 2);
};

// What would go, and what stays with its reason; paths below the tree's root.
std::set<std::string> goes(const Installation& home, const model::CategoryReport& category);
std::map<std::string, std::string> stays(const Installation& home,
                                         const model::CategoryReport& category);
// A report as one text, to compare whole reports.
std::string text_of(const model::ScanReport& report);
const model::CategoryReport& category_of(const model::ScanReport& report, std::string_view id);

}  // namespace lull::scan::testing
