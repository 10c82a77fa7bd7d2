// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ui/view/state.h"

// What a person wants, as the panels return it. A plain value: the session carries it out, tests
// compare it.
namespace lull::ui {

struct Intent {
  enum class Kind : std::uint8_t {
    kOptimize,
    kCancel,          // the running operation
    kDismiss,         // the result
    kUndo,            // run
    kClean,           // categories: what of them would go; once that is shown: moves just that
    kWithdraw,        // not that clean
    kScan,            // look again
    kTick,            // categories[0], flag
    kPause,           // for an hour
    kResume,          //
    kShowPage,        // page
    kSet,             // key, value
    kDismissWelcome,  //
    kClose,
  };
  Kind kind = Kind::kOptimize;
  std::optional<std::int64_t> run = {};
  std::vector<std::string> categories = {};
  bool flag = false;
  Page page = Page::kOverview;
  std::string key = {}, value = {};
  friend bool operator==(const Intent&, const Intent&) = default;
};

}  // namespace lull::ui
