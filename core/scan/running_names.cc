// SPDX-License-Identifier: MIT
#include "core/scan/running_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace lull::scan::detail {
namespace {

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

bool is_interpreter(std::string_view program) {
  constexpr std::array<std::string_view, 10> kInterpreters{
      "python", "node", "nodejs", "perl", "ruby", "sh", "bash", "dash", "env", "electron"};
  // "python3.11" is "python".
  const std::string_view plain = program.substr(0, program.find_first_of("0123456789"));
  return std::find(kInterpreters.begin(), kInterpreters.end(), plain) != kInterpreters.end();
}

// "npm-cli.js" is npm, "pip3.11" is also pip3.
void add_script(std::string_view script, Names& names) {
  std::string_view name = base_name(script);
  names.emplace(name);
  for (const std::string_view suffix : {".js", ".mjs", ".cjs", ".py", "-cli"})
    if (name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      names.emplace(name);
    }
}

// "\x2d" is "-" in the names of systemd's units (systemd-escape(1)).
std::string unescaped(std::string_view text) {
  const auto digit = [](char c) {
    const std::size_t value = std::string_view("0123456789abcdef").find(c);
    return value == std::string_view::npos ? -1 : static_cast<int>(value);
  };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text.substr(i).starts_with("\\x") && i + 3 < text.size() &&
                        digit(text[i + 2]) >= 0 && digit(text[i + 3]) >= 0;
    plain += escape ? static_cast<char>(digit(text[i + 2]) * 16 + digit(text[i + 3])) : text[i];
    if (escape) i += 3;
  }
  return plain;
}

}  // namespace

void add_name(std::string_view name, Names& names) {
  names.emplace(name);
  names.emplace(first_word(name));
}

void add_program(std::string_view path, Names& names) { names.emplace(base_name(path)); }

void add_command_line(std::string_view line, Names& names) {
  std::vector<std::string_view> arguments;
  while (!line.empty() && arguments.size() < 8) {
    const std::size_t end = std::min(line.find('\0'), line.size());
    arguments.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (arguments.empty()) return;
  // Some programs write a title over their arguments: "npm install left-pad".
  names.emplace(first_word(base_name(first_word(arguments[0]))));
  names.emplace(base_name(arguments[0]));
  if (!is_interpreter(base_name(arguments[0]))) return;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "-m" && i + 1 < arguments.size()) {
      names.emplace(arguments[i + 1]);
      return;
    }
    if (arguments[i].starts_with('-')) continue;
    add_script(arguments[i], names);
    return;
  }
}

void add_flatpak_scopes(std::string_view cgroup, Names& ids) {
  constexpr std::string_view kPrefix = "/app-flatpak-", kSuffix = ".scope";
  for (std::size_t at = cgroup.find(kPrefix); at != std::string_view::npos;
       at = cgroup.find(kPrefix, at + 1)) {
    const std::string_view unit = cgroup.substr(at + kPrefix.size());
    const std::string_view name = unit.substr(0, std::min(unit.find(kSuffix), unit.size()));
    const std::size_t dash = name.rfind('-');
    ids.insert(unescaped(name.substr(0, dash)));
  }
}

void add_flatpak_info(std::string_view info, Names& ids) {
  constexpr std::string_view kKey = "\nname=";
  const std::size_t group = info.find("[Application]");
  const std::size_t at = info.find(kKey, group == std::string_view::npos ? 0 : group);
  if (group == std::string_view::npos || at == std::string_view::npos) return;
  const std::string_view rest = info.substr(at + kKey.size());
  ids.emplace(rest.substr(0, rest.find('\n')));
}

bool is_among(const Names& names, const std::vector<std::string>& wanted, std::size_t kept) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return names.contains(name) ||
           (name.size() > kept && names.contains(std::string_view(name).substr(0, kept)));
  });
}

std::string_view words_of_procargs(std::string_view bytes) {
  std::int32_t count = 0;
  if (bytes.size() < sizeof count) return {};
  std::memcpy(&count, bytes.data(), sizeof count);
  bytes.remove_prefix(sizeof count);
  bytes.remove_prefix(std::min(bytes.find('\0'), bytes.size()));
  bytes.remove_prefix(std::min(bytes.find_first_not_of('\0'), bytes.size()));
  std::size_t end = 0;
  for (; count > 0 && end < bytes.size(); --count) {
    const std::size_t stop = bytes.find('\0', end);
    end = stop == std::string_view::npos ? bytes.size() : stop + 1;
  }
  return bytes.substr(0, end);
}

}  // namespace lull::scan::detail
