// SPDX-License-Identifier: MIT
#include "benchmarks/support/big_tree.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::benchmarks {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// splitmix64 with a fixed seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t limit) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (z ^ (z >> 31)) % limit;
  }

 private:
  std::uint64_t state_;
};

class Maker {
 public:
  Maker(const std::string& root, std::uint64_t entries) : left_(entries), random_(entries) {
    if (::mkdir(root.c_str(), 0755) != 0) give_up(root);
    const base::UniqueFd top(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::uint64_t flat = entries * 13 / 100, shards = entries * 20 / 100;
    for (std::uint64_t made = 0, i = 0; made < flat; made += 5000)
      files(directory(top.get(), "flat-" + std::to_string(i++)),
            std::min<std::uint64_t>(5000, flat));
    for (std::uint64_t before = left_, i = 0; before - left_ < shards;)
      shard(directory(top.get(), "cache-" + std::to_string(i++)));
    for (std::uint64_t i = 0; left_ > 0; ++i)
      package(directory(top.get(), "project-" + std::to_string(i)), 0);
    ::syncfs(top.get());
  }

 private:
  base::UniqueFd directory(int at, const std::string& name) {
    if (::mkdirat(at, name.c_str(), 0755) != 0 && errno != EEXIST) give_up(name);
    base::UniqueFd fd(::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) give_up(name);
    return fd;
  }

  void shard(const base::UniqueFd& at) {
    for (int i = 0; i < 256 && left_ > 0; ++i) {
      char name[3];
      std::snprintf(name, sizeof name, "%02x", static_cast<unsigned>(i));
      files(directory(at.get(), name), 1 + random_.below(12));
    }
  }

  void package(const base::UniqueFd& at, int depth) {
    files(at, 3 + random_.below(random_.below(4) == 0 ? 38 : 10));
    const std::uint64_t inner = depth < 4 ? 1 + random_.below(4) : random_.below(2);
    for (std::uint64_t i = 0; i < inner && left_ > 0 && depth < 9; ++i)
      package(directory(at.get(), "module-" + std::to_string(i)), depth + 1);
  }

  void files(const base::UniqueFd& at, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && left_ > 0; ++i, --left_)
      file(at.get(), "some-file-name-" + std::to_string(i) + ".js");
  }

  void file(int at, const std::string& name) {
    const std::uint64_t kind = random_.below(100);
    if (kind == 0) {
      if (::symlinkat("../does/not/exist", at, name.c_str()) != 0) give_up(name);
      return;
    }
    if (kind == 1 && last_) {
      if (::linkat(last_.get(), last_name_.c_str(), at, name.c_str(), 0) != 0) give_up(name);
      return;
    }
    const base::UniqueFd fd(
        ::openat(at, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!fd) give_up(name);
    // Blocks without data: settled at once, and cheap to make.
    const auto size = static_cast<off_t>(random_.below(16'000));
    if (kind == 2)
      sparse(fd.get());
    else if (size > 0 && ::posix_fallocate(fd.get(), 0, size) != 0)
      give_up(name);
    if (kind == 3) {
      last_.reset(::dup(at));
      last_name_ = name;
    }
  }

  static void sparse(int fd) {
    if (::ftruncate(fd, off_t{64} << 20) != 0) give_up("a sparse file");
  }

  std::uint64_t left_;
  Random random_;
  base::UniqueFd last_;  // where the next hard link leads
  std::string last_name_;
};

}  // namespace

BigTree::BigTree(std::uint64_t entries) {
  const char* kept = std::getenv("LULL_BENCH_TREES");
  keep_ = kept != nullptr;
  if (keep_) {
    path_ = std::string(kept) + "/walk-" + std::to_string(entries);
    std::filesystem::create_directories(kept);
    if (std::filesystem::exists(path_ + ".complete")) return;
    std::filesystem::remove_all(path_);
  } else {
    std::string pattern = "/tmp/lull-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) give_up(pattern);
    path_ = pattern + "/tree";
  }
  Maker(path_, entries);
  if (!keep_) return;
  const base::UniqueFd mark(
      ::open((path_ + ".complete").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

BigTree::~BigTree() {
  if (keep_) return;
  std::error_code ignored;
  std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), ignored);
}

}  // namespace lull::benchmarks
