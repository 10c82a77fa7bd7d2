// SPDX-License-Identifier: MIT
#include "agent/settings_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::agent {
namespace {

struct UnitStep {
  std::int64_t factor;
  const char* name;
};
constexpr std::int64_t kMillisecond = 1'000'000, kSecond = 1000 * kMillisecond;
constexpr std::array kDurationSteps = {UnitStep{86400 * kSecond, "d"},
                                       UnitStep{3600 * kSecond, "h"}, UnitStep{60 * kSecond, "min"},
                                       UnitStep{kSecond, "s"}, UnitStep{kMillisecond, "ms"}};
constexpr std::array kByteSteps = {UnitStep{1 << 30, "GiB"}, UnitStep{1 << 20, "MiB"},
                                   UnitStep{1 << 10, "KiB"}, UnitStep{1, "B"}};

// Exact, in the largest unit that divides: "90 s", "6 h". (format_duration rounds, for people.)
std::string in_exact_units(std::int64_t value, std::span<const UnitStep> steps) {
  for (const UnitStep& step : steps)
    if (value != 0 && value % step.factor == 0)
      return std::to_string(value / step.factor) + " " + step.name;
  return "0 " + std::string(steps.back().name);
}

std::string exact_duration(base::Duration duration) {
  const bool none = duration < std::chrono::milliseconds(1);
  return none ? "0 s" : in_exact_units(duration.count(), kDurationSteps);
}

std::string exact_bytes(std::uint64_t bytes) {
  return in_exact_units(static_cast<std::int64_t>(bytes), kByteSteps);
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.15g", value);
  return text.data();
}

// Texts of rows that are put together live as long as the program.
std::string_view keep_text(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text));
}

template <class Field>
struct At {
  std::string_view section, key;
  Field field;
};
template <class F>
At(std::string_view, std::string_view, F) -> At<F>;  // clang before 17 cannot do without
// Section and key of a row are those of the member they fill.
#define LULL_SETTING(section, key)                                               \
  At {                                                                           \
#section, #key, [](auto& settings) -> auto& { return settings.section.key; } \
  }

SettingRow make_row(std::string_view section, std::string_view key, std::string_view help,
                    std::string expected, decltype(SettingRow::assign) assign,
                    decltype(SettingRow::show) show, std::span<const std::string_view> words = {}) {
  const std::string_view default_text = keep_text(show(Settings{}));
  const std::string_view full_help = keep_text(std::string(help) + "; " + expected);
  return {{section, key, full_help, default_text, words},
          std::move(expected),
          std::move(assign),
          std::move(show)};
}

template <class F>
SettingRow whole_number(At<F> at, std::int64_t low, std::int64_t high, std::string_view help) {
  return make_row(
      at.section, at.key, help,
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high),
      [=](const RawValue& value, Settings& settings) {
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < low || *number > high) return false;
        at.field(settings) = *number;
        return true;
      },
      [=](const Settings& settings) { return std::to_string(at.field(settings)); });
}

template <class F>
SettingRow percentage(At<F> at, double low, double high, std::string_view help) {
  return make_row(
      at.section, at.key, help, "a number from " + number_text(low) + " to " + number_text(high),
      [=](const RawValue& value, Settings& settings) {
        const auto* whole = std::get_if<std::int64_t>(&value);
        const auto* real = std::get_if<double>(&value);
        if (whole == nullptr && real == nullptr) return false;
        const double number = whole != nullptr ? static_cast<double>(*whole) : *real;
        if (!(number >= low && number <= high)) return false;  // NaN is neither
        at.field(settings) = number;
        return true;
      },
      [=](const Settings& settings) { return number_text(at.field(settings)); });
}

constexpr std::array<std::string_view, 2> kTrueFalse = {"true", "false"};

template <class F>
SettingRow yes_no(At<F> at, std::string_view help) {
  return make_row(
      at.section, at.key, help, "true or false",
      [=](const RawValue& value, Settings& settings) {
        const auto* flag = std::get_if<bool>(&value);
        if (flag != nullptr) at.field(settings) = *flag;
        return flag != nullptr;
      },
      [=](const Settings& settings) { return at.field(settings) ? "true" : "false"; }, kTrueFalse);
}

// "6 h", or whole seconds.
std::optional<base::Duration> duration_of(const RawValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return base::parse_duration(*text);
  const auto* seconds = std::get_if<std::int64_t>(&value);
  if (seconds == nullptr || *seconds < 0 ||
      *seconds > std::numeric_limits<std::int64_t>::max() / kSecond)
    return std::nullopt;
  return base::Duration(*seconds * kSecond);
}

template <class F>
SettingRow duration(At<F> at, base::Duration low, base::Duration high, std::string_view help) {
  return make_row(
      at.section, at.key, help,
      "a duration from \"" + exact_duration(low) + "\" to \"" + exact_duration(high) +
          "\" or whole seconds",
      [=](const RawValue& value, Settings& settings) {
        const auto found = duration_of(value);
        if (!found || *found < low || *found > high) return false;
        at.field(settings) = *found;
        return true;
      },
      [=](const Settings& settings) { return toml_string(exact_duration(at.field(settings))); });
}

// "50 MiB", or whole bytes.
std::optional<std::uint64_t> bytes_of(const RawValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return base::parse_bytes(*text);
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

template <class F>
SettingRow size(At<F> at, std::uint64_t low, std::uint64_t high, std::string_view help) {
  return make_row(
      at.section, at.key, help,
      "a size from \"" + exact_bytes(low) + "\" to \"" + exact_bytes(high) + "\" or whole bytes",
      [=](const RawValue& value, Settings& settings) {
        const auto found = bytes_of(value);
        if (!found || *found < low || *found > high) return false;
        at.field(settings) = *found;
        return true;
      },
      [=](const Settings& settings) { return toml_string(exact_bytes(at.field(settings))); });
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

template <class F>
SettingRow choice(At<F> at, std::span<const std::string_view> words, std::string_view help) {
  return make_row(
      at.section, at.key, help, "one of " + join_words(words, " or "),
      [=](const RawValue& value, Settings& settings) {
        const auto* word = std::get_if<std::string>(&value);
        if (word == nullptr || !is_one_of(*word, words)) return false;
        at.field(settings) = *word;
        return true;
      },
      [=](const Settings& settings) { return toml_string(at.field(settings)); }, words);
}

std::string show_list(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) text += (text.size() > 1 ? ", " : "") + toml_string(item);
  return text + "]";
}

// `words` empty: any text that is not empty.
template <class F>
SettingRow list(At<F> at, std::span<const std::string_view> words, std::string_view help) {
  return make_row(
      at.section, at.key, help,
      words.empty() ? "a list of texts such as [\"a\", \"b\"]"
                    : "a list of " + join_words(words, " and "),
      [=](const RawValue& value, Settings& settings) {
        const auto* items = std::get_if<std::vector<std::string>>(&value);
        if (items == nullptr) return false;
        for (const std::string& item : *items)
          if (item.empty() || (!words.empty() && !is_one_of(item, words))) return false;
        at.field(settings) = *items;
        return true;
      },
      [=](const Settings& settings) { return show_list(at.field(settings)); }, words);
}

// "22:00"; nullopt for anything else.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return std::chrono::minutes(hours * 60 + minutes);
}

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = parse_time_of_day(text.substr(0, 5));
  const auto to = parse_time_of_day(text.substr(6));
  if (!from || !to || *from == *to) return std::nullopt;
  return QuietHours{*from, *to};
}

std::string show_quiet_hours(const std::optional<QuietHours>& hours) {
  if (!hours) return "\"none\"";
  std::array<char, 32> text{};
  const auto from = static_cast<int>(hours->from.count());
  const auto to = static_cast<int>(hours->to.count());
  std::snprintf(text.data(), text.size(), "\"%02d:%02d-%02d:%02d\"", from / 60, from % 60, to / 60,
                to % 60);
  return text.data();
}

template <class F>
SettingRow quiet_hours(At<F> at, std::string_view help) {
  return make_row(
      at.section, at.key, help, "hours such as \"22:00-07:00\", or \"none\"",
      [=](const RawValue& value, Settings& settings) {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return false;
        const bool none = *text == "none" || text->empty();
        const auto hours = parse_quiet_hours(*text);
        if (!none && !hours) return false;
        at.field(settings) = hours;
        return true;
      },
      [=](const Settings& settings) { return show_quiet_hours(at.field(settings)); });
}

template <class F>
SettingRow prom_file(At<F> at, std::string_view help) {
  return make_row(
      at.section, at.key, help, "an absolute path that ends in .prom, or \"off\"",
      [=](const RawValue& value, Settings& settings) {
        const auto* text = std::get_if<std::string>(&value);
        if (text == nullptr) return false;
        const bool off = *text == "off" || text->empty();
        if (!off && (!text->starts_with('/') || !text->ends_with(".prom"))) return false;
        at.field(settings) = off ? std::string() : *text;
        return true;
      },
      [=](const Settings& settings) {
        const std::string& path = at.field(settings);
        return toml_string(path.empty() ? "off" : path);
      });
}

constexpr std::array<std::string_view, 3> kCleanModes = {"off", "rehearse", "on"};
constexpr std::array<std::string_view, 2> kSqueezeModes = {"off", "on-request"};
constexpr std::array<std::string_view, 3> kTiers = {"safe", "costly", "review"};
constexpr std::array<std::string_view, 3> kThemes = {"system", "dark", "light"};
constexpr std::array<std::string_view, 4> kTextSizes = {"small", "normal", "large", "huge"};
constexpr std::array<std::string_view, 3> kIcons = {"gauge", "bars", "plain"};
constexpr std::array<std::string_view, 3> kLabels = {"none", "memory", "cpu"};

std::vector<SettingRow> performance_rows() {
  using namespace std::chrono_literals;
  using base::kGiB, base::kMiB;
  return {
      whole_number(LULL_SETTING(performance, max_parallel_scans), 0, 256,
                   "threads of one scan (0: one per core)"),
      whole_number(LULL_SETTING(performance, max_parallel_deletes), 1, 64,
                   "files moved to the trash at the same time"),
      whole_number(LULL_SETTING(performance, dir_cache_size), 0, 1'000'000,
                   "directory sizes kept in memory"),
      duration(LULL_SETTING(performance, dir_cache_ttl), 1s, 24h * 30,
               "how long a cached size is believed"),
      whole_number(LULL_SETTING(performance, metadata_cache_size), 0, 1'000'000,
                   "files remembered from the last scan"),
      yes_no(LULL_SETTING(performance, adaptive_memory),
             "smaller steps of relief when memory is short"),
      size(LULL_SETTING(performance, max_memory_chunk), kMiB, 64 * kGiB, "largest step of relief"),
      whole_number(LULL_SETTING(performance, memory_pool_size), 0, 1000,
                   "buffers of 1 MiB kept for reuse while files are copied"),
      yes_no(LULL_SETTING(performance, enable_background_refresh),
             "while idle, measure again what is often asked for, as noted in the journal"),
      duration(LULL_SETTING(performance, refresh_interval), 1s, 24h,
               "pause between two such refreshes"),
      whole_number(LULL_SETTING(performance, max_concurrent_operations), 1, 64,
                   "jobs that run at the same time"),
  };
}

std::vector<SettingRow> automation_rows() {
  using namespace std::chrono_literals;
  return {
      choice(LULL_SETTING(automation, clean), kCleanModes,
             "clean by itself: not at all, only note what would be done, or do it"),
      yes_no(LULL_SETTING(automation, relief), "free memory when it is short"),
      duration(LULL_SETTING(automation, scan_interval), 1min, 24h * 365,
               "time between two automatic scans"),
      quiet_hours(LULL_SETTING(automation, quiet_hours),
                  "local time during which nothing automatic runs"),
      yes_no(LULL_SETTING(automation, on_battery), "automatic jobs on battery too"),
      percentage(LULL_SETTING(automation, idle_cpu_percent), 1, 100,
                 "the machine is idle while others use less CPU, in percent of all cores"),
      duration(LULL_SETTING(automation, idle_after), 0s, 24h,
               "how long nobody has touched the machine before it is idle"),
  };
}

std::vector<SettingRow> other_rows() {
  using namespace std::chrono_literals;
  return {
      percentage(LULL_SETTING(relief, target_available_percent), 1, 90,
                 "relief ends when this much memory is available, in percent"),
      list(LULL_SETTING(relief, exclude), {}, "app ids that relief leaves alone"),
      list(LULL_SETTING(relief, collect), {},
           "Java programs that may be asked to collect garbage: main class, jar or app id"),
      yes_no(
          LULL_SETTING(relief, move_stale_files),
          "move own files in memory (/tmp, /dev/shm) that were unused for a week to the trash on "
          "the disk"),
      choice(LULL_SETTING(relief, squeeze), kSqueezeModes,
             "on request, where no app can be asked for memory, squeeze cache out by taking memory "
             "for a moment: up to 64 MiB at a time for two seconds; costs processor time and "
             "re-reading, and makes nothing available that was not"),
      list(LULL_SETTING(clean, tiers), kTiers, "what may be cleaned without asking again"),
      list(LULL_SETTING(clean, keep), {}, "paths and globs that are never cleaned"),
      duration(LULL_SETTING(clean, purge_after), 1h, 24h * 3650,
               "how long cleaned items stay in the trash"),
      choice(LULL_SETTING(ui, theme), kThemes, "colours of the window"),
      choice(LULL_SETTING(ui, text_size), kTextSizes, "letters of the window"),
      choice(LULL_SETTING(ui, icon), kIcons, "what the status icon draws"),
      choice(LULL_SETTING(ui, label), kLabels, "text beside the status icon"),
      yes_no(LULL_SETTING(ui, accessible_text),
             "in words, for a screen reader: the icon's title, and `lull popover` instead of the "
             "window"),
      prom_file(LULL_SETTING(metrics, textfile), "file for node_exporter's textfile collector"),
  };
}
#undef LULL_SETTING

std::vector<SettingRow> build_rows() {
  std::vector<SettingRow> rows = performance_rows();
  for (auto& row : automation_rows()) rows.push_back(std::move(row));
  for (auto& row : other_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace

std::span<const SettingRow> setting_rows() {
  static const std::vector<SettingRow> rows = build_rows();
  return rows;
}

std::span<const SettingInfo> setting_table() {
  static const std::vector<SettingInfo> table = [] {
    std::vector<SettingInfo> infos;
    for (const SettingRow& row : setting_rows()) infos.push_back(row.info);
    return infos;
  }();
  return table;
}

std::span<const std::string_view> setting_sections() {
  static const std::vector<std::string_view> sections = [] {
    std::vector<std::string_view> names;
    for (const SettingRow& row : setting_rows())
      if (names.empty() || names.back() != row.info.section) names.push_back(row.info.section);
    return names;
  }();
  return sections;
}

const SettingRow* find_setting(std::string_view section, std::string_view key) {
  for (const SettingRow& row : setting_rows())
    if (row.info.section == section && row.info.key == key) return &row;
  return nullptr;
}

bool QuietHours::contains(std::chrono::minutes time_of_day) const {
  if (from < to) return time_of_day >= from && time_of_day < to;
  return time_of_day >= from || time_of_day < to;
}

}  // namespace lull::agent
