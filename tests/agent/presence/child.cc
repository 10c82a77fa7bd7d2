// SPDX-License-Identifier: MIT
#include "tests/agent/presence/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lull::agent::presence {
namespace {

struct Pipe {
  base::UniqueFd read_end, write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
  return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

[[noreturn]] void become(const std::vector<std::string>& command, int input, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& command) {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::system_category());
  if (pid_ == 0) become(command, input.read_end.get(), output.write_end.get());
  input_ = std::move(input.write_end);
  output_ = std::move(output.read_end);
}

Child::~Child() { kill(); }

void Child::write_line(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(input_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::system_error(errno, std::system_category(), "writing to a child");
}

std::string Child::read_line() {
  std::string line;
  for (char letter = 0; ::read(output_.get(), &letter, 1) == 1 && letter != '\n';) line += letter;
  return line;
}

void Child::stop() {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void Child::go_on() { ::kill(pid_, SIGCONT); }

void Child::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

}  // namespace lull::agent::presence
