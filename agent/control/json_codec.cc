// SPDX-License-Identifier: MIT
#include "agent/control/json_codec.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/dates.h"
#include "core/base/text.h"

namespace lull::control {
namespace {

namespace json = boost::json;

// JSON is Unicode: bytes that are not UTF-8 are percent-escaped.
std::string text(std::string_view bytes) {
  return base::is_valid_utf8(bytes) ? std::string(bytes) : base::percent_escape_path(bytes);
}

// The same, and the very bytes beside it where the text is not they.
void put_path(Object& object, std::string_view key, std::string_view path) {
  object[key] = text(path);
  if (!base::is_valid_utf8(path)) object[std::string(key) + "_base64"] = base::base64_encode(path);
}

// JSON has no infinities and no NaN.
json::value number(double value) { return std::isfinite(value) ? json::value(value) : nullptr; }

json::value seconds(base::Duration duration) { return number(base::to_seconds(duration)); }

// The epoch is what an instant is before anybody sets it; the end of time, and what a damaged file
// says, have no date.
json::value instant(base::WallTime time) {
  if (time == base::WallTime{} || !base::has_date(time)) return nullptr;
  return json::value(base::format_rfc3339(time));
}

template <class Value, class Encode>
json::value or_null(const std::optional<Value>& value, Encode encode_value) {
  return value ? json::value(encode_value(*value)) : json::value(nullptr);
}

json::value as_is(std::uint64_t value) { return value; }

template <class Range, class Encode>
json::array each(const Range& range, Encode encode_item) {
  json::array array;
  array.reserve(range.size());
  for (const auto& item : range) array.emplace_back(encode_item(item));
  return array;
}

json::value encode_operation(const model::OperationStatus& operation) {
  return {{"operation", operation.id},
          {"method", operation.method},
          {"started_at", instant(operation.started_at)},
          {"callers", operation.callers}};
}

json::value encode_pressure(const model::Pressure& pressure) {
  const model::PressureReading& reading = pressure.reading;
  const auto share = [&](double percent) {
    return reading.told ? json::value(nullptr) : number(percent);
  };
  return {{"level", model::pressure_level_name(pressure.level)},
          {"some_avg10", share(reading.some_avg10)},
          {"some_avg60", share(reading.some_avg60)},
          {"full_avg10", share(reading.full_avg10)},
          {"basis", model::pressure_basis_name(reading)}};
}

json::value encode_zram(const model::ZramState& zram) {
  return {{"original_bytes", zram.original_bytes}, {"compressed_bytes", zram.compressed_bytes}};
}

json::value encode_agent(const model::AgentInfo& agent) {
  return {{"pid", agent.pid},
          {"uptime_seconds", seconds(agent.uptime)},
          {"pss_bytes", or_null(agent.pss_bytes, as_is)},
          {"cpu_seconds", number(agent.cpu_seconds)}};
}

json::value encode_cpu(const model::CpuSample& cpu) {
  return {{"percent", or_null(cpu.percent, number)},
          {"cores", cpu.cores},
          {"load_1m", number(cpu.load_1m)}};
}

Object encode_disk(const model::DiskSpace& disk) {
  Object object;
  put_path(object, "mount", disk.mount);
  object["total_bytes"] = disk.total_bytes;
  object["available_bytes"] = disk.available_bytes;
  object["used_bytes"] = disk.used_bytes;
  return object;
}

Object encode_path_error(const model::PathError& failure) {
  Object object;
  put_path(object, "path", failure.path);
  object["error"] = text(failure.error);
  return object;
}

Object encode_path_reason(const model::PathReason& left) {
  Object object;
  put_path(object, "path", left.path);
  object["reason"] = text(left.reason);
  return object;
}

json::value encode_planned_category(const model::PlannedCategory& category) {
  return {{"id", text(category.id)},
          {"title", text(category.title)},
          {"tier", model::tier_name(category.tier)},
          {"cost", text(category.cost)},
          {"items", category.items},
          {"bytes", category.bytes}};
}

Object encode_planned_item(const model::PlannedItem& item) {
  Object object;
  put_path(object, "path", item.path);
  object["category"] = text(item.category);
  object["directory"] = item.directory;
  object["items"] = item.items;
  object["bytes"] = item.bytes;
  return object;
}

Object encode_entry(const model::ScanEntry& entry) {
  Object object;
  put_path(object, "path", entry.path);
  object["bytes"] = entry.bytes;
  object["reason"] = text(entry.reason);
  return object;
}

json::value encode_skipped(const model::SkippedSum& skipped) {
  return {{"reason", text(skipped.reason)}, {"items", skipped.items}, {"bytes", skipped.bytes}};
}

Object encode_category(const model::CategoryReport& category, bool with_entries) {
  Object object{{"id", text(category.id)},
                {"title", text(category.title)},
                {"tier", model::tier_name(category.tier)},
                {"items", category.items},
                {"reclaimable_bytes", category.reclaimable_bytes},
                {"in_trash", category.in_trash},
                {"by_clean", category.by_clean}};
  object["skipped"] = each(category.skipped, encode_skipped);
  if (with_entries) object["entries"] = each(category.entries, encode_entry);
  return object;
}

// The total taken apart: by tier, and what is in a trash already.
void put_sums(Object& object, const model::ScanReport& report) {
  std::uint64_t clean = 0, trash = 0;
  std::array<std::uint64_t, 3> tiers{};
  for (const model::CategoryReport& category : report.categories) {
    if (category.by_clean) clean += category.reclaimable_bytes;
    std::uint64_t& sum =
        category.in_trash ? trash : tiers.at(static_cast<std::size_t>(category.tier));
    sum += category.reclaimable_bytes;
  }
  object["clean_bytes"] = clean;
  for (const auto tier : {model::Tier::kSafe, model::Tier::kCostly, model::Tier::kReview})
    object[std::string(model::tier_name(tier)) + "_bytes"] =
        tiers.at(static_cast<std::size_t>(tier));
  object["trash_bytes"] = trash;
}

Object encode_advice(const model::AdviceReport& advice) {
  return {{"id", text(advice.id)},
          {"title", text(advice.title)},
          {"why", text(advice.why)},
          {"command", text(advice.command)},
          {"source", text(advice.source)},
          {"needs_root", advice.needs_root},
          {"bytes", or_null(advice.bytes, as_is)},
          {"up_to", advice.up_to}};
}

json::value encode_condition(const model::ConditionStatus& condition) {
  return {{"code", text(condition.code)},
          {"met", condition.met},
          {"value", text(condition.value)},
          {"needed", text(condition.needed)}};
}

}  // namespace

Object encode(const model::MemorySample& memory, const std::optional<model::Pressure>& pressure) {
  return {{"total_bytes", memory.total_bytes},
          {"available_bytes", memory.available_bytes},
          {"used_bytes", memory.used_bytes()},
          {"cached_bytes", memory.cached_bytes},
          {"swap_total_bytes", memory.swap_total_bytes},
          {"swap_used_bytes", memory.swap_used_bytes},
          {"zfs_arc_bytes", or_null(memory.zfs_arc_bytes, as_is)},
          {"zram", or_null(memory.zram, encode_zram)},
          {"limited_by_cgroup", memory.limited_by_cgroup},
          {"pressure", or_null(pressure, encode_pressure)}};
}

Object encode(const model::Snapshot& snapshot) {
  Object object{{"version", snapshot.version},
                {"taken_at", instant(snapshot.taken_at)},
                {"agent", or_null(snapshot.agent, encode_agent)},
                {"cpu", or_null(snapshot.cpu, encode_cpu)}};
  object["memory"] = or_null(snapshot.memory,
                             [&](const auto& memory) { return encode(memory, snapshot.pressure); });
  object["disks"] = each(snapshot.disks, encode_disk);
  object["top"] = each(snapshot.top, [](const auto& process) { return encode(process); });
  object["largest_apps"] = or_null(snapshot.largest_apps, [](const auto& apps) {
    return each(apps, [](const model::AppMemory& app) {
      return Object{{"name", text(app.name)}, {"memory_bytes", app.memory_bytes}};
    });
  });
  object["reclaimable"] = or_null(snapshot.reclaimable, [](const auto& found) {
    return Object{{"bytes", found.bytes}, {"as_of_at", instant(found.as_of)}};
  });
  object["jobs"] = each(snapshot.jobs, [](const auto& job) { return encode(job); });
  object["operations"] = each(snapshot.operations, encode_operation);
  object["last_run"] = or_null(snapshot.last_run, [](const auto& run) { return encode(run); });
  object["paused"] = snapshot.paused_until.has_value();
  object["paused_until_at"] = or_null(snapshot.paused_until, instant);
  return object;
}

Object encode(const model::ProcessInfo& process) {
  Object object{{"pid", process.id.pid},
                {"name", text(process.name)},
                {"memory_bytes", process.memory_bytes},
                {"cpu_percent", or_null(process.cpu_percent, number)},
                {"threads", process.threads},
                {"started_at", or_null(process.started_at, instant)}};
  object["user"] = or_null(process.user, text);
  return object;
}

Object encode(const model::TreeSize& tree) {
  Object object;
  put_path(object, "path", tree.path);
  object["allocated_bytes"] = tree.allocated_bytes;
  object["apparent_bytes"] = tree.apparent_bytes;
  object["files"] = tree.files;
  object["directories"] = tree.directories;
  object["error_count"] = tree.error_count;
  object["errors"] = each(tree.errors, encode_path_error);
  object["partial"] = tree.partial;
  object["from_cache"] = tree.from_cache;
  object["as_of_at"] = instant(tree.as_of);
  return object;
}

Object encode(const model::ScanReport& report, bool with_entries) {
  const double elapsed = base::to_seconds(report.elapsed);
  Object object;
  object["categories"] = each(report.categories, [with_entries](const auto& category) {
    return encode_category(category, with_entries);
  });
  object["total_reclaimable_bytes"] = report.total_reclaimable_bytes;
  put_sums(object, report);
  object["files_seen"] = report.files_seen;
  object["directories_seen"] = report.directories_seen;
  object["error_count"] = report.error_count;
  object["errors"] = each(report.errors, encode_path_error);
  object["partial"] = report.partial;
  object["advice"] = each(report.advice, encode_advice);
  object["rule_problems"] =
      each(report.rule_problems, [](const auto& problem) { return encode(problem); });
  object["elapsed_seconds"] = number(elapsed);
  object["files_per_second"] =
      elapsed > 0 ? number(static_cast<double>(report.files_seen) / elapsed) : nullptr;
  object["as_of_at"] = instant(report.as_of);
  return object;
}

Object encode(const model::RuleFileProblem& problem) {
  Object object;
  put_path(object, "path", problem.file);
  object["line"] = problem.line;
  object["column"] = problem.column;
  object["message"] = text(problem.message);
  return object;
}

Object encode(const model::FileVerdict& verdict) {
  const bool covered = !verdict.rule.empty();
  Object object;
  put_path(object, "path", verdict.path);
  object["bytes"] = or_null(verdict.bytes, [](std::uint64_t bytes) { return bytes; });
  object["rule"] = covered ? json::value(text(verdict.rule)) : nullptr;
  object["tier"] = covered ? json::value(model::tier_name(verdict.tier)) : nullptr;
  object["goes"] = verdict.goes;
  object["reason"] = verdict.reason.empty() ? nullptr : json::value(text(verdict.reason));
  object["safety_score"] = or_null(verdict.score, [](unsigned score) { return score; });
  object["from_cache"] = verdict.from_cache;
  object["as_of_at"] = instant(verdict.as_of);
  return object;
}

Object encode(const model::JobStatus& job) {
  Object object{{"name", text(job.name)},
                {"trigger", job.trigger},
                {"priority", job.priority},
                {"state", job.state},
                {"next_at", or_null(job.next_at, instant)},
                {"last_started_at", or_null(job.last_started_at, instant)},
                {"last_outcome", or_null(job.last_outcome, text)}};
  object["blocked_by"] = each(job.blocked_by, text);
  return object;
}

Object encode(const model::JobExplanation& explanation) {
  Object object{{"job", text(explanation.job)}, {"would_run", explanation.would_run}};
  object["conditions"] = each(explanation.conditions, encode_condition);
  return object;
}

namespace {

json::object encode_usage(const model::RunUsage& usage) {
  return {{"cpu_seconds", seconds(usage.cpu)},
          {"read_bytes", or_null(usage.read_bytes, as_is)},
          {"written_bytes", or_null(usage.written_bytes, as_is)},
          {"on_battery", usage.on_battery}};
}

}  // namespace

Object encode(const model::HistoryEntry& entry) {
  return {{"run", entry.run},
          {"kind", text(entry.kind)},
          {"origin", text(entry.origin)},
          {"started_at", instant(entry.started_at)},
          {"elapsed_seconds", seconds(entry.elapsed)},
          {"items", entry.items},
          {"bytes", entry.bytes},
          {"undoable", entry.undoable},
          {"outcome", text(entry.outcome)},
          {"summary", text(entry.summary)},
          {"usage", or_null(entry.usage, encode_usage)},
          {"predicted_bytes", or_null(entry.predicted_bytes, as_is)},
          {"idle_apps_bytes", or_null(entry.idle_apps_bytes, as_is)},
          {"still_free_bytes", or_null(entry.still_free_bytes, as_is)}};
}

namespace {

json::object encode_item(const model::RunItem& item) {
  Object object{{"rule", text(item.rule)},
                {"state", item.state},
                {"reason", text(item.reason)},
                {"items", item.items},
                {"bytes", item.bytes}};
  put_path(object, "path", item.path);
  return object;
}

json::object encode_note(const model::RunNote& note) {
  Object object{{"rule", text(note.rule)},     {"path", nullptr},     {"fate", text(note.fate)},
                {"reason", text(note.reason)}, {"items", note.items}, {"bytes", note.bytes}};
  if (!note.path.empty()) put_path(object, "path", note.path);
  return object;
}

}  // namespace

Object encode(const model::RunDetail& detail, std::size_t most) {
  json::array items, notes;
  const auto add = [&](bool moved) {
    for (const model::RunItem& item : detail.items)
      if ((item.state == "moved") == moved && items.size() < most)
        items.emplace_back(encode_item(item));
  };
  add(false);
  add(true);
  constexpr std::size_t kFates = 3;  // each may have a last note of what is not listed
  for (const model::RunNote& note : detail.notes)
    if (notes.size() < most + kFates) notes.emplace_back(encode_note(note));
  return {{"item_count", detail.items.size()},
          {"items", std::move(items)},
          {"notes", std::move(notes)},
          {"usage", or_null(detail.entry.usage, encode_usage)}};
}

Object encode(const model::UndoneItem& item) {
  Object object{{"rule", text(item.rule)},
                {"run", item.run},
                {"automatic", item.automatic},
                {"at", instant(item.at)}};
  put_path(object, "path", item.path);
  return object;
}

Object encode(const model::PlanReport& plan, bool with_items) {
  Object object{{"run", nullptr},
                {"dry_run", true},
                {"plan", plan.id.empty() ? json::value(nullptr) : json::value(plan.id)},
                {"plan_expires_at", plan.id.empty() ? nullptr : instant(plan.expires_at)},
                {"moved_items", plan.items},
                {"moved_bytes", plan.bytes},
                {"freed_bytes", 0},
                {"pending_bytes", plan.bytes},
                {"purge_at", nullptr},
                {"partial", plan.partial},
                {"elapsed_seconds", seconds(plan.elapsed)}};
  object["categories"] = each(plan.categories, encode_planned_category);
  if (with_items) object["items"] = each(plan.planned, encode_planned_item);
  object["skipped"] = each(plan.left_out, encode_path_reason);
  object["failed"] = json::array();
  return object;
}

Object encode(const model::CleanReport& report) {
  Object object{{"run", report.run},
                {"dry_run", false},
                {"plan", text(report.plan)},
                {"moved_items", report.moved_items},
                {"moved_bytes", report.moved_bytes},
                {"freed_bytes", report.freed_bytes},
                {"pending_bytes", report.pending_bytes},
                {"purge_at", or_null(report.purge_at, instant)},
                {"cancelled", report.cancelled},
                {"outcome", report.outcome},
                {"elapsed_seconds", seconds(report.elapsed)}};
  object["skipped"] = each(report.skipped, encode_path_reason);
  object["failed"] = each(report.failed, encode_path_error);
  return object;
}

// What is in conflict was not restored either: it is among what failed, too.
Object encode(const model::UndoReport& report) {
  Object object{{"run", report.run},
                {"undo_run", report.undo_run},
                {"restored_items", report.restored_items},
                {"restored_bytes", report.restored_bytes},
                {"cancelled", report.cancelled},
                {"outcome", report.outcome},
                {"elapsed_seconds", seconds(report.elapsed)}};
  json::array failed = each(report.failed, encode_path_error);
  for (const model::PathReason& conflict : report.conflicts)
    failed.emplace_back(encode_path_error({conflict.path, conflict.reason}));
  object["failed"] = std::move(failed);
  return object;
}

Object encode(const model::OptimizeReport& report) {
  const auto memory = [](const auto& sample, const auto& pressure) -> json::value {
    if (!sample) return nullptr;
    return encode(*sample, pressure);
  };
  Object object{{"dry_run", report.dry_run},
                {"cancelled", report.cancelled},
                {"elapsed_seconds", seconds(report.elapsed)}};
  object["operations"] = each(report.operations, [](const model::OperationReport& operation) {
    return Object{{"id", operation.id},
                  {"outcome", model::relief_outcome_name(operation.outcome)},
                  {"bytes", operation.bytes},
                  {"predicted_bytes", or_null(operation.predicted_bytes, as_is)},
                  {"reason", text(operation.reason)},
                  {"elapsed_seconds", seconds(operation.elapsed)}};
  });
  object["memory_before"] = memory(report.before, report.pressure_before);
  object["memory_after"] = memory(report.after, report.pressure_after);
  return object;
}

Object encode(const model::CallProgress& progress) {
  const base::ProgressSnapshot& figures = progress.figures;
  const auto total = [](std::uint64_t value) -> json::value {
    if (value == 0) return nullptr;
    return value;
  };
  Object object{{"stage", figures.stage},
                {"done_items", figures.done_items},
                {"total_items", total(figures.total_items)},
                {"done_bytes", figures.done_bytes},
                {"total_bytes", total(figures.total_bytes)},
                {"elapsed_seconds", seconds(progress.elapsed)},
                {"percent", nullptr},
                {"left_seconds", nullptr}};
  if (progress.share) object["percent"] = *progress.share * 100;
  if (progress.left) object["left_seconds"] = seconds(*progress.left);
  return object;
}

Object encode(const model::LoadSample& sample) {
  return {{"at", instant(sample.at)},
          {"cpu_percent", or_null(sample.cpu_percent, number)},
          {"pressure_percent", or_null(sample.pressure_percent, number)}};
}

Object encode(const base::Error& error) {
  Object object{{"code", base::error_code_name(error.code)}, {"message", text(error.message)}};
  if (error.path.empty()) {
    object["path"] = nullptr;
  } else {
    put_path(object, "path", error.path);
  }
  return object;
}

}  // namespace lull::control
