// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace lull::agent {

// Hours in local time during which nothing automatic runs; may wrap midnight.
struct QuietHours {
  std::chrono::minutes from{};  // since midnight
  std::chrono::minutes to{};
  bool contains(std::chrono::minutes time_of_day) const;
};

// Every setting with its default (CONTRACT "Settings"). A plain value: the engine owns the current
// one and hands out copies.
struct Settings {
  struct Performance {
    std::int64_t max_parallel_scans = 0;  // 0: the number of cores
    std::int64_t max_parallel_deletes = 4;
    std::int64_t dir_cache_size = 1000;
    base::Duration dir_cache_ttl = std::chrono::seconds(300);
    std::int64_t metadata_cache_size = 5000;
    bool adaptive_memory = true;
    std::uint64_t max_memory_chunk = 50ull << 20;
    std::int64_t memory_pool_size = 10;
    bool enable_background_refresh = true;
    base::Duration refresh_interval = std::chrono::seconds(60);
    std::int64_t max_concurrent_operations = 3;
  } performance;
  struct Automation {
    std::string clean = "rehearse";  // off|rehearse|on
    bool relief = true;
    base::Duration scan_interval = std::chrono::hours(6);
    std::optional<QuietHours> quiet_hours;  // "22:00-07:00"
    bool on_battery = false;
    double idle_cpu_percent = 30;
    base::Duration idle_after = std::chrono::seconds(120);
  } automation;
  struct Relief {
    double target_available_percent = 10;
    std::vector<std::string> exclude;
    std::vector<std::string> collect;  // Java programs
    bool move_stale_files = false;     // out of memory, to the trash on the disk
    std::string squeeze = "off";       // off|on-request
  } relief;
  struct Clean {
    std::vector<std::string> tiers = {"safe"};
    std::vector<std::string> keep;
    base::Duration purge_after = std::chrono::hours(24 * 7);
  } clean;
  struct Ui {
    std::string theme = "system";      // system|dark|light
    std::string text_size = "normal";  // small|normal|large|huge
    std::string icon = "gauge";        // gauge|bars|plain
    std::string label = "none";        // none|memory|cpu
    bool accessible_text = false;
  } ui;
  struct Metrics {
    std::string textfile;  // empty: off
  } metrics;
};

// One row per key: the single home of names, types, ranges, help and conversion. `config show`,
// `config set`, the completion and the error messages derive from it.
struct SettingInfo {
  std::string_view section, key;
  std::string_view help;          // one line, with unit and range
  std::string_view default_text;  // as it would stand in the file
  std::span<const std::string_view>
      words;  // what may stand there if that is a closed list (completion)
};
std::span<const SettingInfo> setting_table();
std::string dotted(const SettingInfo& info);  // "section.key"

// The administrator's, for everybody on this machine. A constant: what one could point elsewhere
// by a variable would lock nothing (settings_layers.h). Whatever reads settings takes the paths as
// parameters.
inline constexpr const char* kSystemSettingsFile = "/etc/lull/config.toml";

// Whose file it is: only the machine's may say `locked = ["section.key"]`, above its sections.
enum class SettingsFileKind { kUser, kSystem };

// Reads the files in order, later ones override, the last is the user's (settings_layers.h says the
// whole); a missing file is fine. Unknown keys, wrong types and values out of range in the user's
// file: kInvalidArgument with "file:line:column: …, did you mean …".
base::Result<Settings> load_settings(const std::vector<std::string>& files);
base::Result<Settings> parse_settings(std::string_view toml, const std::string& file,
                                      Settings onto = {});
// Everything that is wrong with a text, in the order of the file; empty: parse_settings() takes it.
// A text that is not TOML has one error, the first.
std::vector<base::Error> find_settings_errors(std::string_view toml, const std::string& file,
                                              SettingsFileKind kind = SettingsFileKind::kUser);
// The bytes of a settings file; nullopt if there is none. At most 1 MiB (kTooLarge), a regular file
// or a device such as /dev/null.
base::Result<std::optional<std::string>> read_settings_file(const std::string& file);
// Where the settings are, lowest first: the system's and the user's (CONTRACT "Files").
std::vector<std::string> standard_settings_files(
    const std::string& config_home, const std::string& system_file = kSystemSettingsFile);
// "section.key" and its value as TOML text, for every key, in table order.
std::vector<std::pair<std::string, std::string>> show_settings(const Settings& settings);
// Changes one key in the file, keeping comments and order of everything else; creates file and
// directory. The value is TOML, or a bare word for strings. The result is checked before it
// replaces the file (write to a temporary, fsync, rename). A link is followed and its target
// replaced. A file with errors is not touched. Several processes may do this at once: each change
// is kept (a lock on the directory, kBusy after 5 s). Blocks on the disk.
base::Status set_setting(const std::string& file, std::string_view dotted_key,
                         std::string_view value);

}  // namespace lull::agent
