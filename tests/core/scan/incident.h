// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/scan/rules.h"
#include "tests/core/scan/installation.h"

namespace lull::scan::testing {

// A rule somebody could write, with these roots and whatever else.
inline std::string rule_of(const std::string& roots, const std::string& more = "") {
  return "[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"safe\"\ncost = \"c\"\nsource = \"s\"\n"
         "roots = [" +
         roots + "]\n" + more + "\n";
}

class Incident : public ::testing::Test {
 protected:
  const model::CategoryReport& scan(const std::string& toml) {
    report_ = home_.scan_rules(toml);
    return category_of(report_, "r");
  }
  static void expect_unreadable(const std::string& toml, const std::string& reason) {
    const auto rules = parse_rules(toml, "file.toml");
    ASSERT_FALSE(rules) << toml;
    EXPECT_THAT(rules.error().message, ::testing::HasSubstr(reason));
  }
  void expect_refused(const model::CategoryReport& category, const std::string& reason) {
    EXPECT_EQ(category.items, 0u);
    ASSERT_EQ(category.skipped.size(), 1u);
    EXPECT_EQ(category.skipped.front().reason, "refused: " + reason);
    EXPECT_EQ(report_.files_seen, 0u);
  }

  Installation home_;
  model::ScanReport report_;
};

}  // namespace lull::scan::testing
