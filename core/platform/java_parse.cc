// SPDX-License-Identifier: MIT
#include <array>

#include "core/platform/java_programs.h"

namespace lull::platform {
namespace {

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

}  // namespace

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
