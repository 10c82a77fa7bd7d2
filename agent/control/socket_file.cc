// SPDX-License-Identifier: MIT
#include "agent/control/socket_file.h"

#include <cerrno>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/control/unix_socket.h"

namespace lull::control {
namespace {

using base::ErrorCode;

// Clients that wait to be accepted; more get EAGAIN and try again.
constexpr int kBacklog = 128;

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

base::Status check_directory(const std::string& directory) {
  struct stat info {};
  if (::lstat(directory.c_str(), &info) != 0)
    return base::fail_errno(errno, directory, "looking at the control socket's directory");
  if (S_ISLNK(info.st_mode))
    return base::fail(ErrorCode::kPermissionDenied,
                      "is a symbolic link; the control socket needs a directory of its own",
                      directory);
  if (!S_ISDIR(info.st_mode))
    return base::fail(ErrorCode::kPermissionDenied, "is not a directory", directory);
  if (info.st_uid != ::geteuid())
    return base::fail(ErrorCode::kPermissionDenied,
                      "belongs to another user; the control socket needs a directory of yours",
                      directory);
  if ((info.st_mode & 077) != 0)
    return base::fail(ErrorCode::kPermissionDenied,
                      "is open to other users; the control socket needs one that is yours alone "
                      "(chmod 700)",
                      directory);
  return {};
}

base::Status prepare_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return base::fail_errno(errno, directory, "making the control socket's directory");
  return check_directory(directory);
}

// 0 or errno. The file is born 0600: nobody can slip in before a chmod.
int bind_private(int socket, const sockaddr_un& address) {
  const mode_t old_mask = ::umask(0177);
  const int failure = ::bind(socket, generic(address), sizeof address) == 0 ? 0 : errno;
  ::umask(old_mask);
  return failure;
}

// Whatever is at `path` is removed if it is a socket on which nobody answers.
base::Status remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return base::fail_errno(errno, path, "looking at the old control socket");
  }
  if (!S_ISSOCK(info.st_mode))
    return base::fail(ErrorCode::kInvalidArgument,
                      "is in the way of the control socket and is no socket; move it or name "
                      "another place with --socket",
                      path);
  auto probe = open_stream_socket();
  if (!probe) return tl::unexpected(std::move(probe).error());
  if (::connect(probe->get(), generic(address), sizeof address) == 0 || errno == EAGAIN)
    return base::fail(ErrorCode::kBusy, "another agent answers there", path);
  if (errno == ENOENT) return {};
  if (errno != ECONNREFUSED)
    return base::fail_errno(errno, path, "asking whether another agent is there");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return base::fail_errno(errno, path, "removing a stale control socket");
  return {};
}

base::Status take_name(int socket, const std::string& path, const sockaddr_un& address) {
  int failure = bind_private(socket, address);
  if (failure == EADDRINUSE) {
    LULL_TRY(remove_stale(path, address));
    failure = bind_private(socket, address);
  }
  if (failure != 0) return base::fail_errno(failure, path, "making the control socket");
  return {};
}

}  // namespace

SocketFile::~SocketFile() {
  struct stat info {};
  if (path_.empty() || ::lstat(path_.c_str(), &info) != 0) return;
  if (info.st_dev == device_ && info.st_ino == inode_) ::unlink(path_.c_str());
}

base::Result<Listening> listen_at(const std::string& path) {
  const auto address = socket_address(path);
  if (!address) return tl::unexpected(address.error());
  LULL_TRY(prepare_directory(directory_of(path)));
  auto socket = open_stream_socket();
  if (!socket) return tl::unexpected(std::move(socket).error());
  LULL_TRY(take_name(socket->get(), path, *address));
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0)
    return base::fail_errno(errno, path, "looking at the new control socket");
  SocketFile file(path, info.st_dev, info.st_ino);
  if (::listen(socket->get(), kBacklog) != 0)
    return base::fail_errno(errno, path, "listening on the control socket");
  return Listening{*std::move(socket), std::move(file)};
}

}  // namespace lull::control
