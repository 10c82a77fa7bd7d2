// SPDX-License-Identifier: MIT
#include "tests/core/scan/mutator.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace lull::scan::testing {

Mutator::Mutator(const std::string& root, std::uint64_t seed, bool may_mount)
    : state_(seed), may_mount_(may_mount), directories_{root} {}

void Mutator::settle() const {
  const base::UniqueFd root(
      ::open(directories_.front().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::syncfs(root.get());
}

// splitmix64.
std::uint64_t Mutator::below(std::uint64_t limit) {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return (z ^ (z >> 31)) % limit;
}

void Mutator::once() {
  if (may_mount_ && below(40) == 0)
    mount_or_unmount();
  else
    once_in_tree();
}

void Mutator::once_in_tree() {
  switch (below(12)) {
    case 0:
    case 1:
      return make_directory();
    case 2:
    case 3:
      return make_file();
    case 4:
      return write();
    case 5:
      return cut();
    case 6:
      return link();
    case 7:
      return rename_file();
    case 8:
      return rename_directory();
    case 9:
      return change_mode();
    case 10:
      return remove_file();
    default:
      return remove_directory();
  }
}

void Mutator::make_directory() {
  const std::string path = fresh();
  if (::mkdir(path.c_str(), 0755) == 0) directories_.push_back(path);
}

void Mutator::make_file() {
  const std::string path = fresh();
  const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (fd) files_.push_back(path);
}

void Mutator::write() {
  if (files_.empty()) return;
  const base::UniqueFd fd(::open(any(files_).c_str(), O_WRONLY | O_CLOEXEC));
  const std::string text(below(200'000), 'x');
  const auto at = static_cast<off_t>(below(10'000'000));  // may leave a hole
  if (fd && ::pwrite(fd.get(), text.data(), text.size(), at) < 0) return;
}

void Mutator::cut() {
  if (!files_.empty() && ::truncate(any(files_).c_str(), static_cast<off_t>(below(50'000))) != 0)
    return;
}

void Mutator::link() {
  if (files_.empty()) return;
  const std::string path = fresh();
  if (below(3) == 0) {
    if (::symlink(any(files_).c_str(), path.c_str()) != 0) return;
  } else if (::link(any(files_).c_str(), path.c_str()) == 0) {
    files_.push_back(path);
  }
}

void Mutator::rename_file() {
  if (files_.empty()) return;
  const std::string path = fresh();
  std::string& from = any(files_);
  if (::rename(from.c_str(), path.c_str()) == 0) from = path;
}

// What was below it has other names now: they are forgotten, but stay in the tree.
void Mutator::rename_directory() {
  if (directories_.size() < 3) return;
  const std::string from = directories_[1 + below(directories_.size() - 1)];
  const std::string path = fresh();
  if (::rename(from.c_str(), path.c_str()) != 0) return;
  forget(from);
  directories_.push_back(path);
}

void Mutator::change_mode() {
  const std::string& path = below(2) == 0 || files_.empty() ? any(directories_) : any(files_);
  if (::chmod(path.c_str(), below(2) == 0 ? 0700 : 0755) != 0) return;
}

void Mutator::remove_file() {
  if (files_.empty()) return;
  const std::size_t which = below(files_.size());
  ::unlink(files_[which].c_str());
  files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(which));
}

void Mutator::remove_directory() {
  if (directories_.size() < 2) return;
  const std::string path = directories_[1 + below(directories_.size() - 1)];
  if (::rmdir(path.c_str()) == 0) forget(path);
}

void Mutator::forget(const std::string& path) {
  for (auto* paths : {&files_, &directories_})
    std::erase_if(
        *paths, [&](const std::string& one) { return one == path || one.starts_with(path + "/"); });
}

// A file system of its own on a directory, with something in it that must not count.
void Mutator::mount_or_unmount() {
  if (!mounts_.empty() && below(2) == 0) {
    const std::size_t which = below(mounts_.size());
    if (::umount(mounts_[which].c_str()) != 0) return;
    mounts_.erase(mounts_.begin() + static_cast<std::ptrdiff_t>(which));
    return;
  }
  if (directories_.size() < 2) return;
  const std::string at = directories_[1 + below(directories_.size() - 1)];
  if (::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=1m") != 0) return;
  mounts_.push_back(at);
  ++mounts_made_;
  const base::UniqueFd foreign(
      ::open((at + "/foreign").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (foreign && ::posix_fallocate(foreign.get(), 0, 50'000) != 0) return;
}

}  // namespace lull::scan::testing
