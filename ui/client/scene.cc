// SPDX-License-Identifier: MIT
// A state of the popover from a file, for pictures and tests.
#include <fstream>
#include <iterator>

#include "agent/control/protocol.h"
#include "ui/client/decode.h"
#include "ui/client/json_read.h"

namespace lull::ui {
namespace {

constexpr std::size_t kMaxFileBytes = 64 << 20;

void read_trend(const Object& file, base::WallTime now, State& state) {
  const Object* snapshot = child(file, "snapshot");
  state.trend.seed(decode_recent(snapshot != nullptr ? *snapshot : file), now);
  for (const Value& value : items(file, "trend")) {
    const Object* sample = value.if_object();
    if (sample == nullptr) continue;
    const auto ago = std::chrono::duration<double>(number(*sample, "ago_seconds").value_or(0));
    state.trend.add({now - std::chrono::duration_cast<std::chrono::milliseconds>(ago),
                     number(*sample, "cpu_percent"), number(*sample, "pressure_percent")});
  }
}

Phase phase_of(const std::string& word) {
  if (word == "cancelling") return Phase::kCancelling;
  if (word == "done") return Phase::kDone;
  if (word == "cancelled") return Phase::kCancelled;
  if (word == "failed") return Phase::kFailed;
  return Phase::kRunning;
}

void read_operation(const Object& file, State& state) {
  const Object* object = child(file, "operation");
  if (object == nullptr) return;
  Operation operation;
  const std::string kind = text(*object, "kind");
  if (kind == "clean") operation.kind = OperationKind::kClean;
  if (kind == "undo") operation.kind = OperationKind::kUndo;
  operation.phase = phase_of(text(*object, "phase"));
  operation.progress = decode_progress(*object);
  operation.failure = text(*object, "failure");
  if (const Object* result = child(*object, "result"))
    operation.result = decode_result(operation.kind, *result);
  state.operation = std::move(operation);
}

void read_offer(const Object& file, State& state) {
  const Object* object = child(file, "offer");
  if (object == nullptr) return;
  state.offer = decode_offer(*object);
  state.offer->renewed = flag(*object, "renewed");
  for (const Value& id : items(*object, "categories"))
    if (id.is_string()) state.offer->categories.emplace_back(id.get_string());
}

void read_place(const Object& file, State& state) {
  const std::string page = text(file, "page"), link = text(file, "link");
  if (page == "history") state.page = Page::kHistory;
  if (page == "settings") state.page = Page::kSettings;
  state.link = link == "reconnecting" ? Link::kReconnecting
               : link == "connecting" ? Link::kConnecting
                                      : Link::kConnected;
  state.welcome = flag(file, "welcome");
}

Scene scene_of(const Object& file) {
  Scene scene;
  const Object* wrapped = child(file, "snapshot");
  if (wrapped != nullptr || !file.contains("link"))
    scene.state.snapshot = decode_snapshot(wrapped != nullptr ? *wrapped : file);
  scene.now = base::system_clock().wall_now();
  if (scene.state.snapshot && scene.state.snapshot->taken_at != base::WallTime{})
    scene.now = scene.state.snapshot->taken_at;
  if (const auto now = instant(file, "now_at")) scene.now = *now;
  if (const Object* scan = child(file, "scan")) scene.state.scan = decode_scan(*scan);
  if (file.contains("history")) scene.state.history = decode_history(file);
  if (const Object* config = child(file, "config")) scene.state.settings = decode_settings(*config);
  if (const Object* top = child(file, "top")) scene.state.processes = decode_processes(*top);
  read_trend(file, scene.now, scene.state);
  read_operation(file, scene.state);
  read_offer(file, scene.state);
  read_place(file, scene.state);
  return scene;
}

}  // namespace

base::Result<Scene> read_scene(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(base::ErrorCode::kNotFound, "the snapshot cannot be read", path);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (bytes.size() > kMaxFileBytes)
    return base::fail(base::ErrorCode::kTooLarge, "the snapshot is too large", path);
  auto object = control::parse_message(bytes);
  if (!object) {
    object.error().path = path;
    return tl::unexpected(std::move(object).error().while_doing("reading a snapshot"));
  }
  return scene_of(*object);
}

}  // namespace lull::ui
