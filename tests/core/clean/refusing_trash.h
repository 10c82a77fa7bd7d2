// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "core/clean/trash.h"
#include "tests/core/clean/folder_trash.h"

namespace lull::clean {

// Any trash, and before each of its calls `refuse`, which may answer with an errno. Any thread, if
// `refuse` is.
class RefusingTrash final : public Trash {
 public:
  RefusingTrash(std::unique_ptr<Trash> trash, FolderTrash::Refuse refuse)
      : trash_(std::move(trash)), refuse_(std::move(refuse)) {}

  const std::string& path() const override { return trash_->path(); }
  dev_t device() const override { return trash_->device(); }
  base::Result<std::string> reserve(std::string_view wanted, std::string_view token,
                                    const std::string& original, base::WallTime now) override {
    if (const int os_error = refuse_("reserve"); os_error != 0) return base::fail_errno(os_error);
    return trash_->reserve(wanted, token, original, now);
  }
  base::Status take(int directory, const char* name, const std::string& reserved) override {
    if (const int os_error = refuse_("take"); os_error != 0) return base::fail_errno(os_error);
    return trash_->take(directory, name, reserved);
  }
  base::Status release(const std::string& reserved) override {
    if (const int os_error = refuse_("release"); os_error != 0) return base::fail_errno(os_error);
    return trash_->release(reserved);
  }
  Presence look_for(const std::string& name, std::uint64_t device, std::uint64_t inode) override {
    if (refuse_("look_for") != 0) return Presence::kUnknown;
    return trash_->look_for(name, device, inode);
  }
  base::Status repair_info(const std::string& name, const std::string& original,
                           base::WallTime when) override {
    if (const int os_error = refuse_("repair_info"); os_error != 0)
      return base::fail_errno(os_error);
    return trash_->repair_info(name, original, when);
  }
  base::Status give_back(const TrashedItem& item, int directory, const char* name) override {
    if (const int os_error = refuse_("give_back"); os_error != 0) return base::fail_errno(os_error);
    return trash_->give_back(item, directory, name);
  }
  base::Status flush() override {
    if (const int os_error = refuse_("flush"); os_error != 0) return base::fail_errno(os_error);
    return trash_->flush();
  }
  void note_size(const std::string& reserved, std::uint64_t bytes) override {
    trash_->note_size(reserved, bytes);
  }
  base::Status save_sizes() override { return trash_->save_sizes(); }

 private:
  std::unique_ptr<Trash> trash_;
  FolderTrash::Refuse refuse_;
};

}  // namespace lull::clean
