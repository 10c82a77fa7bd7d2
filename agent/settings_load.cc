// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/settings_layers.h"
#include "agent/settings_reader.h"
#include "agent/settings_table.h"
#include "core/base/unique_fd.h"

namespace lull::agent {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;

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
  FileReading reading = read_settings_text(toml, file, SettingsFileKind::kUser, std::move(onto));
  if (!reading.errors.empty()) return tl::unexpected(std::move(reading.errors.front()));
  return std::move(reading.settings);
}

std::vector<base::Error> find_settings_errors(std::string_view toml, const std::string& file,
                                              SettingsFileKind kind) {
  return read_settings_text(toml, file, kind, {}).errors;
}

base::Result<Settings> load_settings(const std::vector<std::string>& files) {
  auto layers = load_layers(files);
  if (!layers) return tl::unexpected(std::move(layers).error());
  return std::move(layers->values);
}

std::vector<std::pair<std::string, std::string>> show_settings(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> shown;
  for (const SettingRow& row : setting_rows())
    shown.emplace_back(dotted(row.info), row.show(settings));
  return shown;
}

std::string dotted(const SettingInfo& info) {
  return std::string(info.section) + "." + std::string(info.key);
}

std::vector<std::string> standard_settings_files(const std::string& config_home,
                                                 const std::string& system_file) {
  return {system_file, config_home + "/lull/config.toml"};
}

}  // namespace lull::agent
