// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/base/clock.h"

namespace lull::agent {

// A reading that is good for a while, so that many questions in a row cost one system call. One
// thread at a time.
template <class Value>
class Aged {
 public:
  Aged(const base::Clock& clock, base::Duration good_for) : clock_(clock), good_for_(good_for) {}

  // The kept value, or a new one from `read()` if that is too old.
  template <class Read>
  const Value& get(Read&& read) {
    const base::SteadyTime now = clock_.now();
    if (!value_ || now - at_ >= good_for_) {
      value_ = read();
      at_ = now;
    }
    return *value_;
  }

  // The next value is a new one.
  void forget() { value_.reset(); }

 private:
  const base::Clock& clock_;
  const base::Duration good_for_;
  std::optional<Value> value_;
  base::SteadyTime at_{};
};

}  // namespace lull::agent
