// SPDX-License-Identifier: MIT
#include "tests/core/clean/adversary.h"

#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lull::clean {
namespace {

// Only what is below the real root may be written to: links on the way are refused.
base::UniqueFd open_no_links(int root, const std::string& below, int flags) {
  const std::size_t slash = below.find('/');
  const std::string first = below.substr(0, slash);
  base::UniqueFd directory(::openat(root, first.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return {};
  return base::UniqueFd(::openat(directory.get(), below.substr(slash + 1).c_str(),
                                 flags | O_NOFOLLOW | O_CLOEXEC, 0600));
}

}  // namespace

Adversary::Adversary(std::string root, std::string lure, std::string workshop, std::uint64_t seed,
                     std::uint64_t steps)
    : root_(std::move(root)),
      lure_(std::move(lure)),
      workshop_(std::move(workshop)),
      real_root_(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      state_(seed | 1),
      steps_(steps) {
  ::mkdir(workshop_.c_str(), 0700);
  for (int i = 0; i < 4; ++i) ::mkdir((workshop_ + "/s" + std::to_string(i)).c_str(), 0700);
  ::symlink(lure_.c_str(), (workshop_ + "/root-link").c_str());
  for (int i = 0; i < kDirectories; ++i)
    ::symlink((lure_ + "/d" + std::to_string(i)).c_str(),
              (workshop_ + "/link-d" + std::to_string(i)).c_str());
  thread_ = std::thread([this] { work(); });
}

Adversary::~Adversary() { join(); }

void Adversary::join() {
  if (!thread_.joinable()) return;
  thread_.join();
  struct stat status {};
  if (::lstat(root_.c_str(), &status) == 0 && S_ISLNK(status.st_mode))
    exchange(root_, workshop_ + "/root-link");
}

void Adversary::work() {
  while (taken_.fetch_add(1, std::memory_order_relaxed) + 1 < steps_) step();
  done_.store(true, std::memory_order_release);
}

std::uint64_t Adversary::below(std::uint64_t limit) {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return state_ % limit;
}

void Adversary::exchange(const std::string& one, const std::string& other) const {
  (void)::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
}

// All names that are changed are reached below the real root, so that nothing happens in the lure.
base::UniqueFd Adversary::make_free(const std::string& path, std::string& name) const {
  const std::string in = path.substr(root_.size() + 1);
  const std::string directory = in.substr(0, in.find('/'));
  base::UniqueFd fd(
      ::openat(real_root_.get(), directory.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  name = in.substr(in.find('/') + 1);
  if (fd) ::unlinkat(fd.get(), name.c_str(), 0);
  return fd;
}

void Adversary::replace_by_link(const std::string& path, const std::string& target) {
  std::string name;
  if (const base::UniqueFd fd = make_free(path, name))
    (void)::symlinkat(target.c_str(), fd.get(), name.c_str());
}

void Adversary::replace_by_file(const std::string& path) {
  std::string name;
  if (const base::UniqueFd fd = make_free(path, name))
    const base::UniqueFd file(
        ::openat(fd.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

void Adversary::write_into(const std::string& path) const {
  const base::UniqueFd file =
      open_no_links(real_root_.get(), path.substr(root_.size() + 1), O_WRONLY | O_APPEND);
  if (file) (void)!::write(file.get(), "x", 1);
}

void Adversary::shake_root() {
  exchange(root_, workshop_ + "/root-link");
  exchange(root_, workshop_ + "/root-link");
}

void Adversary::step() {
  const std::string d = "/d" + std::to_string(below(kDirectories));
  const std::string at_root = "/proc/self/fd/" + std::to_string(real_root_.get());
  switch (below(8)) {
    case 0:  // a directory and a link to the lure's of that name, to and fro
    case 1:
      return exchange(at_root + d, workshop_ + "/link-" + d.substr(1));
    case 2:
      return exchange(at_root + d, at_root + "/d" + std::to_string(below(kDirectories)));
    case 3:
      return exchange(at_root + d, spare());
    case 4: {
      const std::string path = file();
      return replace_by_link(path, lure_ + path.substr(root_.size()));
    }
    case 5:
      return replace_by_file(file());
    case 6:
      return write_into(file());
    default:
      return shake_root();
  }
}

}  // namespace lull::clean
