// SPDX-License-Identifier: MIT
#include "ui/view/words.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::ui {
namespace {

struct Word {
  std::string_view code, text;
};

constexpr std::array kJobs = {
    Word{"scan", "Look for what can be cleaned"},
    Word{"history", "Tidy the history"},
    Word{"relief", "Relieve memory pressure"},
    Word{"size", "Measure directories"},
    Word{"refresh-cache", "Refresh directory sizes"},
    Word{"warm-up", "Get ready for you"},
    Word{"clean", "Clean safe things"},
    Word{"clean-idle", "Clean by itself"},
    Word{"purge", "Empty what the trash kept long enough"},
    Word{"optimize", "Optimize"},
};

constexpr std::array kConditions = {
    Word{"user-active", "you are at the machine"},
    Word{"cpu-busy", "the processors are busy"},
    Word{"on-battery", "on battery"},
    Word{"pressure", "memory is tight"},
    Word{"thermal", "the machine is hot"},
    Word{"quiet-hours", "quiet hours"},
    Word{"inhibited", "a film or a presentation is on"},
    Word{"nothing-stale", "everything is up to date"},
    Word{"no-usual-hour", "not your usual hour yet"},
    Word{"refresh-off", "background refresh is off"},
    Word{"relief-off", "automatic relief is off"},
    Word{"clean-off", "automatic cleaning is off"},
    Word{"paused", "paused"},
    Word{"too-soon", "not due yet"},
    Word{"operation-limit", "other work comes first"},
};

constexpr std::array kStages = {
    Word{"", "Working"},
    Word{"moving", "Moving to the trash"},
    Word{"giving back", "Putting files back"},
    Word{"scanning", "Looking for what can go"},
    Word{"walking", "Measuring"},
    Word{"relieving memory", "Freeing memory"},
    Word{"looking for open files", "Looking for what can go"},
    Word{"sizing advice", "Looking for what can go"},
    Word{"looking at what is in use", "Looking at what is in use"},
    Word{"removing for good", "Removing for good"},
};

constexpr std::array kMemorySteps = {
    Word{"inactive-memory", "Inactive memory"},
    Word{"file-caches", "File caches"},
    Word{"app-caches", "App caches"},
    Word{"memory-compression", "Compression"},
    Word{"network-caches", "Network caches"},
    Word{"app-gc", "Garbage collection"},
    Word{"temp-allocations", "Temporary memory"},
};

std::string look_up(std::span<const Word> words, std::string_view code) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.code == code; });
  return std::string(found == words.end() ? code : found->text);
}

std::string number_with_unit(std::int64_t number, const char* unit) {
  return std::to_string(number) + " " + unit;
}

std::string short_seconds(std::int64_t seconds) {
  if (seconds < 60) return number_with_unit(std::max<std::int64_t>(seconds, 0), "s");
  if (seconds < 3600) return number_with_unit(seconds / 60, "min");
  if (seconds < 2 * 86400) return number_with_unit(seconds / 3600, "h");
  return number_with_unit(seconds / 86400, "d");
}

}  // namespace

std::string bytes_text(std::optional<std::uint64_t> bytes) {
  return bytes ? base::format_bytes(*bytes) : kUnknown;
}

std::string percent_text(std::optional<double> percent) {
  if (!percent) return kUnknown;
  std::array<char, 32> text{};
  // 9.95 would be shown as "10.0".
  const int decimals = *percent > 0 && *percent < 9.95 ? 1 : 0;
  std::snprintf(text.data(), text.size(), "%.*f %%", decimals, std::clamp(*percent, 0.0, 1e6));
  return text.data();
}

std::string short_duration(base::Duration duration) {
  return short_seconds(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

// (Instants may be further apart than a base::Duration can say.)
std::string span_text(base::WallTime from, base::WallTime to) {
  return short_seconds(std::chrono::duration_cast<std::chrono::seconds>(to - from).count());
}

std::string ago_text(base::WallTime then, base::WallTime now) {
  if (now - then < std::chrono::seconds(60)) return "just now";
  return span_text(then, now) + " ago";
}

std::string until_text(base::WallTime then, base::WallTime now) {
  if (then <= now) return "now";
  if (then - now < std::chrono::seconds(60)) return "in under a minute";
  return "in " + span_text(now, then);
}

std::string number_text(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string count_text(std::uint64_t count, std::string_view one, std::string_view many) {
  return number_text(count) + " " + std::string(count == 1 ? one : many);
}

std::string one_line(std::string_view raw) {
  std::string text = base::is_valid_utf8(raw) ? std::string(raw) : base::percent_escape_path(raw);
  for (char& sign : text)
    if (static_cast<unsigned char>(sign) < 0x20 || sign == 0x7f) sign = ' ';
  return text;
}

std::string with_capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string job_title(std::string_view name) { return one_line(look_up(kJobs, name)); }

std::string condition_text(std::string_view code) { return one_line(look_up(kConditions, code)); }

std::string stage_text(std::string_view stage) {
  return with_capital(one_line(look_up(kStages, stage)));
}

std::string memory_step_title(std::string_view id) { return one_line(look_up(kMemorySteps, id)); }

}  // namespace lull::ui
