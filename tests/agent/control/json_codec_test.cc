// SPDX-License-Identifier: MIT
#include "agent/control/json_codec.h"

#include <chrono>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "agent/control/interface_text.h"
#include "core/base/dates.h"
#include "tests/agent/control/varlink_grammar.h"

namespace lull::control {
namespace {

using namespace std::chrono_literals;

// 2026-11-23T21:09:05Z
const base::WallTime kThen{std::chrono::milliseconds(1'795'468'145'000)};

// Compares as JSON, so that the expectation may be laid out.
void expect_json(const boost::json::value& value, std::string_view expected) {
  // Through its own text: what a client gets.
  const auto again = boost::json::parse(boost::json::serialize(value));
  EXPECT_EQ(again, boost::json::parse(expected)) << boost::json::serialize(value);
}

// The value is of the type that org.lull.Agent.varlink gives for it.
void expect_type(const boost::json::value& value, std::string_view name) {
  const auto interface = varlink::parse_interface(agent_interface_text());
  ASSERT_TRUE(interface);
  const auto* type = interface->type(name);
  const auto* method = interface->method(name);
  ASSERT_TRUE(type != nullptr || method != nullptr) << name;
  const auto wrong =
      varlink::complaints(*interface, type != nullptr ? type->type : method->result, value);
  EXPECT_TRUE(wrong.empty()) << wrong.front();
}

model::MemorySample memory() {
  model::MemorySample sample;
  sample.total_bytes = 16'000'000'000;
  sample.available_bytes = 6'000'000'000;
  sample.free_bytes = 1'000'000'000;
  sample.cached_bytes = 5'000'000'000;
  sample.swap_total_bytes = 2'000'000'000;
  sample.swap_used_bytes = 100;
  return sample;
}

model::Pressure pressure() {
  model::Pressure value;
  value.level = model::PressureLevel::kWarning;
  value.reading.some_avg10 = 12.5;
  value.reading.some_avg60 = 3;
  value.reading.full_avg10 = 0.25;
  return value;
}

model::ProcessInfo process() {
  model::ProcessInfo info;
  info.id = {4711, 99};
  info.name = "firefox";
  info.memory_bytes = 800'000'000;
  info.cpu_percent = 12.5;
  info.threads = 80;
  info.uid = 1000;
  info.user = "ada";
  info.started_at = kThen;
  return info;
}

model::JobStatus job() {
  return {"scan", "periodic", "background", "deferred",
          kThen,  kThen,      "done",       {"cpu-busy", "paused"}};
}

model::HistoryEntry run() {
  return {17, "relief", "automatic", kThen, 1500ms, 3, 4096, false, "freed", "freed 4 KiB"};
}

TEST(Encode, Memory) {
  const Object object = encode(memory(), pressure());
  expect_json(object, R"({
    "total_bytes": 16000000000, "available_bytes": 6000000000, "used_bytes": 10000000000,
    "cached_bytes": 5000000000, "swap_total_bytes": 2000000000, "swap_used_bytes": 100,
    "zfs_arc_bytes": null, "zram": null, "limited_by_cgroup": false,
    "pressure": {"level": "warning", "some_avg10": 12.5, "some_avg60": 3.0, "full_avg10": 0.25,
      "basis": "stalls"}})");
  expect_type(object, "Memory");
}

TEST(Encode, MemoryOfAMachineWithZfsAndZramAndNoPressure) {
  model::MemorySample sample = memory();
  sample.zfs_arc_bytes = 7;
  sample.zram = {2000, 800};
  sample.limited_by_cgroup = true;
  sample.available_bytes = sample.total_bytes + 1;
  model::Pressure told;
  told.reading.told = told.level = model::PressureLevel::kCritical;
  const Object judged = encode(sample, told);
  expect_type(judged, "Memory");
  EXPECT_EQ(judged.at("pressure"), boost::json::parse(R"({"level": "critical", "some_avg10": null,
      "some_avg60": null, "full_avg10": null, "basis": "system"})"));
  told.reading.by_available = true;
  const Object by_memory = encode(sample, told);
  expect_type(by_memory, "Memory");
  EXPECT_EQ(by_memory.at("pressure").at("basis"), "available_memory");
  const Object object = encode(sample, std::nullopt);
  EXPECT_EQ(object.at("used_bytes"), 0) << "never below zero";
  EXPECT_EQ(object.at("zfs_arc_bytes"), 7);
  EXPECT_EQ(object.at("zram").at("compressed_bytes"), 800);
  EXPECT_TRUE(object.at("pressure").is_null());
  expect_type(object, "Memory");
}

TEST(Encode, Process) {
  const Object object = encode(process());
  expect_json(object, R"({"pid": 4711, "name": "firefox", "memory_bytes": 800000000,
    "cpu_percent": 12.5, "threads": 80, "started_at": "2026-11-23T21:09:05Z", "user": "ada"})");
  expect_type(object, "Process");
}

TEST(Encode, WhatIsUnknownOfAProcessIsNull) {
  model::ProcessInfo info = process();
  info.cpu_percent.reset();
  info.user.reset();
  info.started_at.reset();
  info.name = "bad\xff";
  const Object object = encode(info);
  EXPECT_TRUE(object.at("cpu_percent").is_null());
  EXPECT_TRUE(object.at("user").is_null());
  EXPECT_TRUE(object.at("started_at").is_null());
  EXPECT_EQ(object.at("name"), "bad%FF");
  expect_type(object, "Process");
}

TEST(Encode, Snapshot) {
  model::Snapshot snapshot;
  snapshot.taken_at = kThen;
  snapshot.version = "0.1.0";
  snapshot.agent = {123, 90s, 3'000'000, 0.5};
  snapshot.memory = memory();
  snapshot.pressure = pressure();
  snapshot.cpu = {37.5, 8, 0.75};
  snapshot.disks = {{"/", "/dev/sda1", "ext4", 1000, 400, 500}};
  snapshot.top = {process()};
  snapshot.largest_apps = {model::AppMemory{"firefox", 2048}};
  snapshot.reclaimable = {12345, kThen};
  snapshot.jobs = {job()};
  snapshot.last_run = run();
  snapshot.paused_until = kThen;
  const Object object = encode(snapshot);
  expect_type(object, "GetSnapshot");
  expect_type(object, "Watch");
  EXPECT_EQ(object.at("version"), "0.1.0");
  EXPECT_EQ(object.at("taken_at"), "2026-11-23T21:09:05Z");
  expect_json(object.at("agent"), R"({"pid": 123, "uptime_seconds": 90.0, "pss_bytes": 3000000,
                                      "cpu_seconds": 0.5})");
  expect_json(object.at("cpu"), R"({"percent": 37.5, "cores": 8, "load_1m": 0.75})");
  expect_json(object.at("disks"),
              R"([{"mount": "/", "total_bytes": 1000, "available_bytes": 400,
                   "used_bytes": 500}])");
  expect_json(object.at("largest_apps"), R"([{"name": "firefox", "memory_bytes": 2048}])");
  expect_json(object.at("reclaimable"), R"({"bytes": 12345, "as_of_at": "2026-11-23T21:09:05Z"})");
  EXPECT_EQ(object.at("memory"), encode(memory(), pressure()));
  EXPECT_EQ(object.at("top").at(0), encode(process()));
  EXPECT_EQ(object.at("jobs").at(0), encode(job()));
  EXPECT_EQ(object.at("last_run"), encode(run()));
  EXPECT_EQ(object.at("paused"), true);
  EXPECT_EQ(object.at("paused_until_at"), "2026-11-23T21:09:05Z");
}

TEST(Encode, WhatGoesOnOfASnapshot) {
  model::Snapshot snapshot;
  snapshot.operations = {{4, "Optimize", *base::parse_rfc3339("2026-11-24T12:00:00Z"), 1}};
  const Object object = encode(snapshot);
  expect_json(object.at("operations").as_array().at(0).as_object(),
              R"({"operation": 4, "method": "Optimize", "started_at": "2026-11-24T12:00:00Z",
                  "callers": 1})");
  expect_type(object, "GetSnapshot");
}

TEST(Encode, SnapshotOfWhichNothingIsKnown) {
  const Object object = encode(model::Snapshot{});
  expect_json(object, R"({"version": "", "taken_at": null, "agent": null, "cpu": null,
    "memory": null, "disks": [], "top": [], "largest_apps": null,
    "reclaimable": null, "jobs": [], "operations": [], "last_run": null,
    "paused": false, "paused_until_at": null})");
  expect_type(object, "GetSnapshot");
}

TEST(Encode, APauseWithoutAnEndHasNoDate) {
  model::Snapshot snapshot;
  snapshot.paused_until = base::WallTime::max();
  EXPECT_EQ(encode(snapshot).at("paused"), true);
  EXPECT_TRUE(encode(snapshot).at("paused_until_at").is_null());
}

TEST(Encode, TreeSize) {
  model::TreeSize tree;
  tree.path = "/home/ada";
  tree.allocated_bytes = 8192;
  tree.apparent_bytes = 100;
  tree.files = 2;
  tree.directories = 1;
  tree.error_count = 1;
  tree.errors = {{"/home/ada/x", "permission denied"}};
  tree.from_cache = true;
  tree.as_of = kThen;
  const Object object = encode(tree);
  expect_json(object, R"({"path": "/home/ada", "allocated_bytes": 8192, "apparent_bytes": 100,
    "files": 2, "directories": 1, "error_count": 1,
    "errors": [{"path": "/home/ada/x", "error": "permission denied"}],
    "partial": false, "from_cache": true, "as_of_at": "2026-11-23T21:09:05Z"})");
  expect_type(object, "TreeSize");
}

TEST(Encode, APathThatIsNotUtf8HasItsBytesBesideIt) {
  model::TreeSize tree;
  tree.path = "/caf\xe9/50%";
  tree.errors = {{"/\xff\xfe", "gone"}};
  const Object object = encode(tree);
  EXPECT_EQ(object.at("path"), "/caf%E9/50%25");
  EXPECT_EQ(object.at("path_base64"), "L2NhZukvNTAl");
  EXPECT_EQ(object.at("errors").at(0).at("path"), "/%FF%FE");
  EXPECT_EQ(object.at("errors").at(0).at("path_base64"), "L//+");
  expect_type(object, "TreeSize");
}

TEST(Encode, APathThatIsUtf8StaysAsItIs) {
  model::TreeSize tree;
  tree.path = "/caf\xc3\xa9/50%/new\nline\"\\";
  const Object object = encode(tree);
  EXPECT_EQ(object.at("path").as_string(), tree.path);
  EXPECT_FALSE(object.contains("path_base64"));
}

TEST(Encode, ScanReport) {
  model::ScanReport report;
  report.categories = {
      {"pip",
       "pip's download cache",
       model::Tier::kSafe,
       2,
       3000,
       {{"too recent", 1, 10}},
       {{"/c/a", 1000, "older than 7 d"}, {"/c/\xff", 2000, "older than 7 d"}},
       {"/c"},
       false,
       true},
      {"trash", "Old trash", model::Tier::kReview, 1, 500, {}, {}, {}, true, false},
      {"go", "Go", model::Tier::kCostly, 1, 70, {}, {}, {}, false, false}};
  report.total_reclaimable_bytes = 3570;
  report.files_seen = 300;
  report.directories_seen = 20;
  report.error_count = 1;
  report.errors = {{"/c/locked", "permission denied"}};
  report.elapsed = 1500ms;
  report.as_of = kThen;
  const Object without = encode(report, false);
  expect_json(without, R"({"categories": [{"id": "pip", "title": "pip's download cache",
      "tier": "safe", "items": 2, "reclaimable_bytes": 3000, "in_trash": false,
      "by_clean": true, "skipped": [{"reason": "too recent", "items": 1, "bytes": 10}]},
     {"id": "trash", "title": "Old trash", "tier": "review", "items": 1, "reclaimable_bytes": 500,
      "in_trash": true, "by_clean": false, "skipped": []},
     {"id": "go", "title": "Go", "tier": "costly", "items": 1, "reclaimable_bytes": 70,
      "in_trash": false, "by_clean": false, "skipped": []}],
    "total_reclaimable_bytes": 3570, "clean_bytes": 3000, "safe_bytes": 3000, "costly_bytes": 70,
    "review_bytes": 0, "trash_bytes": 500, "files_seen": 300, "directories_seen": 20, "error_count": 1,
    "errors": [{"path": "/c/locked", "error": "permission denied"}], "partial": false,
    "advice": [], "rule_problems": [],
    "elapsed_seconds": 1.5, "files_per_second": 200.0, "as_of_at": "2026-11-23T21:09:05Z"})");
  expect_type(without, "Scan");
  const Object with = encode(report, true);
  expect_json(with.at("categories").at(0).at("entries"),
              R"([{"path": "/c/a", "bytes": 1000, "reason": "older than 7 d"},
                  {"path": "/c/%FF", "path_base64": "L2Mv/w==", "bytes": 2000,
                   "reason": "older than 7 d"}])");
  expect_type(with, "Scan");
}

TEST(Encode, AScanOfNoTimeHasNoRate) {
  const Object object = encode(model::ScanReport{}, true);
  EXPECT_TRUE(object.at("files_per_second").is_null());
  EXPECT_TRUE(object.at("as_of_at").is_null());
  expect_type(object, "Scan");
}

TEST(Encode, FileVerdict) {
  model::FileVerdict verdict;
  verdict.path = "/c/\xff";
  verdict.bytes = 4096;
  verdict.rule = "pip";
  verdict.tier = model::Tier::kSafe;
  verdict.goes = true;
  verdict.reason = "not used for 40 d";
  verdict.score = 88;
  verdict.from_cache = true;
  verdict.as_of = base::WallTime(1'000'000s);
  expect_json(encode(verdict), R"({"path": "/c/%FF", "path_base64": "L2Mv/w==", "bytes": 4096,
    "rule": "pip", "tier": "safe", "goes": true, "reason": "not used for 40 d",
    "safety_score": 88, "from_cache": true, "as_of_at": "1970-01-12T13:46:40Z"})");
  expect_type(encode(verdict), "Explain");
}

TEST(Encode, AFileNoRuleIsAboutHasNeitherRuleNorScore) {
  model::FileVerdict verdict;
  verdict.path = "/home/u/thesis.odt";
  const Object object = encode(verdict);
  for (const char* key : {"bytes", "rule", "tier", "reason", "safety_score", "as_of_at"})
    EXPECT_TRUE(object.at(key).is_null()) << key;
  EXPECT_FALSE(object.at("goes").as_bool());
  expect_type(object, "Explain");
}

TEST(Encode, WhyAFileNoRuleIsAboutStaysIsSaid) {
  model::FileVerdict verdict;
  verdict.path = "/home/u/.ssh";
  verdict.reason = "never touched: credentials";
  const Object object = encode(verdict);
  EXPECT_EQ(object.at("reason"), "never touched: credentials");
  EXPECT_TRUE(object.at("rule").is_null());
  expect_type(object, "Explain");
}

TEST(Encode, Job) {
  const Object object = encode(job());
  expect_json(object, R"({"name": "scan", "trigger": "periodic", "priority": "background",
    "state": "deferred", "next_at": "2026-11-23T21:09:05Z",
    "last_started_at": "2026-11-23T21:09:05Z", "last_outcome": "done",
    "blocked_by": ["cpu-busy", "paused"]})");
  expect_type(object, "Job");
  model::JobStatus fresh = job();
  fresh.next_at.reset();
  fresh.last_started_at.reset();
  fresh.last_outcome.reset();
  fresh.blocked_by.clear();
  EXPECT_TRUE(encode(fresh).at("next_at").is_null());
  expect_type(encode(fresh), "Job");
}

TEST(Encode, AnInstantThatRfc3339CannotSayIsNotKnown) {
  for (const base::WallTime odd : {base::WallTime::min(), base::kFirstDate - std::chrono::hours(1),
                                   base::kLastDate + std::chrono::hours(1)}) {
    model::JobStatus status = job();
    status.next_at = odd;
    EXPECT_TRUE(encode(status).at("next_at").is_null());
  }
}

TEST(Encode, JobExplanation) {
  const Object object =
      encode(model::JobExplanation{"scan", false, {{"cpu-busy", false, "62 %", "under 30 %"}}});
  expect_json(object, R"({"job": "scan", "would_run": false,
    "conditions": [{"code": "cpu-busy", "met": false, "value": "62 %", "needed": "under 30 %"}]})");
  expect_type(object, "Why");
}

TEST(Encode, History) {
  const Object object = encode(run());
  expect_json(object, R"({"run": 17, "kind": "relief", "origin": "automatic",
    "started_at": "2026-11-23T21:09:05Z", "elapsed_seconds": 1.5, "items": 3, "bytes": 4096,
    "undoable": false, "outcome": "freed", "summary": "freed 4 KiB", "usage": null,
    "predicted_bytes": null, "idle_apps_bytes": null, "still_free_bytes": null})");
  expect_type(object, "Run");
  model::HistoryEntry used = run();
  used.usage = model::RunUsage{250ms, 4096, std::nullopt, true};
  EXPECT_EQ(encode(used).at("usage"),
            boost::json::parse(R"({"cpu_seconds": 0.25, "read_bytes": 4096,
    "written_bytes": null, "on_battery": true})"));
  used.predicted_bytes = 8192;
  used.idle_apps_bytes = 4096;
  used.still_free_bytes = 2048;
  EXPECT_EQ(encode(used).at("predicted_bytes"), 8192);
  EXPECT_EQ(encode(used).at("idle_apps_bytes"), 4096);
  EXPECT_EQ(encode(used).at("still_free_bytes"), 2048);
  expect_type(encode(used), "Run");
}

TEST(Encode, Optimize) {
  model::OptimizeReport report;
  report.operations.push_back({"inactive-memory", model::ReliefOutcome::kFreed, 4096, 8192,
                               "it went", 500ms, std::nullopt, std::nullopt});
  report.operations.push_back({"app-gc", model::ReliefOutcome::kNoEffect, 0, std::nullopt, "\xff",
                               0ms, std::nullopt, std::nullopt});
  report.elapsed = 1s;
  expect_json(encode(report), R"({"dry_run": false, "cancelled": false, "elapsed_seconds": 1.0,
    "operations": [{"id": "inactive-memory", "outcome": "freed", "bytes": 4096,
                    "predicted_bytes": 8192, "reason": "it went", "elapsed_seconds": 0.5},
                   {"id": "app-gc", "outcome": "no-effect", "bytes": 0,
                    "predicted_bytes": null, "reason": "%FF",
                    "elapsed_seconds": 0.0}],
    "memory_before": null, "memory_after": null})");
  expect_type(encode(report), "Optimize");
  report.before = report.after = memory();
  report.pressure_before = pressure();
  const Object object = encode(report);
  expect_type(object, "Optimize");
  EXPECT_EQ(object.at("memory_before").at("pressure").at("level"), "warning");
  EXPECT_TRUE(object.at("memory_after").at("pressure").is_null());
}

TEST(Encode, Progress) {
  model::CallProgress progress{{"walking", 10, 0, 4096, 8192}, 250ms, {}, {}};
  expect_json(encode(progress), R"({"stage": "walking", "done_items": 10, "total_items": null,
    "done_bytes": 4096, "total_bytes": 8192, "elapsed_seconds": 0.25, "percent": null,
    "left_seconds": null})");
  expect_type(encode(progress), "Progress");
  progress.share = 0.5;
  progress.left = 1500ms;
  EXPECT_EQ(encode(progress).at("percent"), 50.0);
  EXPECT_EQ(encode(progress).at("left_seconds"), 1.5);
  expect_type(encode(progress), "Progress");
}

TEST(Encode, LoadSample) {
  const base::WallTime at = *base::parse_rfc3339("2026-11-24T12:00:00Z");
  expect_json(encode(model::LoadSample{at, 12.5, {}}),
              R"({"at": "2026-11-24T12:00:00Z", "cpu_percent": 12.5, "pressure_percent": null})");
  expect_type(encode(model::LoadSample{at, {}, 1.0}), "LoadSample");
}

TEST(Encode, Error) {
  expect_json(encode(base::Error{base::ErrorCode::kNotFound, "is not there", "/x", 2, {"reading"}}),
              R"({"code": "not-found", "message": "is not there", "path": "/x"})");
  expect_json(encode(base::Error{base::ErrorCode::kBusy, "later", "", 0, {}}),
              R"({"code": "busy", "message": "later", "path": null})");
  expect_json(encode(base::Error{base::ErrorCode::kIo, "m\xff", "/\xff", 0, {}}),
              R"({"code": "io", "message": "m%FF", "path": "/%FF", "path_base64": "L/8="})");
}

TEST(Encode, NumbersThatJsonLacksAreNull) {
  model::Snapshot snapshot;
  snapshot.cpu = {std::numeric_limits<double>::quiet_NaN(), 1,
                  std::numeric_limits<double>::infinity()};
  const Object object = encode(snapshot);
  EXPECT_TRUE(object.at("cpu").at("percent").is_null());
  EXPECT_TRUE(object.at("cpu").at("load_1m").is_null());
}

TEST(Encode, SizesKeepEveryByte) {
  model::TreeSize tree;
  tree.allocated_bytes = std::numeric_limits<std::uint64_t>::max();
  tree.apparent_bytes = (std::uint64_t{1} << 53) + 1;
  const std::string text = boost::json::serialize(encode(tree));
  EXPECT_NE(text.find("18446744073709551615"), std::string::npos);
  EXPECT_NE(text.find("9007199254740993"), std::string::npos);
}

}  // namespace
}  // namespace lull::control
