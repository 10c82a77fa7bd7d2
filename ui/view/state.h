// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/history.h"
#include "core/model/reports.h"
#include "core/model/snapshot.h"
#include "ui/view/trend.h"

// All that the popover knows, as plain values. The session (ui/client/session.h) is the only
// writer; the view model is a pure function of it.
namespace lull::ui {

enum class Link : std::uint8_t {
  kConnecting,    // never heard of an agent yet
  kConnected,     //
  kReconnecting,  // the agent went away; what is shown is the last that was known
};

enum class Page : std::uint8_t { kOverview, kHistory, kSettings };

// How far an operation is, as the agent tells it (type Progress of its interface): figures of the
// stage, percent and what is left of the whole. Unknown is nullopt.
struct Progress {
  std::string stage;
  std::uint64_t done_items = 0;
  std::optional<std::uint64_t> total_items;
  std::uint64_t done_bytes = 0;
  std::optional<std::uint64_t> total_bytes;
  double elapsed_seconds = 0;
  std::optional<double> percent, left_seconds;
};

enum class OperationKind : std::uint8_t {
  kOptimize,
  kOffer,  // looks at what a clean would move, and moves nothing
  kClean,
  kUndo,
};

// One of the seven memory operations, as `optimize` reports it.
struct MemoryStep {
  std::string id;
  std::string outcome;  // freed|no-effect|unproven|unavailable|skipped|failed
  std::uint64_t bytes = 0;
};

// What an operation came to. Of an undo, moved_* is what was put back.
struct OperationResult {
  std::vector<MemoryStep> steps;  // of an optimize
  bool has_files = false;         // files were moved, or it was tried
  std::uint64_t moved_items = 0, moved_bytes = 0;
  std::uint64_t skipped_items = 0, failed_items = 0;
  std::optional<std::int64_t> run;  // what Undo takes back
  std::optional<base::WallTime> purge_at;
  bool rehearsal = false;
};

enum class Phase : std::uint8_t { kRunning, kCancelling, kDone, kCancelled, kFailed };

struct Operation {
  OperationKind kind = OperationKind::kOptimize;
  Phase phase = Phase::kRunning;
  std::optional<Progress> progress;
  OperationResult result;  // kDone, kCancelled
  std::string failure;     // kFailed: a sentence
  bool elsewhere = false;  // the agent began it: no progress to see, nothing to cancel
  bool awaited = false;    // somebody else waits for it, and it is theirs to cancel
};

// What a clean would move, as a plan of the agent's has it: what is shown is what goes.
struct Offer {
  std::string plan;
  std::vector<std::string> categories;  // it was asked for
  std::uint64_t items = 0, bytes = 0;
  bool renewed = false;  // it stands for one that the agent no longer knew
};

// As GetConfig gives it.
struct Setting {
  std::string key, value, default_value, help;
  std::vector<std::string> words;  // what may stand there if that is a closed list
  std::string locked_by = {};      // the machine's file that forbids a change; empty: none
  friend bool operator==(const Setting&, const Setting&) = default;
};

struct State {
  Link link = Link::kConnecting;
  Page page = Page::kOverview;
  bool welcome = false;  // the three sentences are to be shown

  std::optional<model::Snapshot> snapshot;
  std::optional<std::vector<model::ProcessInfo>> processes;  // all of them; nullopt: not asked yet
  Trend trend;

  std::optional<model::ScanReport> scan;
  bool scanning = false;
  std::optional<Progress> scan_progress;
  std::string scan_failure;           // a sentence, empty if none
  std::map<std::string, bool> ticks;  // categories the user ticked or unticked by hand
  std::optional<Offer> offer;         // waits for a yes

  std::optional<Operation> operation;  // the running one, or the last one until it is dismissed
  std::optional<std::vector<model::HistoryEntry>> history;
  std::string history_failure;
  std::optional<std::vector<Setting>> settings;
  std::string settings_failure;
};

}  // namespace lull::ui
