// SPDX-License-Identifier: MIT
#include "core/scan/desktop_entry.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/environment.h"
#include "core/scan/dead_link.h"
#include "core/scan/dir_reader.h"
#include "core/scan/glob.h"

namespace lull::scan {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The escapes of a value: \s \n \t \r \\.
std::optional<std::string> unescaped(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      text += value[i];
      continue;
    }
    if (++i == value.size()) return std::nullopt;
    const std::size_t known = std::string_view("sntr\\").find(value[i]);
    if (known == std::string_view::npos) {
      text += '\\';  // left for the quoting of Exec
      text += value[i];
    } else {
      text += " \n\t\r\\"[known];
    }
  }
  return text;
}

// Takes the next argument of an Exec line, quotes resolved; nullopt if it is malformed.
std::optional<std::string> take_argument(std::string_view& line) {
  line = trimmed(line);
  std::string argument;
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (quoted && c == '"') {
      if (line.empty() || line.front() == ' ') return argument;
      return std::nullopt;
    }
    if (!quoted && (c == ' ' || c == '\t')) return argument;
    if (!quoted && std::string_view("\"'\\><~|&;$*?#()`").find(c) != std::string_view::npos)
      return std::nullopt;  // reserved: whoever wrote this meant a shell
    if (quoted && c == '\\') {
      if (line.empty()) return std::nullopt;
      argument += line.front();
      line.remove_prefix(1);
      continue;
    }
    argument += c;
  }
  if (quoted || argument.empty()) return std::nullopt;
  return argument;
}

bool is_assignment(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  return equals != std::string::npos && equals > 0 && argument.find('/') > equals;
}

std::optional<std::string> program_of(std::string_view exec) {
  auto program = take_argument(exec);
  if (!program || (*program != "env" && !program->ends_with("/env"))) return program;
  do {
    program = take_argument(exec);
    if (program && program->starts_with('-')) return std::nullopt;  // options of env
  } while (program && is_assignment(*program));
  return program;
}

struct Keys {
  std::string type, exec, try_exec;
  bool hidden = false, by_bus = false, damaged = false;
};

void read_key(std::string_view line, Keys& keys) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    keys.damaged = true;
    return;
  }
  const std::string_view key = trimmed(line.substr(0, equals));
  const auto value = unescaped(trimmed(line.substr(equals + 1)));
  if (key == "Hidden") keys.hidden = value != "false";
  if (key == "DBusActivatable") keys.by_bus = value != "false";
  std::string* text = key == "Type"      ? &keys.type
                      : key == "Exec"    ? &keys.exec
                      : key == "TryExec" ? &keys.try_exec
                                         : nullptr;
  if (text == nullptr) return;
  if (!value || value->empty() || !text->empty()) keys.damaged = true;
  if (value) *text = *value;
}

Keys read_keys(std::string_view text) {
  Keys keys;
  bool in_group = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[')
      in_group = line == "[Desktop Entry]";
    else if (in_group)
      read_key(line, keys);
  }
  return keys;
}

}  // namespace

std::optional<DesktopEntry> parse_desktop_entry(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const Keys keys = read_keys(text);
  if (keys.type != "Application" || keys.exec.empty() || keys.hidden || keys.by_bus || keys.damaged)
    return std::nullopt;
  const auto program = program_of(keys.exec);
  if (!program || program->empty() || program->find('%') != std::string::npos) return std::nullopt;
  return DesktopEntry{*program, keys.try_exec};
}

bool is_broken(const DesktopEntry& entry, const std::function<bool(const std::string&)>& exists) {
  const auto gone = [&](const std::string& program) {
    if (program.empty()) return false;
    if (program.front() == '/') return is_gone_for_good(program.c_str());
    return program.find('/') == std::string::npos && !exists(program);
  };
  return gone(entry.program) || gone(entry.try_program);
}

bool find_program(const std::string& name, const std::vector<std::string>& directories) {
  return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
    struct stat status {};
    const int failed = stat_at(AT_FDCWD, (directory + "/" + name).c_str(), status);
    return failed != ENOENT && failed != ENOTDIR;
  });
}

std::vector<std::string> program_directories(const std::string& home) {
  std::vector<std::string> all{"/usr/local/bin", "/usr/bin",
                               "/bin",           "/usr/local/sbin",
                               "/usr/sbin",      "/sbin",
                               "/usr/games",     "/usr/local/games",
                               "/snap/bin",      "/var/lib/flatpak/exports/bin",
                               "/opt/bin",       "/usr/lib/jvm/default/bin"};
  for (const char* own : {".local/bin", "bin", ".local/share/flatpak/exports/bin", ".cargo/bin",
                          "go/bin", ".npm-global/bin", ".yarn/bin", ".bun/bin", ".deno/bin",
                          ".pyenv/shims", ".nix-profile/bin"})
    all.push_back(home + "/" + own);
  const auto path = base::process_environment("PATH");
  for (std::string_view rest = path ? std::string_view(*path) : std::string_view();
       !rest.empty();) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    if (rest.starts_with('/')) all.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return all;
}

}  // namespace lull::scan
