// SPDX-License-Identifier: MIT
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/settings.h"

namespace lull::agent {
namespace {

std::string name_of(const SettingInfo& info) {
  return std::string(info.section) + "." + std::string(info.key);
}

// CONTRACT "Settings", by hand: the table must not lose one.
const std::vector<std::string> kContract = {"performance.max_parallel_scans",
                                            "performance.max_parallel_deletes",
                                            "performance.dir_cache_size",
                                            "performance.dir_cache_ttl",
                                            "performance.metadata_cache_size",
                                            "performance.adaptive_memory",
                                            "performance.max_memory_chunk",
                                            "performance.memory_pool_size",
                                            "performance.enable_background_refresh",
                                            "performance.refresh_interval",
                                            "performance.max_concurrent_operations",
                                            "automation.clean",
                                            "automation.relief",
                                            "automation.scan_interval",
                                            "automation.quiet_hours",
                                            "automation.on_battery",
                                            "automation.idle_cpu_percent",
                                            "automation.idle_after",
                                            "relief.target_available_percent",
                                            "relief.exclude",
                                            "relief.collect",
                                            "relief.move_stale_files",
                                            "relief.squeeze",
                                            "clean.tiers",
                                            "clean.keep",
                                            "clean.purge_after",
                                            "ui.theme",
                                            "ui.text_size",
                                            "ui.icon",
                                            "ui.label",
                                            "ui.accessible_text",
                                            "metrics.textfile"};

TEST(SettingTable, has_every_setting_of_the_contract_in_its_order) {
  std::vector<std::string> names;
  for (const SettingInfo& info : setting_table()) names.push_back(name_of(info));
  EXPECT_EQ(names, kContract);
}

TEST(SettingTable, tells_the_defaults_as_they_would_stand_in_a_file) {
  const auto shown = show_settings(Settings{});
  ASSERT_EQ(shown.size(), setting_table().size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    EXPECT_EQ(shown[i].first, name_of(setting_table()[i]));
    EXPECT_EQ(shown[i].second, setting_table()[i].default_text);
  }
}

TEST(SettingTable, has_the_defaults_of_the_contract) {
  std::map<std::string, std::string> shown;
  for (auto& [key, value] : show_settings(Settings{})) shown[key] = value;
  EXPECT_EQ(shown["performance.dir_cache_size"], "1000");
  EXPECT_EQ(shown["performance.dir_cache_ttl"], "\"5 min\"");
  EXPECT_EQ(shown["performance.metadata_cache_size"], "5000");
  EXPECT_EQ(Settings{}.performance.refresh_interval, std::chrono::seconds(60));
  EXPECT_EQ(shown["performance.max_memory_chunk"], "\"50 MiB\"");
  EXPECT_EQ(shown["automation.clean"], "\"rehearse\"");
  EXPECT_EQ(shown["automation.scan_interval"], "\"6 h\"");
  EXPECT_EQ(shown["automation.quiet_hours"], "\"none\"");
  EXPECT_EQ(shown["automation.idle_after"], "\"2 min\"");
  EXPECT_EQ(shown["clean.tiers"], "[\"safe\"]");
  EXPECT_EQ(shown["clean.purge_after"], "\"7 d\"");
  EXPECT_EQ(shown["metrics.textfile"], "\"off\"");
}

TEST(SettingTable, every_default_is_accepted_when_written_out) {
  std::string toml;
  for (const SettingInfo& info : setting_table())
    toml += name_of(info) + " = " + std::string(info.default_text) + "\n";
  EXPECT_TRUE(find_settings_errors(toml, "defaults").empty());
}

TEST(SettingTable, explains_every_setting_in_one_line) {
  for (const SettingInfo& info : setting_table()) {
    EXPECT_GT(info.help.size(), 15u) << name_of(info);
    EXPECT_EQ(info.help.find('\n'), std::string_view::npos) << name_of(info);
  }
}

TEST(SettingTable, every_word_it_offers_is_accepted) {
  for (const SettingInfo& info : setting_table())
    for (const std::string_view word : info.words) {
      const bool list = info.default_text.starts_with('[');
      const bool flag = word == "true" || word == "false";
      std::string value = flag ? std::string(word) : "\"" + std::string(word) + "\"";
      if (list) value = "[" + value + "]";
      EXPECT_TRUE(find_settings_errors(name_of(info) + " = " + value, "x").empty())
          << name_of(info) << " = " << value;
    }
}

}  // namespace
}  // namespace lull::agent
