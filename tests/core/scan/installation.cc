// SPDX-License-Identifier: MIT
#include "tests/core/scan/installation.h"

#include <algorithm>
#include <ctime>
#include <sstream>
#include <stdexcept>

#include <oneapi/tbb/task_arena.h>
#include <unistd.h>

#include "core/scan/rules.h"

namespace lull::scan::testing {
namespace {

using std::chrono::days;

std::string below(const Installation& home, const std::string& path) {
  const std::string& root = home.tree.root();
  return path.starts_with(root + "/") ? path.substr(root.size() + 1) : path;
}

model::ScanReport scan_with(const RuleSet& rules, const ScanRequest& request, unsigned width) {
  tbb::task_arena arena(static_cast<int>(width));
  WalkOptions options;
  options.width = width;
  auto report = arena.execute([&] { return lull::scan::scan(rules, request, options); });
  if (!report) throw std::runtime_error(report.error().to_string());
  return *std::move(report);
}

}  // namespace

Installation::Installation() {
  directories.home = tree.directory("home");
  directories.cache_home = tree.directory("home/.cache");
  directories.config_home = tree.directory("home/.config");
  directories.data_home = tree.directory("home/.local/share");
  directories.state_home = tree.directory("home/.local/state");
  directories.runtime_dir = tree.directory("run");
  directories.temp_dir = tree.directory("tmp", 01777);
  request.directories = directories;
  request.places.var_temp = tree.directory("vartmp", 01777);
  request.items = true;
  request.owner = ::geteuid();
  request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now() + days(60));
  request.running = [](const std::vector<std::string>&) { return Running::kNo; };
  request.flatpak_running = [](const std::string&) { return Running::kNo; };
}

void Installation::make_recent(std::string_view relative) {
  tree.touch(relative, request.now - std::chrono::hours(5));
}

std::string Installation::deletion_date(int days_ago) const {
  const std::time_t when = std::chrono::system_clock::to_time_t(request.now - days(days_ago));
  std::tm local{};
  ::localtime_r(&when, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &local);
  return text;
}

void Installation::trash_info(const std::string& name, const std::string& text) {
  tree.text("home/.local/share/Trash/info/" + name + ".trashinfo", text);
}

void Installation::trash(const std::string& name, int days_ago, std::size_t bytes) {
  tree.file("home/.local/share/Trash/files/" + name, bytes);
  trash_info(name, "[Trash Info]\nPath=/home/u/" + name +
                       "\nDeletionDate=" + deletion_date(days_ago) + "\n");
}

model::ScanReport Installation::scan(const std::vector<std::string>& categories, unsigned width) {
  // Read once: most of these tests' time would be spent on it.
  static const auto rules = builtin_rules();
  if (!rules) throw std::runtime_error(rules.error().to_string());
  request.categories = categories;
  return scan_with(*rules, request, width);
}

model::ScanReport Installation::scan_rules(const std::string& toml, unsigned width) {
  auto rules = parse_rules(toml, "test.toml");
  if (!rules) throw std::runtime_error(rules.error().to_string());
  request.categories.clear();
  return scan_with(RuleSet(*std::move(rules)), request, width);
}

std::set<std::string> goes(const Installation& home, const model::CategoryReport& category) {
  std::set<std::string> paths;
  for (const auto& entry : category.entries)
    if (!entry.stays) paths.insert(below(home, entry.path));
  return paths;
}

std::map<std::string, std::string> stays(const Installation& home,
                                         const model::CategoryReport& category) {
  std::map<std::string, std::string> paths;
  for (const auto& entry : category.entries)
    if (entry.stays) paths[below(home, entry.path)] = entry.reason;
  return paths;
}

const model::CategoryReport& category_of(const model::ScanReport& report, std::string_view id) {
  const auto found = std::find_if(report.categories.begin(), report.categories.end(),
                                  [id](const auto& category) { return category.id == id; });
  if (found == report.categories.end()) throw std::runtime_error("no category " + std::string(id));
  return *found;
}

std::string text_of(const model::ScanReport& report) {
  std::ostringstream text;
  for (const auto& category : report.categories) {
    text << category.id << ' ' << category.items << ' ' << category.reclaimable_bytes << '\n';
    for (const auto& sum : category.skipped)
      text << "  skipped " << sum.reason << ' ' << sum.items << ' ' << sum.bytes << '\n';
    for (const auto& entry : category.entries)
      text << "  " << (entry.stays ? "stays " : "goes ") << entry.path << ' ' << entry.bytes << ' '
           << entry.reason << '\n';
  }
  text << report.total_reclaimable_bytes << ' ' << report.files_seen << ' '
       << report.directories_seen << ' ' << report.error_count << ' ' << report.partial << '\n';
  for (const auto& error : report.errors)
    text << "  error " << error.path << ' ' << error.error << '\n';
  return text.str();
}

}  // namespace lull::scan::testing
