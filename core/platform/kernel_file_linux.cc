// SPDX-License-Identifier: MIT
#include "core/platform/kernel_file_linux.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace lull::platform {
namespace {

ssize_t pread_again(int fd, char* buffer, std::size_t size, std::size_t offset) {
  ssize_t got = 0;
  do {
    got = ::pread(fd, buffer, size, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

base::Result<KeptFile> KeptFile::open(std::string path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return base::fail_errno(errno, std::move(path));
  return KeptFile(std::move(path), std::move(fd));
}

base::Result<std::string_view> KeptFile::read(std::span<char> buffer) const {
  const ssize_t got = pread_again(fd_.get(), buffer.data(), buffer.size(), 0);
  if (got < 0) return base::fail_errno(errno, path_);
  return std::string_view(buffer.data(), static_cast<std::size_t>(got));
}

base::Result<std::string_view> KeptFile::read_all(std::span<char> buffer) const {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = pread_again(fd_.get(), buffer.data() + size, buffer.size() - size, size);
    if (got < 0) return base::fail_errno(errno, path_);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return std::string_view(buffer.data(), size);
}

base::Result<std::string> read_kernel_file(const std::string& path, std::size_t limit) {
  const auto file = KeptFile::open(path);
  if (!file) return tl::unexpected(file.error());
  std::string text;
  // Most are under a page.
  for (std::size_t size = 4096;; size *= 4) {
    text.resize(std::min(size, limit + 1));
    const auto whole = file->read_all(text);
    if (!whole) return tl::unexpected(whole.error());
    if (whole->size() > limit)
      return base::fail(base::ErrorCode::kTooLarge, "is larger than expected", path);
    if (whole->size() < text.size()) {
      text.resize(whole->size());
      return text;
    }
  }
}

std::optional<std::string> read_word_file(const std::string& path) {
  const auto file = KeptFile::open(path);
  std::array<char, 256> buffer;
  const auto text = file ? file->read(buffer) : base::Result<std::string_view>("");
  if (!file || !text) return std::nullopt;
  return std::string(text->substr(0, text->find('\n')));
}

base::Result<std::vector<std::string>> list_directory(const std::string& path) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return base::fail_errno(errno, path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get()))
    if (const std::string_view name = entry->d_name; name != "." && name != "..")
      names.emplace_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace lull::platform
