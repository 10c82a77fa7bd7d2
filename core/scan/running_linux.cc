// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/scan/running.h"

namespace lull::scan {
namespace {

using Names = std::set<std::string, std::less<>>;

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// The beginning of a small file of /proc; nullopt with errno.
std::optional<std::string> read_small(int process, const char* name) {
  const base::UniqueFd fd(::openat(process, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::array<char, 4096> buffer;
  const ssize_t length = ::read(fd.get(), buffer.data(), buffer.size());
  if (length < 0) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

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

// False if a process of ours is there but cannot be looked at.
bool add_process(int proc, const char* pid, uid_t uid, Names& names) {
  const base::UniqueFd process(::openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!process) return errno == ENOENT || errno == EACCES;
  if (::fstat(process.get(), &status) != 0 || status.st_uid != uid) return true;
  const auto command = read_small(process.get(), "comm");
  if (!command) return errno == ENOENT || errno == ESRCH;  // it has ended meanwhile
  const std::string_view name = std::string_view(*command).substr(0, command->find('\n'));
  names.emplace(name);
  names.emplace(first_word(name));
  std::array<char, 4096> target;
  const ssize_t length = ::readlinkat(process.get(), "exe", target.data(), target.size());
  if (length > 0) {
    std::string_view program(target.data(), static_cast<std::size_t>(length));
    if (program.ends_with(" (deleted)")) program.remove_suffix(10);
    names.emplace(base_name(program));
  }
  if (const auto line = read_small(process.get(), "cmdline")) add_command_line(*line, names);
  return true;
}

// nullopt if the table is not there, has nobody in it, or hides a process of ours.
std::optional<Names> read_process_names(const std::string& proc, uid_t uid) {
  DIR* stream = ::opendir(proc.c_str());
  if (stream == nullptr) return std::nullopt;
  Names names;
  bool complete = true;
  std::size_t processes = 0;
  while (const dirent* entry = ::readdir(stream)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    ++processes;
    if (!add_process(::dirfd(stream), entry->d_name, uid, names)) complete = false;
  }
  ::closedir(stream);
  if (!complete || processes == 0) return std::nullopt;
  return names;
}

}  // namespace

std::function<Running(const std::vector<std::string>&)> make_running_probe(
    platform::SystemRoots roots, uid_t uid) {
  struct State {
    bool read = false;
    std::optional<Names> names;
  };
  return [state = std::make_shared<State>(), roots = std::move(roots),
          uid](const std::vector<std::string>& wanted) {
    if (!std::exchange(state->read, true)) state->names = read_process_names(roots.proc, uid);
    if (!state->names) return Running::kUnknown;
    // The kernel keeps 15 bytes of a command name.
    const bool found = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
      return state->names->contains(name) ||
             (name.size() > 15 && state->names->contains(std::string_view(name).substr(0, 15)));
    });
    return found ? Running::kYes : Running::kNo;
  };
}

}  // namespace lull::scan
