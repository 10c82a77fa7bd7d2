// SPDX-License-Identifier: MIT
#include <array>
#include <charconv>
#include <csignal>
#include <optional>

#include "core/platform/java_programs.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

constexpr std::uint64_t kQuitCaught = 1u << (SIGQUIT - 1);

std::string_view take_argument(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

// Options of java(1) whose value is the next word.
bool has_value(std::string_view option) {
  static constexpr std::array<std::string_view, 9> kWithValue = {"-cp",
                                                                 "-classpath",
                                                                 "--class-path",
                                                                 "-p",
                                                                 "--module-path",
                                                                 "--add-opens",
                                                                 "--add-modules",
                                                                 "--add-exports",
                                                                 "--upgrade-module-path"};
  for (const std::string_view known : kWithValue)
    if (option == known) return true;
  return false;
}

std::string jar_name(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);
  if (path.ends_with(".jar")) path.remove_suffix(4);
  return std::string(path);
}

// What stands behind "VmSwap:" in /proc/PID/status.
std::optional<std::string_view> value_of(std::string_view status, std::string_view key) {
  std::string_view line;
  while (take_line(status, line)) {
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    return line;
  }
  return std::nullopt;
}

// "	     12 kB"
std::uint64_t status_bytes(std::string_view status, std::string_view key) {
  std::string_view value = value_of(status, key).value_or(std::string_view());
  return to_number(take_word(value)).value_or(0) * 1024;
}

// SigCgt is a set of bits in hexadecimal.
bool catches_quit(std::string_view status) {
  std::string_view value = value_of(status, "SigCgt:").value_or(std::string_view());
  const std::string_view word = take_word(value);
  std::uint64_t caught = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), caught, 16);
  return error == std::errc{} && end == word.data() + word.size() && (caught & kQuitCaught) != 0;
}

// A process in a namespace of its own has several numbers, and another /tmp.
bool is_in_a_container(std::string_view status) {
  std::string_view numbers = value_of(status, "NSpid:").value_or(std::string_view());
  take_word(numbers);
  return !take_word(numbers).empty();
}

std::string unit_of(std::string_view cgroup) {
  std::string_view line;
  while (take_line(cgroup, line))
    if (line.starts_with("0::")) return std::string(line.substr(line.rfind('/') + 1));
  return {};
}

std::string unfit_words(std::string_view status, std::string_view command_line) {
  if (is_in_a_container(status)) return "it runs in a container";
  if (!catches_quit(status)) return "it does not take the signal (-Xrs)";
  if (command_line.find("+DisableAttachMechanism") != std::string_view::npos)
    return "it was started with -XX:+DisableAttachMechanism";
  return {};
}

}  // namespace

JavaProgram describe_java_program(std::string_view status, std::string_view command_line,
                                  std::string_view cgroup) {
  JavaProgram program;
  program.name = java_name(command_line);
  program.unit = unit_of(cgroup);
  program.anonymous_bytes = status_bytes(status, "RssAnon:");
  program.swapped_bytes = status_bytes(status, "VmSwap:");
  program.unfit = unfit_words(status, command_line);
  return program;
}

std::string java_name(std::string_view command_line) {
  take_argument(command_line);  // the program itself
  while (!command_line.empty()) {
    const std::string_view word = take_argument(command_line);
    if (word == "-jar") return jar_name(take_argument(command_line));
    if (word == "-m" || word == "--module") {
      const std::string_view module = take_argument(command_line);
      return std::string(module.substr(module.rfind('/') + 1));
    }
    if (has_value(word))
      take_argument(command_line);
    else if (!word.empty() && word.front() != '-' && word.front() != '@')
      return std::string(word);
  }
  return {};
}

bool is_done_answer(std::string_view answer) { return answer.starts_with("0\n"); }

}  // namespace lull::platform
