// SPDX-License-Identifier: MIT
#include "tests/agent/commands/cli_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <utility>

#include "agent/commands/json_text.h"

namespace lull::commands {

class CliTest::Recorder final : public Backend {
 public:
  Recorder(CliTest& test, bool agent) : test_(test), agent_(agent) {}
  bool is_agent() const override { return agent_; }
  base::Result<Object> call(std::string_view method, Object parameters, const Progress& on_progress,
                            const base::CancelToken& cancel) override {
    test_.calls_.push_back({std::string(method), parameters, agent_, on_progress != nullptr});
    const auto found = test_.answers_.find(std::string(method));
    if (found == test_.answers_.end())
      return base::fail(base::ErrorCode::kInternal, "no answer for " + std::string(method));
    return found->second(parameters, on_progress, cancel);
  }

 private:
  CliTest& test_;
  const bool agent_;
};

void CliTest::SetUp() {
  ::setenv("TZ", "UTC", 1);
  std::string name = (std::filesystem::temp_directory_path() / "lull-cli-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  root_ = name;
  variables_ = {{"HOME", root_ + "/home"},
                {"XDG_RUNTIME_DIR", root_ + "/run"},
                {"LANG", "en_US.UTF-8"},
                {"TERM", "xterm-256color"}};
}

void CliTest::TearDown() { std::filesystem::remove_all(root_); }

int CliTest::lull(const std::vector<std::string>& words) {
  std::vector<const char*> argv = {"lull"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  out_.str("");
  err_.str("");
  std::ostream out(out_buffer_ != nullptr ? out_buffer_ : out_.rdbuf());
  CliEnvironment environment{
      .out = out,
      .err = err_,
      .out_is_terminal = out_is_terminal_,
      .err_is_terminal = err_is_terminal_,
      .width = width_,
      .environment = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables_.find(name);
        if (found == variables_.end()) return std::nullopt;
        return found->second;
      },
      .cancel = interrupt_.token(),
      .connect = [&](const std::string& socket) -> base::Result<std::unique_ptr<Backend>> {
        sockets_.push_back(socket);
        if (!agent_runs_) return base::fail(base::ErrorCode::kNoAgent, "nobody listens", socket);
        return std::make_unique<Recorder>(*this, true);
      },
      .in_process = [&]() -> base::Result<std::unique_ptr<Backend>> {
        return std::make_unique<Recorder>(*this, false);
      },
      .run_agent =
          [&](const AgentOptions& options) {
            agents_.push_back(options);
            return 0;
          },
      .run_window = [&](const std::vector<std::string>& given) -> base::Result<int> {
        windows_.push_back(given);
        const auto named = std::find(given.begin(), given.end(), "--snapshot");
        if (named != given.end() && named + 1 != given.end()) window_snapshot_ = read(*(named + 1));
        return window_code_;
      },
      .clock = &clock_,
      .system_settings = root_ + "/etc/lull/config.toml",
      .working_directory = "/work/here",
      .wait =
          [&](base::Duration duration, const base::CancelToken&) {
            waits_.push_back(duration);
            if (on_wait_) on_wait_();
          },
  };
  if (typed_)
    environment.ask = [&](const std::string& question, const base::CancelToken&) {
      questions_.push_back(question);
      return typed_;
    };
  return run_cli(static_cast<int>(argv.size()), argv.data(), environment);
}

std::string normal_json(std::string_view text) { return to_json(boost::json::parse(text)); }

boost::json::value CliTest::json() const {
  boost::json::error_code error;
  auto value = boost::json::parse(out(), error);
  EXPECT_FALSE(error) << "not one JSON document: " << out();
  return value;
}

void CliTest::answer(const std::string& method, std::string_view document) {
  answers_[method] = [object = boost::json::parse(document).as_object()](
                         const Object&, const Progress&, const base::CancelToken&) {
    return object;
  };
}

void CliTest::answer(const std::string& method, const base::Error& error) {
  answers_[method] = [error](const Object&, const Progress&,
                             const base::CancelToken&) -> base::Result<Object> {
    return tl::unexpected(error);
  };
}

std::string CliTest::write(const std::string& name, std::string_view text) {
  const std::filesystem::path path = std::filesystem::path(root_) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string CliTest::read(const std::string& path) const {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

const char* const kStatusDocument = R"({
  "version": "0.1.0", "taken_at": "2026-11-24T12:00:00Z",
  "agent": {"pid": 4242, "uptime_seconds": 11520.5, "pss_bytes": 4404019, "cpu_seconds": 0.31},
  "memory": {"total_bytes": 16777216000, "available_bytes": 7130316800, "used_bytes": 9646899200,
             "cached_bytes": 5368709120, "swap_total_bytes": 2147483648,
             "swap_used_bytes": 134217728,
             "pressure": {"level": "warning", "some_avg10": 12.5, "some_avg60": 3.25,
                          "full_avg10": 1.0}},
  "cpu": {"percent": 12.4, "cores": 8, "load_1m": 0.42},
  "disks": [{"mount": "/", "total_bytes": 512110190592, "available_bytes": 20484407623,
             "used_bytes": 465500000000},
            {"mount": "/home", "total_bytes": 1000204886016, "available_bytes": 700143420211,
             "used_bytes": 300061465791}],
  "top": [{"pid": 977, "name": "firefox", "memory_bytes": 1288490188, "cpu_percent": 31.4},
          {"pid": 1, "name": "systemd", "memory_bytes": 13631488, "cpu_percent": null}],
  "reclaimable": {"bytes": 3435973836, "as_of_at": "2026-11-24T11:57:55Z"},
  "jobs": [
    {"name": "scan", "trigger": "periodic", "priority": "background", "state": "waiting",
     "next_at": "2026-11-24T14:30:00Z", "last_started_at": "2026-11-24T08:30:00Z",
     "last_outcome": "done", "blocked_by": []},
    {"name": "refresh-cache", "trigger": "idle", "priority": "background", "state": "deferred",
     "next_at": null, "last_started_at": null, "last_outcome": null,
     "blocked_by": ["user-active", "cpu-busy"]},
    {"name": "relief", "trigger": "pressure", "priority": "user-visible", "state": "running",
     "next_at": null, "last_started_at": "2026-11-24T11:59:58Z", "last_outcome": null,
     "blocked_by": []}],
  "last_run": {"run": 17, "kind": "relief", "origin": "automatic",
               "started_at": "2026-11-24T09:00:00Z", "items": 3, "bytes": 52428800,
               "undoable": false, "summary": "50.0 MiB of our own caches given back"},
  "paused": true, "paused_until_at": "2026-11-24T13:00:00Z"})";

const char* const kStatusWithoutAgent = R"({
  "version": "0.1.0", "agent": null,
  "memory": {"total_bytes": 8589934592, "available_bytes": 8160437862, "used_bytes": 429496730,
             "cached_bytes": 1048576, "swap_total_bytes": 0, "swap_used_bytes": 0,
             "pressure": null},
  "cpu": {"percent": null, "cores": 1, "load_1m": 0.0},
  "disks": [], "top": [], "reclaimable": null, "jobs": [], "last_run": null,
  "paused": false, "paused_until_at": null})";

const char* const kTopDocument = R"({"processes": [
  {"pid": 977, "name": "firefox", "memory_bytes": 1288490188, "cpu_percent": 131.44,
   "user": "ada", "threads": 112, "started_at": "2026-11-24T09:48:30Z"},
  {"pid": 20481, "name": "a name \u001b[31m that\nis %odd", "memory_bytes": 734003200,
   "cpu_percent": 0.04, "user": null, "threads": 1, "started_at": null},
  {"pid": 1, "name": "systemd", "memory_bytes": 13631488, "cpu_percent": null,
   "user": "root", "threads": 1, "started_at": "2026-11-20T12:00:00Z"}]})";

const char* const kSizeDocument = R"({"paths": [
  {"path": "/work/here/tree", "allocated_bytes": 4509715661, "apparent_bytes": 4409715661,
   "files": 123456, "directories": 789, "error_count": 0, "errors": [], "partial": false,
   "from_cache": true, "as_of_at": "2026-11-24T11:58:00Z"},
  {"path": "/etc", "allocated_bytes": 12897485, "apparent_bytes": 2897485, "files": 1900,
   "directories": 230, "error_count": 3,
   "errors": [{"path": "/etc/ssl/private", "error": "permission denied"},
              {"path": "/etc/polkit-1/rules.d", "error": "permission denied"}],
   "partial": false, "from_cache": false, "as_of_at": "2026-11-24T12:00:00Z"},
  {"path": "/missing", "allocated_bytes": null, "apparent_bytes": null, "files": null,
   "directories": null, "error_count": 1,
   "errors": [{"path": "/missing", "error": "No such file or directory"}],
   "partial": false, "from_cache": false, "as_of_at": null}],
  "elapsed_seconds": 0.25})";

const char* const kScanDocument = R"({
  "categories": [
    {"id": "thumbnails", "title": "Preview pictures", "tier": "safe", "items": 1234,
     "reclaimable_bytes": 47395635, "in_trash": false, "by_clean": true,
     "skipped": [{"reason": "too recent", "items": 12, "bytes": 301234}]},
    {"id": "pip", "title": "Downloaded Python packages", "tier": "costly", "items": 99,
     "reclaimable_bytes": 1288490188, "in_trash": false, "by_clean": false, "skipped": []},
    {"id": "trash", "title": "Old trash", "tier": "safe", "items": 2,
     "reclaimable_bytes": 24576, "in_trash": true, "by_clean": false, "skipped": []},
    {"id": "old-downloads", "title": "Downloads nobody has opened for a year", "tier": "review",
     "items": 1, "reclaimable_bytes": 734003200, "in_trash": false, "by_clean": false,
     "skipped": [{"reason": "firefox is running", "items": 3, "bytes": 4096}]}],
  "total_reclaimable_bytes": 2069913599, "clean_bytes": 47395635, "safe_bytes": 47395635,
  "costly_bytes": 1288490188, "review_bytes": 734003200, "trash_bytes": 24576,
  "files_seen": 24680, "directories_seen": 1357,
  "error_count": 0, "errors": [], "partial": false, "elapsed_seconds": 0.82,
  "files_per_second": 30097.5, "as_of_at": "2026-11-24T12:00:00Z"})";

const char* const kScanWithItems = R"({
  "categories": [
    {"id": "thumbnails", "title": "Preview pictures", "tier": "safe", "items": 2,
     "reclaimable_bytes": 20480, "skipped": [],
     "entries": [{"path": "/home/ada/.cache/thumbnails/normal/a.png", "bytes": 8192,
                  "reason": "older than 30 d"},
                 {"path": "/home/ada/.cache/thumbnails/%FF.png", "path_base64": "L2hvbWU=",
                  "bytes": 12288, "reason": "older than 30 d"}]}],
  "total_reclaimable_bytes": 20480, "files_seen": 10, "directories_seen": 2,
  "error_count": 1, "errors": [{"path": "/home/ada/.cache/locked", "error": "permission denied"}],
  "partial": false, "elapsed_seconds": 0.01, "files_per_second": null, "as_of_at": null})";

const char* const kJobsDocument = R"({"jobs": [
  {"name": "scan", "trigger": "periodic", "priority": "background", "state": "waiting",
   "next_at": "2026-11-24T14:30:00Z", "last_started_at": "2026-11-24T08:30:00Z",
   "last_outcome": "done", "blocked_by": []},
  {"name": "refresh-cache", "trigger": "idle", "priority": "background", "state": "deferred",
   "next_at": "2026-11-24T11:59:00Z", "last_started_at": null, "last_outcome": null,
   "blocked_by": ["user-active", "cpu-busy"]},
  {"name": "relief", "trigger": "pressure", "priority": "user-visible", "state": "running",
   "next_at": null, "last_started_at": "2026-11-24T11:59:58Z",
   "last_outcome": "partial: 2 places could not be read", "blocked_by": []},
  {"name": "size", "trigger": "request", "priority": "user-blocking", "state": "paused",
   "next_at": null, "last_started_at": null, "last_outcome": null, "blocked_by": ["paused"]}]})";

const char* const kWhyDocument = R"({"job": "scan", "would_run": false, "conditions": [
  {"code": "user-active", "met": false, "value": "active 3 s ago", "needed": "idle for 2 min"},
  {"code": "cpu-busy", "met": true, "value": "4 %", "needed": "under 30 %"},
  {"code": "on-battery", "met": false, "value": "battery, 41 %", "needed": "mains"}]})";

const char* const kVerdictDocument = R"({"path": "/ROOT/.cache/pip/http/a", "bytes": 40960,
  "rule": "pip", "tier": "safe", "goes": true, "reason": "not used for 40 d",
  "safety_score": 91, "from_cache": true, "as_of_at": "2026-11-24T09:00:00Z"})";

const char* const kHistoryDocument = R"({"history": [
  {"run": 17, "kind": "relief", "origin": "automatic", "started_at": "2026-11-24T09:00:00Z",
   "elapsed_seconds": 0.5, "items": 3, "bytes": 52428800, "undoable": false, "outcome": "freed",
   "summary": "idle apps: 50.0 MiB went from 1 app",
   "usage": {"cpu_seconds": 0.312, "read_bytes": 4096, "written_bytes": null, "on_battery": true},
   "predicted_bytes": 62914560, "idle_apps_bytes": 44040192, "still_free_bytes": 41943040},
  {"run": 9, "kind": "clean", "origin": "user", "started_at": "2026-10-01T22:15:00Z",
   "elapsed_seconds": 3.5, "items": 12345, "bytes": 5368709120, "undoable": true,
   "outcome": "done", "summary": ""}]})";

const char* const kRulesDocument = R"({"rules": [
  {"id": "thumbnails", "title": "Preview pictures", "tier": "safe",
   "cost": "made again when a folder is looked at", "source": "freedesktop thumbnail spec",
   "roots": ["$CACHE/thumbnails/{normal,large}", "$HOME/.thumbnails"], "match": [], "keep": [],
   "not_running": [], "file": "linux/thumbnails.toml", "older_than_seconds": 2592000.0},
  {"id": "firefox", "title": "Firefox cache", "tier": "costly", "cost": "pages load slower once",
   "source": "support.mozilla.org", "roots": ["$CACHE/mozilla"], "match": ["**"],
   "keep": ["*.sqlite"], "not_running": ["firefox", "firefox-esr"],
   "file": "linux/browsers.toml", "older_than_seconds": null}]})";

}  // namespace lull::commands
