// SPDX-License-Identifier: MIT
#include "tests/support/sandbox.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::support {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kLook = std::chrono::milliseconds(5);

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void become(std::vector<std::string> arguments, std::vector<std::string> environment,
                         const std::string& out, const std::string& err) {
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::execve(arguments[0].c_str(), pointers(arguments).data(), pointers(environment).data());
  ::_exit(127);
}

bool answers(const std::string& socket_path) {
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

}  // namespace

boost::json::value Finished::json() const {
  boost::system::error_code error;
  auto value = boost::json::parse(out, error);
  if (error) throw std::runtime_error(error.message() + " in: " + out + "\nerrors: " + err);
  return value;
}

Process::Process(const TempDir& place, const std::string& name,
                 const std::vector<std::string>& command,
                 const std::map<std::string, std::string>& environment, BeforeExec before_exec)
    : place_(place), name_(name) {
  std::vector<std::string> env;
  for (const auto& [variable, value] : environment) env.push_back(variable + "=" + value);
  const std::string out = place_ / (name_ + ".out");
  const std::string err = place_ / (name_ + ".err");
  pid_ = ::fork();
  if (pid_ != 0) return;
  if (before_exec != nullptr) before_exec();
  become(command, std::move(env), out, err);
}

Process::~Process() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const { ::kill(pid_, number); }

bool Process::has_ended() const {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  return info.si_pid != 0;
}

Finished Process::wait() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(name_ + " did not end; it said: " + output_so_far() +
                               errors_so_far());
    }
    std::this_thread::sleep_for(kLook);
  }
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), output_so_far(),
          errors_so_far()};
}

std::string Process::output_so_far() const { return place_.read(name_ + ".out"); }
std::string Process::errors_so_far() const { return place_.read(name_ + ".err"); }

Sandbox::Sandbox() {
  for (const char* directory : {"home", "run", "tmp"})
    std::filesystem::create_directory(temp_ / directory);
  environment_ = {{"HOME", home()},
                  {"XDG_CONFIG_HOME", home() + "/.config"},
                  {"XDG_CACHE_HOME", home() + "/.cache"},
                  {"XDG_DATA_HOME", home() + "/.local/share"},
                  {"XDG_STATE_HOME", home() + "/.local/state"},
                  {"XDG_RUNTIME_DIR", temp_ / "run"},
                  {"TMPDIR", temp_ / "tmp"},
                  {"PATH", "/usr/bin:/bin"},
                  {"LANG", "C.UTF-8"},
                  // No bus of this machine may change what a test sees.
                  {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path=" + (temp_ / "no-bus")}};
  for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
    if (const char* value = ::getenv(kept)) environment_[kept] = value;
}

std::unique_ptr<Process> Sandbox::start(const std::vector<std::string>& arguments,
                                        Process::BeforeExec before_exec) {
  std::vector<std::string> command{LULL_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return start_program(command, before_exec);
}

std::unique_ptr<Process> Sandbox::start_program(const std::vector<std::string>& command,
                                                Process::BeforeExec before_exec) {
  return std::make_unique<Process>(temp_, "process-" + std::to_string(++started_), command,
                                   environment_, before_exec);
}

Finished Sandbox::lull(const std::vector<std::string>& arguments) {
  return start(arguments)->wait();
}

std::unique_ptr<Process> Sandbox::start_agent(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"agent"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto agent = start(arguments);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!answers(socket())) {
    if (agent->has_ended() || std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the agent does not answer: " + agent->errors_so_far());
    std::this_thread::sleep_for(kLook);
  }
  return agent;
}

}  // namespace lull::support
