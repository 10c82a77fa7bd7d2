// SPDX-License-Identifier: MIT
#pragma once
#include <iosfwd>

#include "agent/commands/json_text.h"
#include "agent/commands/style.h"
#include "core/base/clock.h"

namespace lull::commands {

// One line on standard error that says how far an operation is: done, rate, and when it will be
// over if that is known. Appears after half a second, disappears with the object.
class ProgressLine {
 public:
  static constexpr auto kPatience = std::chrono::milliseconds(500);

  ProgressLine(std::ostream& err, const Style& style, const base::Clock& clock)
      : err_(err), style_(style), clock_(clock), started_(clock.now()) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // {"progress": {…}} of an intermediate reply; anything else is ignored.
  void update(const Object& reply);
  void clear();

 private:
  std::ostream& err_;
  const Style& style_;
  const base::Clock& clock_;
  const base::SteadyTime started_;
  bool shown_ = false;
};

// "walking  12,345 of 20,000 (61 %)  1.2 GiB  4,500/s  2 s left"
std::string progress_text(const Object& progress);

}  // namespace lull::commands
