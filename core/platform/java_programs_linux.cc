// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/platform/java_programs.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using base::ErrorCode;

constexpr int kTick = 100;           // ms
constexpr int kTicksToListen = 100;  // 10 s, the JDK's own sun.tools.attach.attachTimeout
constexpr int kTicksToAnswer = 120;  // 12 s
constexpr std::size_t kLongestAnswer = 64 * 1024;

// HotSpot's own directory: of the user, no link, closed to others.
std::optional<std::string> performance_directory(uid_t user_id, const std::string& temp_dir) {
  std::array<char, 4096> buffer;
  ::passwd entry{};
  ::passwd* found = nullptr;
  if (::getpwuid_r(user_id, &entry, buffer.data(), buffer.size(), &found) != 0 || !found)
    return std::nullopt;
  std::string path = temp_dir + "/hsperfdata_" + found->pw_name;
  struct ::stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != user_id ||
      (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return std::nullopt;
  return path;
}

std::optional<JavaProgram> look_at(const SystemRoots& roots, const std::string& number,
                                   const std::string& performance_file, uid_t user_id) {
  const auto pid = to_number(number);
  if (!pid || *pid == 0 || *pid > 0x7fffffff) return std::nullopt;
  const std::string directory = roots.proc + "/" + number;
  struct ::stat owner {};
  if (::stat(directory.c_str(), &owner) != 0 || owner.st_uid != user_id) return std::nullopt;
  const auto maps = read_kernel_file(directory + "/maps", std::size_t{16} << 20);
  if (!maps || maps->find(performance_file + "\n") == std::string::npos) return std::nullopt;
  const auto status = read_kernel_file(directory + "/status");
  const auto command_line = read_kernel_file(directory + "/cmdline");
  if (!status || !command_line) return std::nullopt;
  JavaProgram program = describe_java_program(
      *status, *command_line, read_kernel_file(directory + "/cgroup").value_or(std::string()));
  program.pid = static_cast<pid_t>(*pid);
  return program;
}

base::UniqueFd open_process(pid_t pid) {
  return base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// The file that asks the VM to listen; gone with this object.
class AttachFile {
 public:
  explicit AttachFile(std::string path) : path_(std::move(path)) {
    const base::UniqueFd fd(
        ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
    is_ours_ = static_cast<bool>(fd);
  }
  ~AttachFile() {
    if (is_ours_) ::unlink(path_.c_str());
  }
  AttachFile(const AttachFile&) = delete;
  AttachFile& operator=(const AttachFile&) = delete;
  bool is_ours() const { return is_ours_; }

 private:
  const std::string path_;
  bool is_ours_ = false;
};

// Only the VM's own socket: made by this user, answered by this process.
base::Result<base::UniqueFd> connect_to(const std::string& path, pid_t pid, uid_t user_id) {
  struct ::stat status {};
  if (::lstat(path.c_str(), &status) != 0) return base::fail_errno(errno, path);
  if (!S_ISSOCK(status.st_mode) || status.st_uid != user_id)
    return base::fail(ErrorCode::kPermissionDenied, "is not the program's own socket", path);
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return base::fail(ErrorCode::kTooLarge, "is too long for a socket", path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return base::fail_errno(errno, path);
  if (::connect(fd.get(), reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0)
    return base::fail_errno(errno, path);
  ::ucred peer{};
  ::socklen_t size = sizeof peer;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid != pid ||
      peer.uid != user_id)
    return base::fail(ErrorCode::kPermissionDenied, "somebody else answers there", path);
  return fd;
}

base::Status cancelled() { return base::fail(ErrorCode::kCancelled, "it was stopped"); }

base::Result<std::string> read_answer(int fd, const std::function<bool()>& stop) {
  std::string answer;
  for (int tick = 0; tick < kTicksToAnswer; ++tick) {
    if (stop()) return tl::unexpected(cancelled().error());
    ::pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, kTick) <= 0) continue;
    std::array<char, 4096> buffer;
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0) return base::fail_errno(errno);
    if (size == 0 || answer.size() > kLongestAnswer) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return base::fail(ErrorCode::kTimeout, "the program does not answer");
}

base::Status command(const std::string& socket, pid_t pid, uid_t user_id, std::string_view name,
                     const std::function<bool()>& stop) {
  auto fd = connect_to(socket, pid, user_id);
  if (!fd) return tl::unexpected(fd.error());
  // Version, the command, and its three arguments.
  std::string request("1\0jcmd\0", 7);
  request.append(name).append("\0\0\0", 3);
  if (::send(fd->get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    return base::fail_errno(errno, socket);
  const auto answer = read_answer(fd->get(), stop);
  if (!answer) return tl::unexpected(answer.error());
  if (!is_done_answer(*answer))
    return base::fail(ErrorCode::kIo, "the program refuses: " + answer->substr(0, 80));
  return {};
}

base::Status make_it_listen(const JavaProgram& program, int process, const std::string& socket,
                            const std::string& temp_dir, const std::function<bool()>& stop) {
  if (::access(socket.c_str(), F_OK) == 0) return {};  // it listens already
  const AttachFile file(temp_dir + "/.attach_pid" + std::to_string(program.pid));
  if (!file.is_ours()) return base::fail(ErrorCode::kBusy, "somebody else attaches to it");
  if (::syscall(SYS_pidfd_send_signal, process, SIGQUIT, nullptr, 0) != 0)
    return base::fail_errno(errno, {}, "asking a program to listen");
  for (int tick = 0; tick < kTicksToListen; ++tick) {
    if (::access(socket.c_str(), F_OK) == 0) return {};
    if (stop()) return cancelled();
    ::poll(nullptr, 0, kTick);
  }
  return base::fail(ErrorCode::kTimeout, "the program does not listen");
}

}  // namespace

base::Result<std::vector<JavaProgram>> find_java_programs(const SystemRoots& roots, uid_t user_id,
                                                          const std::string& temp_dir) {
  std::vector<JavaProgram> programs;
  const auto directory = performance_directory(user_id, temp_dir);
  if (!directory) return programs;
  const auto names = list_directory(*directory);
  if (!names) return tl::unexpected(names.error());
  for (const std::string& name : *names)
    if (auto program = look_at(roots, name, *directory + "/" + name, user_id))
      programs.push_back(*std::move(program));
  std::sort(programs.begin(), programs.end(),
            [](const JavaProgram& one, const JavaProgram& other) { return one.pid < other.pid; });
  return programs;
}

base::Status ask_to_collect(const JavaProgram& program, uid_t user_id,
                            const std::function<bool()>& stop, const std::string& temp_dir) {
  const base::UniqueFd process = open_process(program.pid);
  if (!process) return base::fail_errno(errno, {}, "opening a program");
  // What the descriptor stands for is looked at after it was opened: a number is given anew.
  const auto now = find_java_programs({}, user_id, temp_dir);
  if (!now) return tl::unexpected(now.error());
  const auto same = std::find_if(now->begin(), now->end(), [&](const JavaProgram& other) {
    return other.pid == program.pid && other.name == program.name && other.unfit.empty();
  });
  if (same == now->end()) return base::fail(ErrorCode::kNotFound, "the program has ended");
  const std::string socket = temp_dir + "/.java_pid" + std::to_string(program.pid);
  LULL_TRY(make_it_listen(program, process.get(), socket, temp_dir, stop));
  LULL_TRY(command(socket, program.pid, user_id, "GC.run", stop));
  // Older ones do not know it; the collection counts.
  (void)command(socket, program.pid, user_id, "System.trim_native_heap", stop);
  return {};
}

}  // namespace lull::platform
