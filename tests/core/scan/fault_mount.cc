// SPDX-License-Identifier: MIT
#include "tests/core/scan/fault_mount.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::scan::testing {
namespace {

struct Entry {
  std::uint64_t id;
  std::uint64_t parent;
  std::string_view name;
  std::uint32_t mode;
  std::uint64_t blocks;
  int status_error = 0;
  int listing_error = 0;  // after what is in it
  bool only_with_errors = false;
};

constexpr std::array<Entry, 11> kEntries = {{
    {FUSE_ROOT_ID, 0, "", S_IFDIR | 0755, 1},
    {2, 1, "sub", S_IFDIR | 0755, 1},
    {3, 2, "inner", S_IFREG | 0644, 3},
    {4, 1, "plain", S_IFREG | 0644, 8},
    {5, 1, "link", S_IFLNK | 0777, 0},
    {6, 1, "fifo", S_IFIFO | 0644, 0},
    {7, 1, "eio", S_IFREG | 0644, 1, EIO, 0, true},
    {8, 1, "eloop", S_IFREG | 0644, 1, ELOOP, 0, true},
    {9, 1, "unlistable", S_IFDIR | 0755, 1, 0, EIO, true},
    {10, 1, "halfway", S_IFDIR | 0755, 1, 0, EIO, true},
    {11, 10, "listed", S_IFREG | 0644, 2, 0, 0, true},
}};

fuse_attr attributes_of(const Entry& entry) {
  fuse_attr attributes{};
  attributes.ino = entry.id;
  attributes.mode = entry.mode;
  attributes.blocks = entry.blocks;
  attributes.size = entry.blocks * 512;
  attributes.nlink = 1;
  attributes.blksize = 4096;
  return attributes;
}

}  // namespace

struct FaultMount::Server {
  std::string directory;
  Faults faults;
  base::UniqueFd device, stop, hung;
  std::thread thread;

  void serve();
  static void signal(const base::UniqueFd& event) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = ::write(event.get(), &one, sizeof one);
  }
  bool is_ignored(const fuse_in_header& request) const {
    if (faults == Faults::kStuck) return request.opcode == FUSE_OPENDIR && request.nodeid == 2;
    return faults == Faults::kDead && request.opcode != FUSE_INIT;
  }
  void answer(const fuse_in_header& request, const char* body);
  void lookup(const fuse_in_header& request, std::string_view name);
  void status(const fuse_in_header& request);
  void list(const fuse_in_header& request, const fuse_read_in& from);
  bool exists(const Entry& entry) const {
    return !entry.only_with_errors || faults == Faults::kErrors;
  }
  void reply(const fuse_in_header& request, int os_error, const void* data = nullptr,
             std::size_t bytes = 0) const;
};

void FaultMount::Server::serve() {
  std::vector<char> buffer(256 * 1024);
  pollfd waits[2] = {{device.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
  while (::poll(waits, 2, -1) >= 0 || errno == EINTR) {
    if (waits[1].revents != 0) return;
    if (waits[0].revents == 0) continue;
    const ssize_t got = ::read(device.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
    if (got < static_cast<ssize_t>(sizeof(fuse_in_header))) return;
    fuse_in_header request{};
    std::memcpy(&request, buffer.data(), sizeof request);
    if (is_ignored(request))
      signal(hung);
    else
      answer(request, buffer.data() + sizeof request);
  }
}

void FaultMount::Server::answer(const fuse_in_header& request, const char* body) {
  switch (request.opcode) {
    case FUSE_INIT: {
      fuse_init_out init{};
      init.major = FUSE_KERNEL_VERSION;
      init.minor = FUSE_KERNEL_MINOR_VERSION;
      init.max_write = 4096;
      return reply(request, 0, &init, sizeof init);
    }
    case FUSE_LOOKUP:
      return lookup(request, body);
    case FUSE_GETATTR:
      return status(request);
    case FUSE_OPENDIR: {
      const fuse_open_out opened{};
      return reply(request, 0, &opened, sizeof opened);
    }
    case FUSE_READDIR: {
      fuse_read_in from{};
      std::memcpy(&from, body, sizeof from);
      return list(request, from);
    }
    case FUSE_STATFS: {
      const fuse_statfs_out statfs{};
      return reply(request, 0, &statfs, sizeof statfs);
    }
    case FUSE_RELEASEDIR:
      return reply(request, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
      return;  // nobody waits for an answer
    default:
      return reply(request, ENOSYS);
  }
}

void FaultMount::Server::lookup(const fuse_in_header& request, std::string_view name) {
  for (const Entry& entry : kEntries) {
    if (entry.parent != request.nodeid || entry.name != name || !exists(entry)) continue;
    if (entry.status_error != 0) return reply(request, entry.status_error);
    fuse_entry_out found{};
    found.nodeid = entry.id;
    found.attr = attributes_of(entry);
    return reply(request, 0, &found, sizeof found);
  }
  reply(request, ENOENT);
}

void FaultMount::Server::status(const fuse_in_header& request) {
  fuse_attr_out found{};
  found.attr = attributes_of(kEntries[request.nodeid - 1]);
  reply(request, 0, &found, sizeof found);
}

// An offset is the number of entries before it.
void FaultMount::Server::list(const fuse_in_header& request, const fuse_read_in& from) {
  std::vector<char> listing;
  std::uint64_t number = 0;
  for (const Entry& entry : kEntries) {
    if (entry.parent != request.nodeid || !exists(entry) || number++ < from.offset) continue;
    const std::size_t at = listing.size();
    const std::size_t length = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.name.size());
    if (at + length > from.size) break;
    listing.resize(at + length);
    fuse_dirent head{};
    head.ino = entry.id;
    head.off = number;
    head.namelen = static_cast<std::uint32_t>(entry.name.size());
    head.type = DT_UNKNOWN;
    std::memcpy(listing.data() + at, &head, FUSE_NAME_OFFSET);
    std::memcpy(listing.data() + at + FUSE_NAME_OFFSET, entry.name.data(), entry.name.size());
  }
  const int failure = listing.empty() ? kEntries[request.nodeid - 1].listing_error : 0;
  reply(request, failure, listing.data(), failure == 0 ? listing.size() : 0);
}

void FaultMount::Server::reply(const fuse_in_header& request, int os_error, const void* data,
                               std::size_t bytes) const {
  fuse_out_header head{};
  head.len = static_cast<std::uint32_t>(sizeof head + bytes);
  head.error = -os_error;
  head.unique = request.unique;
  const iovec parts[2] = {{&head, sizeof head}, {const_cast<void*>(data), bytes}};
  // Fails when the one who asked has gone.
  [[maybe_unused]] const ssize_t told = ::writev(device.get(), parts, bytes > 0 ? 2 : 1);
}

std::unique_ptr<FaultMount> FaultMount::make(const std::string& directory, Faults faults) {
  auto server = std::make_unique<Server>();
  server->directory = directory;
  server->faults = faults;
  server->device.reset(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  server->stop.reset(::eventfd(0, EFD_CLOEXEC));
  server->hung.reset(::eventfd(0, EFD_CLOEXEC));
  if (!server->device || !server->stop) return nullptr;
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr))
    return nullptr;
  const std::string options = "fd=" + std::to_string(server->device.get()) +
                              ",rootmode=40755,user_id=0,group_id=0,allow_other";
  if (::mount("lull-faults", directory.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()))
    return nullptr;
  return std::unique_ptr<FaultMount>(new FaultMount(std::move(server)));
}

FaultMount::FaultMount(std::unique_ptr<Server> server) : server_(std::move(server)) {
  server_->thread = std::thread([this] { server_->serve(); });
}

void FaultMount::wait_until_somebody_hangs() {
  std::uint64_t times = 0;
  while (::read(server_->hung.get(), &times, sizeof times) < 0 && errno == EINTR) continue;
}

FaultMount::~FaultMount() {
  Server::signal(server_->stop);
  server_->thread.join();
  server_->device.reset();  // the kernel ends the connection
  ::umount2(server_->directory.c_str(), MNT_DETACH);
}

}  // namespace lull::scan::testing
