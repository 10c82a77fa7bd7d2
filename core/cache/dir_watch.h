// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lull::cache {

// Remembers which of some directories changed, and wakes nobody: the system keeps the notes until
// somebody asks. A directory is watched for its next change only, so that a busy one costs a single
// note and the notes cannot become many. Thread-safe.
class DirWatch {
 public:
  // What a watched directory is called by whoever watches it.
  struct Tag {
    std::uint32_t tree = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const Tag&, const Tag&) = default;
  };
  struct Changes {
    std::vector<Tag> touched;  // no longer watched
    bool lost = false;         // more happened than could be noted: believe nothing
  };

  virtual ~DirWatch() = default;
  // How many directories more can be watched.
  virtual std::size_t room() const = 0;
  virtual std::size_t watched() const = 0;
  // Until an entry of the directory is made, removed, renamed, written to or otherwise changed, or
  // it is itself; a further name of a file in another directory is told of there. One that is
  // watched already keeps its tag if that is equal, else gets the new one. False: it cannot be
  // watched.
  virtual bool add(const std::string& directory, const Tag& tag) = 0;
  virtual void remove_tree(std::uint32_t tree) = 0;
  // What happened since the last call.
  virtual Changes take_changes() = 0;
};

// Null where the system has no such notes. At most `most` directories, and not more than an eighth
// of what the system grants one user: other programs need theirs.
std::unique_ptr<DirWatch> make_dir_watch(std::size_t most = 8192);

}  // namespace lull::cache
