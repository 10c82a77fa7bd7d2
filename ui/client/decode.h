// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/control/method.h"
#include "core/base/result.h"
#include "ui/view/state.h"

// The agent's documents (CONTRACT "JSON") as the values they stand for. Members that are missing,
// of another type or null are unknown; a document of a newer agent is read as far as it is known.
namespace lull::ui {

using control::Object;

// Of a snapshot: the minutes before it; empty if it does not say.
std::vector<model::LoadSample> decode_recent(const Object& object);
model::Snapshot decode_snapshot(const Object& object);
std::vector<model::ProcessInfo> decode_processes(const Object& reply);  // of Top
model::ScanReport decode_scan(const Object& object);
std::vector<model::HistoryEntry> decode_history(const Object& reply);
std::vector<Setting> decode_settings(const Object& reply);
// Of an intermediate reply; nullopt if it carries none.
std::optional<Progress> decode_progress(const Object& reply);
// Of a rehearsed clean; without a plan if nothing would go.
Offer decode_offer(const control::Object& reply);
OperationResult decode_result(OperationKind kind, const Object& object);

// A snapshot file for `--snapshot`: the document of GetSnapshot, or {"snapshot", "scan", "history",
// "config", "top", "trend", "operation", "page", "link", "welcome", "now_at"}, all but the first
// optional. An ordinary state then stands as if an agent had told it.
struct Scene {
  State state;
  base::WallTime now{};
};
base::Result<Scene> read_scene(const std::string& path);

}  // namespace lull::ui
