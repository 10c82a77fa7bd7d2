// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <mutex>
#include <string>

struct sqlite3_vfs;

namespace lull::clean {

// SQLite's way to the disk, with a memory of what would be left of every file after a power cut:
// what it held when it was last flushed, and nothing of one that never was. The default for
// databases that are opened while this lives; one at a time.
class DurableVfs {
 public:
  DurableVfs();
  ~DurableVfs();
  DurableVfs(const DurableVfs&) = delete;
  DurableVfs& operator=(const DurableVfs&) = delete;

  // Path to content. Any thread.
  std::map<std::string, std::string> flushed() const;

  // For the shim.
  void note_flush(const std::string& path, std::string content);
  void note_removal(const std::string& path);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> flushed_;
  sqlite3_vfs* real_ = nullptr;
};

}  // namespace lull::clean
