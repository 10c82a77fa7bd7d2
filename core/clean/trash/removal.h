// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/unique_fd.h"
#include "core/clean/trash.h"

// The steps of removing for good, through open directories only. No step follows a link or crosses
// to another file system.
namespace lull::clean {

struct RemovalCount {
  std::uint64_t removed = 0, entries = 0, bytes = 0;  // as in PurgeResult
  std::uint64_t changes = 0;  // things unlinked and directories given rights

  void add(const RemovalCount& more) {
    removed += more.removed;
    entries += more.entries;
    bytes += more.bytes;
    changes += more.changes;
  }
};

// What did not work. Any thread.
class RemovalFailures {
 public:
  explicit RemovalFailures(PurgeResult& result) : result_(result) {}
  void add(std::string path, int os_error);
  void add(std::string path, std::string why);

 private:
  std::mutex mutex_;
  PurgeResult& result_;
};

// Common to all that is removed by one purge().
struct Removal {
  uid_t owner = 0;  // whose directories may be given the rights that are missing
  RemovalFailures& failures;
  std::mutex linked{};  // of what has several names, one goes at a time: the last one frees
};

// A directory as it was found: what is opened later must be the same.
struct Found {
  std::string name;
  dev_t device = 0;
  ino_t inode = 0;
};

// Where what is removed is called what; for failures.
using PathOf = std::function<std::string(const std::string& name)>;

// An open directory of the removal; fd -1 and the error otherwise.
struct OpenDirectory {
  base::UniqueFd fd;
  std::uint64_t bytes = 0;  // its own blocks
  int os_error = 0;         // ESTALE: not the one that was found
};
OpenDirectory open_found(const Removal& removal, int parent, const Found& found,
                         RemovalCount& count);

// Unlinks `name` in `directory`, of which `status` was found and which is no directory. 0 or an
// errno. What has vanished meanwhile is fine.
int remove_file(Removal& removal, int directory, const char* name, const struct stat& status,
                RemovalCount& count);

// Unlinks `name` in `directory`, unless that is a directory on the same device (`device`), which is
// added to `directories`. False if it stays, with the reason in failures.
bool remove_entry(Removal& removal, int directory, const char* name, dev_t device,
                  const PathOf& path_of, RemovalCount& count, std::vector<Found>& directories);

// The same for everything in `directory`.
bool remove_entries(Removal& removal, int directory, dev_t device, const PathOf& path_of,
                    RemovalCount& count, std::vector<Found>& directories);

// Removes a directory that is empty by now, with `bytes` of its own.
bool remove_directory(Removal& removal, int parent, const std::string& name, std::uint64_t bytes,
                      const PathOf& path_of, RemovalCount& count);

}  // namespace lull::clean
