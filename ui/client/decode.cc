// SPDX-License-Identifier: MIT
#include "ui/client/decode.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/client/json_read.h"

namespace lull::ui {
namespace {

std::optional<model::MemorySample> decode_memory(const Object* object) {
  if (object == nullptr) return std::nullopt;
  model::MemorySample memory;
  memory.total_bytes = count(*object, "total_bytes").value_or(0);
  memory.available_bytes = count(*object, "available_bytes").value_or(0);
  memory.cached_bytes = count(*object, "cached_bytes").value_or(0);
  memory.swap_total_bytes = count(*object, "swap_total_bytes").value_or(0);
  memory.swap_used_bytes = count(*object, "swap_used_bytes").value_or(0);
  if (memory.total_bytes == 0) return std::nullopt;
  return memory;
}

std::optional<model::Pressure> decode_pressure(const Object* memory) {
  const Object* object = memory == nullptr ? nullptr : child(*memory, "pressure");
  if (object == nullptr) return std::nullopt;
  model::Pressure pressure;
  const std::string level = text(*object, "level");
  for (const auto one : {model::PressureLevel::kWarning, model::PressureLevel::kCritical})
    if (level == model::pressure_level_name(one)) pressure.level = one;
  // A system that tells a level and no stalls.
  if (!number(*object, "some_avg10")) pressure.reading.told = pressure.level;
  pressure.reading.some_avg10 = number(*object, "some_avg10").value_or(0);
  pressure.reading.some_avg60 = number(*object, "some_avg60").value_or(0);
  pressure.reading.full_avg10 = number(*object, "full_avg10").value_or(0);
  return pressure;
}

model::DiskSpace decode_disk(const Object& object) {
  model::DiskSpace disk;
  disk.mount = text(object, "mount");
  disk.total_bytes = count(object, "total_bytes").value_or(0);
  disk.available_bytes = count(object, "available_bytes").value_or(0);
  disk.used_bytes =
      count(object, "used_bytes")
          .value_or(disk.total_bytes - std::min(disk.available_bytes, disk.total_bytes));
  return disk;
}

model::ProcessInfo decode_process(const Object& object) {
  model::ProcessInfo process;
  process.id.pid = static_cast<pid_t>(count(object, "pid").value_or(0));
  process.name = text(object, "name");
  process.memory_bytes = count(object, "memory_bytes").value_or(0);
  process.cpu_percent = number(object, "cpu_percent");
  return process;
}

model::JobStatus decode_job(const Object& object) {
  model::JobStatus job;
  job.name = text(object, "name");
  job.state = text(object, "state");
  job.next_at = instant(object, "next_at");
  job.last_started_at = instant(object, "last_started_at");
  if (const auto outcome = text(object, "last_outcome"); !outcome.empty())
    job.last_outcome = outcome;
  for (const Value& code : items(object, "blocked_by"))
    if (code.is_string()) job.blocked_by.emplace_back(code.get_string());
  return job;
}

model::OperationStatus decode_ongoing(const Object& object) {
  return {count(object, "operation").value_or(0), text(object, "method"),
          instant(object, "started_at").value_or(base::WallTime{}),
          static_cast<std::size_t>(count(object, "callers").value_or(0))};
}

model::HistoryEntry decode_run(const Object& object) {
  model::HistoryEntry entry;
  entry.run = static_cast<std::int64_t>(count(object, "run").value_or(0));
  entry.kind = text(object, "kind");
  entry.origin = text(object, "origin");
  entry.started_at = instant(object, "started_at").value_or(base::WallTime{});
  entry.items = count(object, "items").value_or(0);
  entry.bytes = count(object, "bytes").value_or(0);
  entry.undoable = flag(object, "undoable");
  entry.outcome = text(object, "outcome");
  entry.summary = text(object, "summary");
  if (const Object* usage = child(object, "usage"))
    entry.usage = model::RunUsage{
        std::chrono::duration_cast<base::Duration>(
            std::chrono::duration<double>(number(*usage, "cpu_seconds").value_or(0))),
        count(*usage, "read_bytes"), count(*usage, "written_bytes"), flag(*usage, "on_battery")};
  entry.predicted_bytes = count(object, "predicted_bytes");
  entry.idle_apps_bytes = count(object, "idle_apps_bytes");
  entry.still_free_bytes = count(object, "still_free_bytes");
  return entry;
}

model::CategoryReport decode_category(const Object& object) {
  model::CategoryReport category;
  category.id = text(object, "id");
  category.title = text(object, "title");
  const std::string tier = text(object, "tier");
  for (const auto one : {model::Tier::kSafe, model::Tier::kCostly})
    if (tier == model::tier_name(one)) category.tier = one;
  category.items = count(object, "items").value_or(0);
  category.reclaimable_bytes = count(object, "reclaimable_bytes").value_or(0);
  return category;
}

std::optional<model::Reclaimable> decode_reclaimable(const Object* object) {
  if (object == nullptr) return std::nullopt;
  const auto bytes = count(*object, "bytes");
  if (!bytes) return std::nullopt;
  return model::Reclaimable{*bytes, instant(*object, "as_of_at").value_or(base::WallTime{})};
}

std::optional<model::AgentInfo> decode_agent(const Object* object) {
  if (object == nullptr) return std::nullopt;
  model::AgentInfo agent;
  agent.pss_bytes = count(*object, "pss_bytes");
  agent.cpu_seconds = number(*object, "cpu_seconds").value_or(0);
  return agent;
}

std::optional<model::CpuSample> decode_cpu(const Object* object) {
  if (object == nullptr) return std::nullopt;
  model::CpuSample cpu;
  cpu.percent = number(*object, "percent");
  cpu.cores = static_cast<unsigned>(count(*object, "cores").value_or(0));
  cpu.load_1m = number(*object, "load_1m").value_or(0);
  return cpu;
}

// The members that a clean and an undo share, and the clean within an optimize.
void decode_files(const Object& object, OperationResult& result) {
  result.has_files = true;
  const bool back = object.contains("restored_items");
  result.moved_items = count(object, back ? "restored_items" : "moved_items").value_or(0);
  result.moved_bytes = count(object, back ? "restored_bytes" : "moved_bytes").value_or(0);
  result.skipped_items = items(object, "skipped").size();
  result.failed_items = items(object, "failed").size();
  if (const auto run = count(object, "run")) result.run = static_cast<std::int64_t>(*run);
  result.purge_at = instant(object, "purge_at");
  result.rehearsal = flag(object, "dry_run");
}

template <class Item>
std::vector<Item> each(const Array& array, Item (*decode)(const Object&)) {
  std::vector<Item> list;
  for (const Value& value : array)
    if (const Object* object = value.if_object()) list.push_back(decode(*object));
  return list;
}

Setting decode_setting(const Object& object) {
  Setting setting{text(object, "key"),
                  text(object, "value"),
                  text(object, "default"),
                  text(object, "help"),
                  {},
                  text(object, "locked_by")};
  for (const Value& word : items(object, "words"))
    if (word.is_string()) setting.words.emplace_back(word.get_string());
  return setting;
}

}  // namespace

std::vector<model::LoadSample> decode_recent(const Object& object) {
  std::vector<model::LoadSample> samples;
  for (const Value& value : items(object, "recent")) {
    const Object* sample = value.if_object();
    const auto at = sample == nullptr ? std::nullopt : instant(*sample, "at");
    if (!at) continue;
    samples.push_back({*at, number(*sample, "cpu_percent"), number(*sample, "pressure_percent")});
  }
  return samples;
}

model::Snapshot decode_snapshot(const Object& object) {
  model::Snapshot snapshot;
  const Object* memory = child(object, "memory");
  snapshot.version = text(object, "version");
  snapshot.taken_at = instant(object, "taken_at").value_or(base::WallTime{});
  snapshot.agent = decode_agent(child(object, "agent"));
  snapshot.cpu = decode_cpu(child(object, "cpu"));
  snapshot.memory = decode_memory(memory);
  snapshot.pressure = decode_pressure(memory);
  snapshot.disks = each(items(object, "disks"), decode_disk);
  snapshot.top = each(items(object, "top"), decode_process);
  snapshot.jobs = each(items(object, "jobs"), decode_job);
  snapshot.operations = each(items(object, "operations"), decode_ongoing);
  snapshot.reclaimable = decode_reclaimable(child(object, "reclaimable"));
  if (const Object* run = child(object, "last_run")) snapshot.last_run = decode_run(*run);
  if (flag(object, "paused"))
    snapshot.paused_until = instant(object, "paused_until_at").value_or(base::WallTime::max());
  return snapshot;
}

std::vector<model::ProcessInfo> decode_processes(const Object& reply) {
  return each(items(reply, "processes"), decode_process);
}

model::ScanReport decode_scan(const Object& object) {
  model::ScanReport report;
  report.categories = each(items(object, "categories"), decode_category);
  report.total_reclaimable_bytes = count(object, "total_reclaimable_bytes").value_or(0);
  report.partial = flag(object, "partial");
  report.as_of = instant(object, "as_of_at").value_or(base::WallTime{});
  return report;
}

std::vector<model::HistoryEntry> decode_history(const Object& reply) {
  return each(items(reply, "history"), decode_run);
}

std::vector<Setting> decode_settings(const Object& reply) {
  return each(items(reply, "settings"), decode_setting);
}

std::optional<Progress> decode_progress(const Object& reply) {
  const Object* object = child(reply, "progress");
  if (object == nullptr) return std::nullopt;
  Progress progress;
  progress.stage = text(*object, "stage");
  progress.done_items = count(*object, "done_items").value_or(0);
  progress.total_items = count(*object, "total_items");
  progress.done_bytes = count(*object, "done_bytes").value_or(0);
  progress.total_bytes = count(*object, "total_bytes");
  progress.elapsed_seconds = number(*object, "elapsed_seconds").value_or(0);
  progress.percent = number(*object, "percent");
  progress.left_seconds = number(*object, "left_seconds");
  return progress;
}

Offer decode_offer(const Object& reply) {
  Offer offer;
  offer.plan = text(reply, "plan");
  offer.items = count(reply, "moved_items").value_or(0);
  offer.bytes = count(reply, "moved_bytes").value_or(0);
  return offer;
}

OperationResult decode_result(OperationKind kind, const Object& object) {
  OperationResult result;
  if (kind != OperationKind::kOptimize) {
    decode_files(object, result);
    return result;
  }
  for (const Value& value : items(object, "operations"))
    if (const Object* step = value.if_object())
      result.steps.push_back(
          {text(*step, "id"), text(*step, "outcome"), count(*step, "bytes").value_or(0)});
  if (const Object* clean = child(object, "clean")) decode_files(*clean, result);
  return result;
}

}  // namespace lull::ui
