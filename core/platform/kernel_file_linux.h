// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

// Reading files that the kernel writes the moment they are read.
namespace lull::platform {

// A file that is read again and again from its start: half the price of opening it each time.
class KeptFile {
 public:
  static base::Result<KeptFile> open(std::string path);

  // One pread; the view is into `buffer` and as long as that at most. Enough for files the kernel
  // makes in one piece (meminfo, stat, pressure).
  base::Result<std::string_view> read(std::span<char> buffer) const;
  // Reads until the end or until the buffer is full.
  base::Result<std::string_view> read_all(std::span<char> buffer) const;
  const std::string& path() const { return path_; }

 private:
  KeptFile(std::string path, base::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  base::UniqueFd fd_;
};

// The whole of a file, opened and closed; kTooLarge over `limit`.
base::Result<std::string> read_kernel_file(const std::string& path,
                                           std::size_t limit = std::size_t{1} << 20);
// A file of one short line without its end; nullopt if it cannot be read.
std::optional<std::string> read_word_file(const std::string& path);

// The names in a directory, sorted, without "." and "..".
base::Result<std::vector<std::string>> list_directory(const std::string& path);

}  // namespace lull::platform
