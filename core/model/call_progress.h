// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/base/clock.h"
#include "core/base/progress.h"

namespace lull::model {

// How far a call is that is made of one or more runs.
struct CallProgress {
  // Of what goes on at the moment; nothing unlike is added up in it.
  base::ProgressSnapshot figures;
  base::Duration elapsed{};  // how long these figures took
  // Of the whole call, 0..1, never less than what was said before; nullopt: nobody can know.
  std::optional<double> share;
  // Until its end; nullopt: nobody can know.
  std::optional<base::Duration> left;
};

}  // namespace lull::model
