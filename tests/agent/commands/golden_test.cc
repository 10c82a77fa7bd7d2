// SPDX-License-Identifier: MIT
// What people and scripts see, word by word. LULL_UPDATE_GOLDEN=1 writes the files anew: read the
// difference before you keep it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "agent/commands/command_table.h"
#include "agent/commands/style.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

class Golden : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    answer("GetSnapshot", kStatusDocument);
    answer("Top", kTopDocument);
    answer("Size", kSizeDocument);
    answer("Scan", kScanDocument);
    answer("Jobs", kJobsDocument);
    answer("Why", kWhyDocument);
    answer("Explain", kVerdictDocument);
    answer("History", kHistoryDocument);
    answer("Rules", kRulesDocument);
    answer("Pause", R"({"paused": true, "paused_until_at": "2026-11-24T14:00:00Z"})");
    answer("Resume", R"({"paused": false, "paused_until_at": null})");
    answer("RunJob", R"({"job": "scan", "outcome": "done", "message": "1.93 GiB reclaimable",
                         "elapsed_seconds": 0.82})");
    answer("Metrics", R"({"text": "# TYPE lull_x gauge\nlull_x 1\n# EOF\n"})");
    agent_runs_ = true;
  }

  // Runs `words` and compares everything that is seen with the file.
  void expect_golden(const std::string& name, const std::vector<std::string>& words) {
    const int code = lull(words);
    std::string seen = "$ lull";
    for (const std::string& word : words) seen += " " + word;
    seen +=
        "\n" + out() + "--- standard error\n" + err() + "--- exit " + std::to_string(code) + "\n";
    for (std::size_t at = seen.find(root_); at != std::string::npos; at = seen.find(root_))
      seen.replace(at, root_.size(), "/ROOT");
    const std::string file = std::string(LULL_GOLDEN_DIR) + "/" + name + ".txt";
    if (std::getenv("LULL_UPDATE_GOLDEN") != nullptr) {
      std::filesystem::create_directories(LULL_GOLDEN_DIR);
      std::ofstream(file, std::ios::binary) << seen;
    }
    EXPECT_EQ(seen, read(file)) << file;
  }

  // As the terminal counts: without its escape sequences.
  void expect_no_line_wraps() const {
    std::istringstream lines(std::regex_replace(out(), std::regex("\x1b\\[[0-9;]*m"), ""));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_width(line), width_) << line;
  }

  // Also as JSON, and on a narrow terminal with colours.
  void expect_all_forms(const std::string& name, std::vector<std::string> words) {
    expect_golden(name, words);
    out_is_terminal_ = true;
    width_ = 72;
    expect_golden(name + "-terminal", words);
    expect_no_line_wraps();
    out_is_terminal_ = false;
    words.emplace_back("--json");
    expect_golden(name + "-json", words);
    EXPECT_EQ(out().find('\n'), out().size() - 1) << "one line";
    (void)json();
  }
};

TEST_F(Golden, status) { expect_all_forms("status", {"status"}); }
TEST_F(Golden, top) { expect_all_forms("top", {"top", "-n", "3", "--sort", "cpu"}); }
TEST_F(Golden, size) { expect_all_forms("size", {"size", "tree", "/etc/", "/missing"}); }
TEST_F(Golden, scan) { expect_all_forms("scan", {"scan"}); }
TEST_F(Golden, scan_of_a_category) {
  answer("Scan", R"({"categories": [
    {"id": "pip", "title": "Downloaded Python packages", "tier": "costly", "items": 99,
     "reclaimable_bytes": 1288490188, "in_trash": false, "by_clean": true, "skipped": []}],
    "total_reclaimable_bytes": 1288490188, "clean_bytes": 1288490188, "trash_bytes": 0,
    "files_seen": 99, "directories_seen": 1, "partial": true, "elapsed_seconds": 0.5})");
  expect_golden("scan-category", {"scan", "--category", "pip"});
}
TEST_F(Golden, jobs) { expect_all_forms("jobs", {"jobs"}); }
TEST_F(Golden, why) { expect_all_forms("why", {"why", "scan"}); }
TEST_F(Golden, why_of_a_file) { expect_all_forms("why-file", {"why", "/c/a"}); }
TEST_F(Golden, why_of_a_file_that_no_rule_is_about) {
  answer("Explain", R"({"path": "/c/a", "bytes": 1, "rule": null, "tier": null, "goes": false,
                        "reason": null, "safety_score": null, "from_cache": true,
                        "as_of_at": "2026-11-24T09:00:00Z"})");
  expect_golden("why-file-uncovered", {"why", "/c/a"});
}
TEST_F(Golden, why_of_what_is_never_touched) {
  answer("Explain", R"({"path": "/h/.ssh", "bytes": null, "rule": null, "tier": null,
                        "goes": false, "reason": "never touched: credentials",
                        "safety_score": null, "from_cache": false,
                        "as_of_at": "2026-11-24T09:00:00Z"})");
  expect_golden("why-file-never", {"why", "/h/.ssh"});
}
TEST_F(Golden, why_of_a_place_of_a_rule) {
  answer("Explain", R"({"path": "/h/.cache/pip", "bytes": null, "rule": "pip", "tier": "safe",
                        "goes": false, "safety_score": null, "from_cache": false,
                        "reason": "a place of pip; 12 items in it go (3.00 MiB): pip",
                        "as_of_at": "2026-11-24T09:00:00Z"})");
  expect_golden("why-place", {"why", "/h/.cache/pip"});
}
TEST_F(Golden, run) { expect_all_forms("run", {"run", "scan"}); }
TEST_F(Golden, pause) { expect_all_forms("pause", {"pause", "2", "h"}); }
TEST_F(Golden, resume) { expect_all_forms("resume", {"resume"}); }
TEST_F(Golden, history) { expect_all_forms("history", {"history"}); }
TEST_F(Golden, rules) { expect_all_forms("rules", {"rules"}); }
TEST_F(Golden, rules_show) { expect_all_forms("rules-show", {"rules", "show", "firefox"}); }
constexpr const char* kGoodRules = R"([[rule]]
id = "mine"
title = "My builds"
tier = "costly"
cost = "built again"
source = "me"
roots = ["$CACHE/mine"]
)";

TEST_F(Golden, rules_show_with_every_guard) {
  answer("Rules", R"({"rules": [
    {"id": "mine", "title": "Mine", "tier": "review", "cost": "work", "source": "me",
     "roots": ["$CACHE/a/{b,c}", "$STATE/d", "$VOLUMES/.Trash/$UID", "/opt/x"], "match": [],
     "keep": [], "not_running": ["a", "b"], "older_than_seconds": 604800.0,
     "age_by": ["mtime", "atime"], "min_size_bytes": 1048576, "file_format": "elf-core",
     "only": "trash-orphans", "by_deletion_date": true, "not_running_app": "flatpak",
     "lock_files": ["lock", "$CONFIG/a/lock"], "locks_held": ["$DATA/held"],
     "cachedir_tag": true, "newest_stay": 2, "beside": ["package.json"],
     "not_in_git_index": true, "finished_beside": true, "evidence": "homes/mine", "file": "mine.toml"}],
    "advice": [{"id": "uv", "title": "uv", "why": "w", "command": "uv cache prune",
                "source": "s", "needs_root": false, "roots": ["$CACHE/uv"],
                "not_in": ["$DATA/uv", "/opt/uv"], "size": "at-most", "program": "uv",
                "file": "f"}]})");
  expect_golden("rules-show-guards", {"rules", "mine"});
  expect_golden("rules-show-advice", {"rules", "show", "uv"});
}

TEST_F(Golden, rules_check) {
  const std::string good = write("good.toml", kGoodRules);
  expect_all_forms("rules-check", {"rules", "check", good});
}

TEST_F(Golden, rules_check_with_errors) {
  std::string text = std::string(kGoodRules) + kGoodRules + "olderthan = \"30 d\"\n";
  text.replace(text.rfind("mine\"\ntitle"), 4, "npm-cache");
  const std::string bad = write("bad.toml", text);
  expect_golden("rules-check-errors", {"rules", "check", bad});
  expect_golden("rules-check-errors-json", {"rules", "check", bad, "--json"});
  expect_golden("rules-check-syntax", {"rules", "check", write("broken.toml", "[[rule]\n")});
}

TEST_F(Golden, metrics) { expect_golden("metrics", {"metrics"}); }

constexpr const char* kPlan = R"({
  "run": null, "dry_run": true, "plan": "p-00112233445566ff",
  "plan_expires_at": "2026-11-25T12:00:00Z", "moved_items": 1237, "moved_bytes": 734003200,
  "freed_bytes": 0, "pending_bytes": 734003200, "purge_at": null, "partial": false,
  "elapsed_seconds": 0.4,
  "categories": [
    {"id": "pip", "title": "pip's downloads", "tier": "safe",
     "cost": "downloaded again when needed", "items": 1234, "bytes": 732954624},
    {"id": "npm", "title": "npm's cache", "tier": "costly",
     "cost": "downloaded again, which takes long", "items": 3, "bytes": 1048576}],
  "items": [
    {"path": "/h/.cache/npm/x", "category": "npm", "directory": false, "items": 3, "bytes": 1048576},
    {"path": "/h/.cache/pip/http", "category": "pip", "directory": true, "items": 1234,
     "bytes": 732954624}],
  "skipped": [{"path": "/h/.cache/pip/w", "reason": "it has changed since the scan began"}],
  "failed": []})";
constexpr const char* kCleaned = R"({
  "run": 42, "dry_run": false, "plan": "p-00112233445566ff", "moved_items": 1236,
  "moved_bytes": 733003200, "freed_bytes": 0, "pending_bytes": 733003200,
  "purge_at": "2026-12-01T12:00:00Z", "cancelled": false, "outcome": "partial",
  "elapsed_seconds": 1.5,
  "skipped": [{"path": "/h/.cache/npm/x", "reason": "npm is running"}],
  "failed": [{"path": "/h/.cache/pip/\u001b[31m", "error": "no space left on device"}]})";

TEST_F(Golden, clean) {
  answer("Clean", kPlan);
  expect_all_forms("clean-dry-run", {"clean", "--dry-run", "--items"});
  answer("Clean", kCleaned);
  expect_all_forms("clean", {"clean", "--yes"});
}

TEST_F(Golden, clean_with_nothing_to_do) {
  answer("Clean", R"({"run": null, "dry_run": true, "plan": null, "moved_items": 0,
                      "moved_bytes": 0, "categories": [], "skipped": [], "failed": []})");
  expect_golden("clean-nothing", {"clean", "--dry-run"});
}

constexpr const char* kOptimized = R"({
  "operations": [
    {"id": "inactive-memory", "outcome": "freed", "bytes": 134217728, "elapsed_seconds": 9.1,
     "reason": "128 MiB went from 2 apps that were idle, 96.0 MiB to swap"},
    {"id": "file-caches", "outcome": "no-effect", "bytes": 0, "elapsed_seconds": 0.2,
     "reason": "no file that was read and is finished with holds 8 MiB of cache"},
    {"id": "app-caches", "outcome": "freed", "bytes": 2097152, "elapsed_seconds": 0.1,
     "reason": "our own memory fell by 2.00 MiB"},
    {"id": "memory-compression", "outcome": "unavailable", "bytes": 0, "elapsed_seconds": 0,
     "reason": "there is no swap: what nobody uses cannot be put away; zram would hold it compressed, and only root can set that up"},
    {"id": "network-caches", "outcome": "unproven", "bytes": 0, "elapsed_seconds": 0,
     "reason": "the resolver forgot the names it knew; that is too little memory to claim"},
    {"id": "app-gc", "outcome": "skipped", "bytes": 0, "elapsed_seconds": 0, "reason": "x\u001b[31m"},
    {"id": "temp-allocations", "outcome": "failed", "bytes": 0, "elapsed_seconds": 0,
     "reason": "no such directory"}],
  "memory_before": {"available_bytes": 1073741824}, "memory_after": {"available_bytes": 1207959552},
  "dry_run": false, "cancelled": false, "elapsed_seconds": 9.2,
  "clean": {"run": 42, "dry_run": false, "plan": "p-1", "moved_items": 3, "moved_bytes": 1048576,
            "skipped": [], "failed": [], "outcome": "done", "cancelled": false}})";

TEST_F(Golden, optimize) {
  answer("Optimize", kOptimized);
  expect_all_forms("optimize", {"optimize", "--yes"});
  expect_golden("optimize-nobody-to-ask", {"optimize"});
}

TEST_F(Golden, undo) {
  answer("Undo", R"({"run": 42, "undo_run": 43, "restored_items": 1235,
                     "restored_bytes": 733003200, "cancelled": false, "outcome": "partial",
                     "elapsed_seconds": 0.3,
                     "failed": [{"path": "/h/a", "error": "something of that name is there again"}]})");
  expect_all_forms("undo", {"undo", "42"});
}

TEST_F(Golden, scan_with_items) {
  answer("Scan", kScanWithItems);
  expect_all_forms("scan-items", {"scan", "--items"});
}

TEST_F(Golden, status_without_an_agent) {
  agent_runs_ = false;
  answer("GetSnapshot", kStatusWithoutAgent);
  expect_golden("status-without-agent", {"status"});
}

TEST_F(Golden, status_bars) {
  for (const char* format : {"plain", "waybar", "i3blocks", "xbar"})
    expect_golden(std::string("status-") + format, {"status", "--format", format});
}

TEST_F(Golden, status_bars_without_an_agent) {
  agent_runs_ = false;
  answer("GetSnapshot", kStatusWithoutAgent);
  for (const char* format : {"plain", "waybar", "i3blocks", "xbar"})
    expect_golden(std::string("status-") + format + "-alone", {"status", "--format", format});
}

TEST_F(Golden, status_bars_that_know_nothing_and_hear_strange_names) {
  answer("GetSnapshot", R"({"version": "0.1.0", "agent": null, "memory": null, "cpu": null,
    "disks": [], "reclaimable": null, "jobs": [{"name": "a<b>&|c", "state": "running"}],
    "last_run": null, "paused": true, "paused_until_at": null,
    "top": [{"pid": 7, "name": "--- | bash=x\n---", "memory_bytes": null,
             "cpu_percent": null}]})");
  for (const char* format : {"plain", "waybar", "i3blocks", "xbar"})
    expect_golden(std::string("status-") + format + "-strange", {"status", "--format", format});
}

TEST_F(Golden, config) {
  agent_runs_ = false;
  write("home/.config/lull/config.toml", "[ui]\ntheme = \"dark\"\n[clean]\nkeep = [\"a\\tb\"]\n");
  expect_all_forms("config-show", {"config"});
  expect_all_forms("config-path", {"config", "path"});
  expect_all_forms("config-check", {"config", "check"});
}

TEST_F(Golden, config_with_errors) {
  agent_runs_ = false;
  write("home/.config/lull/config.toml", "[ui]\ntheme = \"drak\"\nlable = 1\n");
  expect_golden("config-check-errors", {"config", "check"});
  expect_golden("config-check-errors-json", {"config", "check", "--json"});
  expect_golden("config-show-errors", {"config", "show"});
}

TEST_F(Golden, ascii_where_the_locale_is_not_utf8) {
  variables_["LANG"] = "C";
  expect_golden("status-ascii", {"status"});
  expect_golden("why-ascii", {"why", "scan"});
}

TEST_F(Golden, help) {
  expect_golden("help", {"--help"});
  for (const CommandSpec& command : all_commands())
    expect_golden("help-" + std::string(command.name), {std::string(command.name), "--help"});
}

}  // namespace
}  // namespace lull::commands
