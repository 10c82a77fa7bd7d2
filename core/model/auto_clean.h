// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/history.h"

// What cleaning by itself knows, and what it says of its runs. Plain values.
namespace lull::model {

// What automation knows of a rule: that it was rehearsed, as which rule, and when.
struct RuleStanding {
  std::string rule;               // its id
  std::string print;              // scan::rule_print() as it was rehearsed
  base::WallTime rehearsed_at{};  // by the clock of that moment, which may have been wrong
  std::int64_t forgiven_run = 0;  // what was undone of runs up to this one does not count any more
};

// Something that was moved and given back.
struct UndoneItem {
  std::string path;
  std::string rule;
  std::int64_t run = 0;    // which had moved it
  bool automatic = false;  // that run was nobody's wish
  base::WallTime at{};     // when it came back; 1970: not known
};

struct AutoState {
  std::vector<RuleStanding> rules;        // sorted by id, each once
  std::vector<UndoneItem> undone;         // sorted by path, each once
  std::optional<base::WallTime> seen_at;  // what the clock said at the end of the last run
  std::optional<base::WallTime> told_at;  // a person was last told of what it showed or moved
  std::int64_t told_run = 0;              // the newest run that was told of by then
};

// One line of what became of a run, beside the items it meant to move.
struct RunNote {
  std::string rule;
  std::string path;    // empty: of the rule as a whole
  std::string fate;    // would-go|left|skipped
  std::string reason;  // for people; empty: there is none
  std::uint64_t items = 0, bytes = 0;
};

// A thing that a run meant to move, and what became of it.
struct RunItem {
  std::string path, rule;
  std::string state;   // moved|skipped|failed|gone|restored|purged|open
  std::string reason;  // for people
  std::uint64_t items = 0, bytes = 0;
};

struct RunDetail {
  HistoryEntry entry;
  std::vector<RunItem> items;  // in the order in which they were meant
  std::vector<RunNote> notes;
};

}  // namespace lull::model
