// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"
#include "core/model/reports.h"
#include "core/scan/open_files.h"
#include "core/scan/places.h"
#include "core/scan/rules.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

enum class Running { kNo, kYes, kUnknown };

// Is a program of one of these names running (for this user)? Unknown means its files stay.
using RunningProbe = std::function<Running(const std::vector<std::string>& process_names)>;

// Why all that `rule` is about stays now: "firefox is running"; empty: nothing of it runs. A probe
// that is null cannot tell.
std::string running_words(const Rule& rule, const RunningProbe& running);

struct ScanRequest {
  std::vector<std::string> categories;  // ids; empty: all
  bool items = false;                   // list entries and not only sums
  bool advice = false;                  // also what is not ours to clean
  base::UserDirectories directories;
  ScanPlaces places;
  std::vector<std::string> keep;  // absolute paths and globs that are never junk
  base::WallTime now{};           // ages are counted from here
  uid_t owner = 0;                // only what this user owns
  RunningProbe running;
  // Is the Flatpak application of this id running?
  std::function<Running(const std::string& id)> flatpak_running;
  // What programs have open, asked once; unknown means everything stays. Null: the system is asked.
  std::function<std::optional<OpenFiles>()> open_files;
  // Whether letter case tells names apart, for every guard; none: as this system's volumes have it.
  std::optional<LetterCase> letter_case;
};

// Finds what could be cleaned. Reads only; never follows links; nothing outside the rules' roots.
// Fails with kInvalidArgument (and the nearest id) for an unknown category. Cancelled: what was
// found so far, marked partial.
base::Result<model::ScanReport> scan(const RuleSet& rules, const ScanRequest& request,
                                     const WalkOptions& options);

}  // namespace lull::scan
