// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/base/unique_fd.h"
#include "core/clean/trash.h"

namespace lull::clean {

// A trash that is one directory with files/ and info/, without places, volumes and sizes: what the
// mover, the recovery and undo need of one, done for real and by the same contract
// (trash_contract_test.cc). Every call first asks `refuse`, which
// may answer with an errno. Any thread.
class FolderTrash final : public Trash {
 public:
  using Refuse = std::function<int(const char* call)>;

  // Makes the directories.
  static base::Result<std::unique_ptr<Trash>> open(const std::string& path, Refuse refuse = {});
  // Fails if there is none.
  static base::Result<std::unique_ptr<Trash>> open_existing(const std::string& path,
                                                            Refuse refuse = {});

  FolderTrash(std::string path, base::UniqueFd files, base::UniqueFd info, Refuse refuse);

  const std::string& path() const override { return path_; }
  dev_t device() const override;
  base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                    const std::string& original, base::WallTime now) override;
  base::Status take(int directory, const char* name, const std::string& reserved) override;
  base::Status release(const std::string& reserved) override;
  Presence look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) override;
  base::Status repair_info(const std::string& name, const std::string& original,
                           base::WallTime when) override;
  base::Status give_back(const TrashedItem& item, int directory, const char* name) override;
  base::Status flush() override {
    if (const int os_error = refused("flush"); os_error != 0) return base::fail_errno(os_error);
    return {};
  }
  void note_size(const std::string&, std::uint64_t) override {}
  base::Status save_sizes() override { return {}; }

 private:
  int refused(const char* call) const { return refuse_ ? refuse_(call) : 0; }
  int write_info(const std::string& name, const std::string& original, base::WallTime when);

  std::string path_;
  base::UniqueFd files_, info_;
  Refuse refuse_;
};

}  // namespace lull::clean
