// SPDX-License-Identifier: MIT
#include "tests/core/scan/scratch_tree.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::scan::testing {
namespace {

void check(bool fine, const std::string& what) {
  if (!fine) throw std::runtime_error(what + ": " + std::strerror(errno));
}

void make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1))
    ::mkdir(path.substr(0, slash).c_str(), 0755);
}

}  // namespace

ScratchTree::ScratchTree() {
  const char* base = std::getenv("LULL_TEST_TREES");
  std::string pattern = std::string(base != nullptr ? base : "/tmp") + "/lull-tree-XXXXXX";
  check(::mkdtemp(pattern.data()) != nullptr, pattern);
  check(::chmod(pattern.c_str(), 0755) == 0, pattern);
  root_ = pattern;
}

ScratchTree::~ScratchTree() {
  // By another program: the trees may be deeper than what std::filesystem can recurse into.
  const std::string command =
      "chmod -R u+rwX -- " + shell_quoted(root_) + " 2>/dev/null; rm -rf -- " + shell_quoted(root_);
  if (std::system(command.c_str()) != 0) std::perror(root_.c_str());
}

std::string ScratchTree::path(std::string_view relative) const {
  return relative.empty() ? root_ : root_ + "/" + std::string(relative);
}

std::string ScratchTree::directory(std::string_view relative, mode_t mode) {
  std::string full = path(relative);
  make_parents(full + "/");
  check(::chmod(full.c_str(), mode) == 0, full);
  return full;
}

std::string ScratchTree::file(std::string_view relative, std::size_t bytes) {
  return text(relative, std::string(bytes, 'x'));
}

std::string ScratchTree::text(std::string_view relative, std::string_view content) {
  std::string full = path(relative);
  make_parents(full);
  const base::UniqueFd fd(::open(full.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  check(static_cast<bool>(fd), full);
  check(::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()),
        full);
  if (content.size() > 4096) ::fsync(fd.get());  // settles st_blocks where allocation is delayed
  return full;
}

std::string ScratchTree::sparse(std::string_view relative, std::uint64_t length) {
  std::string full = text(relative, "x");
  check(::truncate(full.c_str(), static_cast<off_t>(length)) == 0, full);
  return full;
}

void ScratchTree::chain(std::string_view name, int depth) {
  const std::string step(name);
  base::UniqueFd at(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < depth; ++i) {
    check(::mkdirat(at.get(), "side", 0755) == 0, "side");
    check(::mkdirat(at.get(), step.c_str(), 0755) == 0, step);
    at.reset(::openat(at.get(), step.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    check(static_cast<bool>(at), step);
  }
  const base::UniqueFd leaf(::openat(at.get(), "leaf", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  check(static_cast<bool>(leaf), "leaf");
}

std::string ScratchTree::symlink(std::string_view relative, const std::string& target) {
  std::string full = path(relative);
  make_parents(full);
  check(::symlink(target.c_str(), full.c_str()) == 0, full);
  return full;
}

std::string ScratchTree::hard_link(std::string_view relative, std::string_view existing) {
  std::string full = path(relative);
  make_parents(full);
  check(::link(path(existing).c_str(), full.c_str()) == 0, full);
  return full;
}

std::string ScratchTree::fifo(std::string_view relative) {
  std::string full = path(relative);
  make_parents(full);
  check(::mkfifo(full.c_str(), 0600) == 0, full);
  return full;
}

std::string ScratchTree::socket(std::string_view relative) {
  std::string full = path(relative);
  make_parents(full);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  check(full.size() < sizeof address.sun_path, full);
  std::copy(full.begin(), full.end(), address.sun_path);
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  check(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, full);
  return full;
}

void ScratchTree::mode(std::string_view relative, mode_t mode) {
  check(::chmod(path(relative).c_str(), mode) == 0, path(relative));
}

void ScratchTree::give_to(std::string_view relative, uid_t owner) {
  check(::lchown(path(relative).c_str(), owner, static_cast<gid_t>(-1)) == 0, path(relative));
}

void ScratchTree::touch(std::string_view relative, base::WallTime time) {
  const auto since = time.time_since_epoch();
  timespec when{};
  when.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  const timespec both[2] = {when, when};
  check(::utimensat(AT_FDCWD, path(relative).c_str(), both, AT_SYMLINK_NOFOLLOW) == 0,
        path(relative));
}

bool ScratchTree::exists(std::string_view relative) const {
  struct stat found {};
  return ::lstat(path(relative).c_str(), &found) == 0;
}

struct stat ScratchTree::status(std::string_view relative) const {
  struct stat found {};
  check(::lstat(path(relative).c_str(), &found) == 0, path(relative));
  return found;
}

std::uint64_t ScratchTree::blocks(std::string_view relative) const {
  return static_cast<std::uint64_t>(status(relative).st_blocks) * 512;
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string first_line_of(const std::string& command) {
  FILE* output = ::popen(command.c_str(), "r");
  check(output != nullptr, command);
  std::string line;
  for (int c = std::fgetc(output); c != EOF && c != '\n'; c = std::fgetc(output))
    line += static_cast<char>(c);
  while (std::fgetc(output) != EOF) continue;
  ::pclose(output);
  return line;
}

std::uint64_t disk_usage(const std::string& path, const std::string& more) {
  const std::string line = first_line_of("LC_ALL=C du -s --block-size=1 -x " + more + " -- " +
                                         shell_quoted(path) + " 2>/dev/null");
  if (line.empty()) throw std::runtime_error("du says nothing of " + path);
  return std::stoull(line);
}

}  // namespace lull::scan::testing
