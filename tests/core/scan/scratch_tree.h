// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/clock.h"

namespace lull::scan::testing {

// A real tree below a temporary directory, removed with everything in it. Names are raw bytes;
// every parent of what is made is made too. A call that fails throws std::runtime_error: the test
// ends.
class ScratchTree {
 public:
  ScratchTree();
  ~ScratchTree();
  ScratchTree(const ScratchTree&) = delete;
  ScratchTree& operator=(const ScratchTree&) = delete;

  const std::string& root() const { return root_; }
  std::string path(std::string_view relative) const;

  std::string directory(std::string_view relative, mode_t mode = 0755);
  // With real blocks, not only a length.
  std::string file(std::string_view relative, std::size_t bytes = 100);
  std::string text(std::string_view relative, std::string_view content);
  std::string sparse(std::string_view relative, std::uint64_t length);
  // `depth` directories in each other, each with an empty one beside it, and a file at the end. May
  // go beyond PATH_MAX.
  void chain(std::string_view name, int depth);
  std::string symlink(std::string_view relative, const std::string& target);
  std::string hard_link(std::string_view relative, std::string_view existing);
  std::string fifo(std::string_view relative);
  std::string socket(std::string_view relative);  // stays bound in the file system, nobody listens
  void mode(std::string_view relative, mode_t mode);
  void give_to(std::string_view relative, uid_t owner);  // root only
  // Sets the access and modification time; the change time is always the present.
  void touch(std::string_view relative, base::WallTime time);
  bool exists(std::string_view relative) const;
  struct stat status(std::string_view relative) const;
  std::uint64_t blocks(std::string_view relative) const;  // bytes

 private:
  std::string root_;
};

// What du says of `path`, in bytes; with `more` options. Throws if there is no number.
std::uint64_t disk_usage(const std::string& path, const std::string& more = "");
// The first line of a shell command's output.
std::string first_line_of(const std::string& command);
std::string shell_quoted(std::string_view text);

}  // namespace lull::scan::testing
