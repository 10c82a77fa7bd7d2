// SPDX-License-Identifier: MIT
#include "core/base/clock.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "core/base/boot_time.h"
#include "core/base/dates.h"

namespace lull::base {
namespace {

class SystemClock final : public Clock {
 public:
  SteadyTime now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime boot_now() const override { return SteadyTime(time_since_boot()); }
};

// Reads RFC 3339 from the left; every step says whether the text went on as it must.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  bool digits(int count, int& value) {
    value = 0;
    for (int i = 0; i < count; ++i) {
      if (at_ >= text_.size() || text_[at_] < '0' || text_[at_] > '9') return false;
      value = value * 10 + (text_[at_++] - '0');
    }
    return true;
  }
  bool one_of(std::string_view set, char* found = nullptr) {
    if (at_ >= text_.size() || set.find(text_[at_]) == std::string_view::npos) return false;
    if (found != nullptr) *found = text_[at_];
    ++at_;
    return true;
  }
  // Fractional digits as milliseconds; further ones are cut off.
  bool fraction(int& milliseconds) {
    milliseconds = 0;
    if (!one_of(".")) return true;
    int factor = 100;
    bool any = false;
    for (int digit = 0; digits(1, digit); factor /= 10, any = true) milliseconds += digit * factor;
    return any;
  }
  bool offset(std::chrono::minutes& east) {
    char sign = 0;
    if (!one_of("Zz+-", &sign)) return false;
    east = {};
    if (sign == 'Z' || sign == 'z') return true;
    int hours = 0;
    int minutes = 0;
    if (!digits(2, hours) || !one_of(":") || !digits(2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    east = std::chrono::minutes((hours * 60 + minutes) * (sign == '-' ? -1 : 1));
    return true;
  }
  bool at_end() const { return at_ == text_.size(); }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_rfc3339(WallTime time) {
  time = std::clamp(time, kFirstDate, kLastDate);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string result(text.data(), static_cast<std::size_t>(length));
  if (const auto milliseconds = clock.subseconds().count(); milliseconds != 0) {
    length = std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(milliseconds));
    result.append(text.data(), static_cast<std::size_t>(length));
  }
  return result + "Z";
}

std::optional<WallTime> parse_rfc3339(const std::string& text) {
  Reader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milliseconds = 0;
  std::chrono::minutes east{};
  const bool read = reader.digits(4, year) && reader.one_of("-") && reader.digits(2, month) &&
                    reader.one_of("-") && reader.digits(2, day) && reader.one_of("Tt ") &&
                    reader.digits(2, hour) && reader.one_of(":") && reader.digits(2, minute) &&
                    reader.one_of(":") && reader.digits(2, second) &&
                    reader.fraction(milliseconds) && reader.offset(east) && reader.at_end();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // A leap second is the second after, as POSIX time has none.
  if (!read || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const WallTime time = WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + std::chrono::seconds(second) +
                        std::chrono::milliseconds(milliseconds) - east;
  return has_date(time) ? std::optional(time) : std::nullopt;
}

}  // namespace lull::base
