// SPDX-License-Identifier: MIT
#include "core/platform/psi_parse.h"

#include <cstdint>
#include <string>

#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

struct Line {
  double avg10 = 0, avg60 = 0, avg300 = 0;
  std::uint64_t total_us = 0;
};

bool take_key(std::string_view& rest, std::string_view key) {
  skip_blanks(rest);
  if (!rest.starts_with(key)) return false;
  rest.remove_prefix(key.size());
  return true;
}

bool take_percent(std::string_view& rest, std::string_view key, double& percent) {
  return take_key(rest, key) && take_decimal(rest, percent) && percent <= 100;
}

bool parse_line(std::string_view rest, Line& line) {
  return take_percent(rest, "avg10=", line.avg10) && take_percent(rest, "avg60=", line.avg60) &&
         take_percent(rest, "avg300=", line.avg300) && take_key(rest, "total=") &&
         take_number(rest, line.total_us);
}

}  // namespace

base::Result<model::PressureReading> parse_psi(std::string_view text, std::string_view file) {
  Line some, full;
  bool has_some = false;
  bool has_full = false;
  std::string_view line;
  while (take_line(text, line)) {
    const std::string_view kind = take_word(line);
    if (kind == "some") has_some = parse_line(line, some);
    if (kind == "full") has_full = parse_line(line, full);
  }
  if (!has_some || !has_full)
    return base::fail(base::ErrorCode::kMalformed, "is not pressure stall information",
                      std::string(file));
  model::PressureReading reading;
  reading.some_avg10 = some.avg10;
  reading.some_avg60 = some.avg60;
  reading.some_avg300 = some.avg300;
  reading.full_avg10 = full.avg10;
  reading.full_avg60 = full.avg60;
  reading.full_avg300 = full.avg300;
  reading.some_total_us = some.total_us;
  reading.full_total_us = full.total_us;
  return reading;
}

}  // namespace lull::platform
