// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "agent/settings_table.h"
#include "agent/settings_toml.h"
#include "core/base/text.h"
#include "core/base/unique_fd.h"

namespace lull::agent {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;

// One pass over a parsed file; collects every error.
class Reader {
 public:
  Reader(std::string file, Settings onto) : file_(std::move(file)), settings_(std::move(onto)) {}

  void read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const auto sections = setting_sections();
      if (std::find(sections.begin(), sections.end(), key.str()) == sections.end()) {
        error_at(key.source(), unknown_key_message({}, key.str()));
      } else if (const toml::table* section = node.as_table()) {
        read_section(key.str(), *section);
      } else {
        error_at(key.source(), std::string(key.str()) + " is a section: write [" +
                                   std::string(key.str()) + "] and its keys below");
      }
    }
  }

  std::vector<base::Error> take_errors() && {
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<base::Error> errors;
    for (auto& [where, error] : errors_) errors.push_back(std::move(error));
    return errors;
  }
  bool ok() const { return errors_.empty(); }
  const Settings& settings() const { return settings_; }

 private:
  void read_section(std::string_view name, const toml::table& section) {
    for (const auto& [key, node] : section) {
      const SettingRow* row = find_setting(name, key.str());
      if (row == nullptr) {
        error_at(key.source(), unknown_key_message(name, key.str()));
        continue;
      }
      const std::optional<RawValue> value = raw_value(node);
      if (value && row->assign(*value, settings_)) continue;
      error_at(node.source(), bad_value_message(*row, value ? &*value : nullptr, shown(node)));
    }
  }

  void error_at(const toml::source_region& where, std::string message) {
    const auto at = std::pair(where.begin.line, where.begin.column);
    errors_.emplace_back(at, settings_error(file_, at.first, at.second, message));
  }

  const std::string file_;
  Settings settings_;
  std::vector<std::pair<std::pair<toml::source_index, toml::source_index>, base::Error>> errors_;
};

std::pair<Settings, std::vector<base::Error>> read_text(std::string_view text,
                                                        const std::string& file, Settings onto) {
  auto root = parse_toml(text, file);
  if (!root) return {std::move(onto), {std::move(root).error()}};
  Reader reader(file, std::move(onto));
  reader.read(*root);
  Settings settings = reader.settings();
  return {std::move(settings), std::move(reader).take_errors()};
}

base::Result<std::string> read_all(int fd, const std::string& file) {
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return base::fail_errno(errno, file, "reading settings");
    if (length == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
    if (text.size() > kLargestFile)
      return base::fail(base::ErrorCode::kTooLarge, "larger than 1 MiB: this is no settings file",
                        file);
  }
}

}  // namespace

base::Result<std::optional<std::string>> read_settings_file(const std::string& file) {
  // Not blocking: somebody may have put a FIFO there.
  const base::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd) return base::fail_errno(errno, file, "reading settings");
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return base::fail_errno(errno, file, "reading settings");
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode))
    return base::fail(base::ErrorCode::kInvalidArgument, "not a regular file", file);
  auto text = read_all(fd.get(), file);
  if (!text) return tl::unexpected(std::move(text).error());
  return *std::move(text);
}

base::Result<Settings> parse_settings(std::string_view toml, const std::string& file,
                                      Settings onto) {
  auto [settings, errors] = read_text(toml, file, std::move(onto));
  if (!errors.empty()) return tl::unexpected(std::move(errors.front()));
  return std::move(settings);
}

std::vector<base::Error> find_settings_errors(std::string_view toml, const std::string& file) {
  return read_text(toml, file, {}).second;
}

base::Result<Settings> load_settings(const std::vector<std::string>& files) {
  Settings settings;
  for (const std::string& file : files) {
    auto text = read_settings_file(file);
    if (!text) return tl::unexpected(std::move(text).error());
    if (!*text) continue;
    auto next = parse_settings(**text, file, std::move(settings));
    if (!next) return next;
    settings = *std::move(next);
  }
  return settings;
}

std::vector<std::pair<std::string, std::string>> show_settings(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> shown;
  for (const SettingRow& row : setting_rows())
    shown.emplace_back(std::string(row.info.section) + "." + std::string(row.info.key),
                       row.show(settings));
  return shown;
}

std::vector<std::string> standard_settings_files(const std::string& config_home) {
  return {"/etc/lull/config.toml", config_home + "/lull/config.toml"};
}

}  // namespace lull::agent
