// SPDX-License-Identifier: MIT
#pragma once
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace lull::support {

// A person's time zone while a test runs. Like somebody who changes it in their settings it calls
// no tzset(): whoever tells the time has to.
class TimeZone {
 public:
  explicit TimeZone(const char* zone) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    fly_to(zone);
  }
  ~TimeZone() {
    before_ ? ::setenv("TZ", before_->c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;

  void fly_to(const char* zone) { ::setenv("TZ", zone, 1); }

 private:
  std::optional<std::string> before_;
};

}  // namespace lull::support
