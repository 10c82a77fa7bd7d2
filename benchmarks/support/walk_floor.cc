// SPDX-License-Identifier: MIT
#include "benchmarks/support/walk_floor.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lull::benchmarks {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

struct Node {
  Node* parent;
  std::atomic<int> references{1};
  int fd = -1;
  char name[1]{};
};

struct RawEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

class Floor {
 public:
  FloorSum run(const std::string& path, unsigned threads) {
    threads_ = threads;
    shared_.push_back(make(nullptr, path.c_str()));
    std::vector<FloorSum> sums(threads);
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i)
      others.emplace_back([this, &sums, i] { sums[i] = work(); });
    FloorSum sum = work();
    for (std::thread& other : others) other.join();
    for (unsigned i = 1; i < threads; ++i) {
      sum.bytes += sums[i].bytes;
      sum.files += sums[i].files;
      sum.directories += sums[i].directories;
    }
    return sum;
  }

 private:
  static Node* make(Node* parent, const char* name) {
    const std::size_t length = std::strlen(name);
    auto* node = new (std::malloc(sizeof(Node) + length)) Node{parent};
    std::memcpy(node->name, name, length + 1);
    if (parent != nullptr) parent->references.fetch_add(1, std::memory_order_relaxed);
    return node;
  }
  static void release(Node* node) {
    while (node != nullptr && node->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      Node* parent = node->parent;
      if (node->fd >= 0) ::close(node->fd);
      std::free(node);
      node = parent;
    }
  }

  // Own work first; then what somebody shared; ends when nobody has any.
  FloorSum work() {
    FloorSum sum;
    std::vector<Node*> own;
    const std::unique_ptr<char[]> buffer(new char[kBufferBytes]);
    while (Node* node = next(own)) {
      read(node, own, sum, buffer.get());
      release(node);
      share(own);
    }
    return sum;
  }

  Node* next(std::vector<Node*>& own) {
    if (own.empty()) {
      std::unique_lock lock(mutex_);
      ++waiting_;
      if (waiting_ == static_cast<int>(threads_)) changed_.notify_all();
      changed_.wait(lock,
                    [&] { return !shared_.empty() || (waiting_ == static_cast<int>(threads_)); });
      if (shared_.empty()) return nullptr;
      --waiting_;
      own.swap(shared_);
    }
    Node* node = own.back();
    own.pop_back();
    return node;
  }

  void share(std::vector<Node*>& own) {
    if (own.size() < 2 || waiting_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock(mutex_);
    if (!shared_.empty()) return;
    const auto half = own.begin() + static_cast<std::ptrdiff_t>(own.size() / 2);
    shared_.assign(own.begin(), half);
    own.erase(own.begin(), half);
    changed_.notify_one();
  }

  void read(Node* node, std::vector<Node*>& own, FloorSum& sum, char* buffer) {
    const int at = node->parent != nullptr ? node->parent->fd : AT_FDCWD;
    node->fd =
        ::openat(at, node->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOATIME);
    struct stat status {};
    if (node->fd < 0 || ::fstat(node->fd, &status) != 0) return;
    ++sum.directories;
    sum.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    for (;;) {
      const long got = ::syscall(SYS_getdents64, node->fd, buffer, kBufferBytes);
      if (got <= 0) return;
      for (long offset = 0; offset < got;) {
        const auto* entry = reinterpret_cast<const RawEntry*>(buffer + offset);
        offset += entry->length;
        if (entry->name[0] == '.' &&
            (entry->name[1] == 0 || (entry->name[1] == '.' && entry->name[2] == 0)))
          continue;
        if (entry->type == DT_DIR)
          own.push_back(make(node, entry->name));
        else
          file(node->fd, entry->name, sum);
      }
    }
  }

  void file(int fd, const char* name, FloorSum& sum) {
    struct stat status {};
    if (::fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (status.st_nlink > 1) {
      const std::lock_guard lock(links_mutex_);
      if (!links_.insert(status.st_ino).second) return;
    }
    ++sum.files;
    sum.bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }

  unsigned threads_ = 1;
  std::mutex mutex_, links_mutex_;
  std::condition_variable changed_;
  std::vector<Node*> shared_;
  std::atomic<int> waiting_{0};
  std::unordered_set<std::uint64_t> links_;
};

}  // namespace

FloorSum walk_floor(const std::string& path, unsigned threads) {
  return Floor().run(path, threads);
}

}  // namespace lull::benchmarks
