// SPDX-License-Identifier: MIT
#pragma once
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/clean/trash.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {

namespace fs = std::filesystem;

// A home of its own in a temporary directory, without any trash yet.
class TrashTest : public ::testing::Test {
 protected:
  static constexpr int kNotAllowed = 90;

  TrashTest() {
    fs::create_directories(temp_ / "home");
    places_ = {.data_home = temp_ / "data", .volumes = {}, .owner = ::geteuid()};
  }

  std::string home(const std::string& name) const { return temp_ / ("home/" + name); }
  std::string file(const std::string& name, const std::string& text = "text") const {
    return temp_.write("home/" + name, text);
  }
  std::string trashed(const std::string& name) const { return temp_ / ("data/Trash/" + name); }
  static bool exists(const std::string& path) {
    return fs::symlink_status(path).type() != fs::file_type::not_found;
  }
  static struct stat status_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status;
  }
  static base::UniqueFd open_parent(const std::string& path) {
    const std::string parent = fs::path(path).parent_path().string();
    return base::UniqueFd(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  static std::string name_of(const std::string& path) { return fs::path(path).filename().string(); }
  static base::WallTime at(std::int64_t seconds) {
    return base::WallTime(std::chrono::seconds(seconds));
  }

  base::Result<std::unique_ptr<Trash>> open_for(const std::string& path) const {
    struct stat status {};
    ::fstat(open_parent(path).get(), &status);
    return Trash::open_for(places_, status.st_dev, path);
  }
  // The trash for `path`, which there must be.
  std::unique_ptr<Trash> trash_for(const std::string& path) const {
    auto trash = open_for(path);
    EXPECT_TRUE(trash) << trash.error().to_string();
    return trash ? *std::move(trash) : nullptr;
  }
  std::string why_refused(const std::string& path) const {
    const auto trash = open_for(path);
    if (trash) return "";
    EXPECT_EQ(trash.error().code, base::ErrorCode::kUnavailable);
    return trash.error().to_string();
  }

  // To the trash, as a clean does it; the name it has there.
  std::string discard(Trash& trash, const std::string& path,
                      const std::string& token = "t1") const {
    const auto name = trash.reserve(name_of(path), token, path, at(1'700'000'000));
    EXPECT_TRUE(name) << name.error().to_string();
    if (!name) return {};
    const auto taken = trash.take(open_parent(path).get(), name_of(path).c_str(), *name);
    EXPECT_TRUE(taken) << taken.error().to_string();
    return *name;
  }
  std::string discard(const std::string& path) const { return discard(*trash_for(path), path); }

  using Problems = std::vector<std::pair<std::string, std::string>>;
  std::vector<TrashedItem> list(Problems* problems = nullptr) const {
    return list_trash(places_, [&](std::string path, std::string why) {
      if (problems != nullptr)
        problems->emplace_back(std::move(path), std::move(why));
      else
        ADD_FAILURE() << path << ": " << why;
    });
  }
  TrashedItem only_item() const {
    const auto items = list();
    EXPECT_EQ(items.size(), 1u);
    return items.empty() ? TrashedItem{} : items.front();
  }
  base::Status give_back(const TrashedItem& item) const {
    const auto trash = Trash::open(places_, item.trash);
    if (!trash) return tl::unexpected(trash.error());
    return (*trash)->give_back(item, open_parent(item.original).get(),
                               name_of(item.original).c_str());
  }
  PurgeResult purge_all(unsigned width = 2) const { return purge(list(), width); }
  PurgeResult purge(const std::vector<TrashedItem>& items, unsigned width = 2,
                    const base::CancelToken& cancel = {}) const {
    tbb::task_arena arena(static_cast<int>(width));
    return arena.execute([&] { return clean::purge(places_, items, width, cancel); });
  }

  // Runs in a process of its own, whose failures are this test's; `act` returns whether the machine
  // allows what it needs.
  void in_child(const std::function<bool()>& act) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
      bool allowed = true;
      try {
        allowed = act();
      } catch (const std::exception& thrown) {
        ADD_FAILURE() << thrown.what();
      }
      std::fflush(stdout);
      ::_exit(!allowed ? kNotAllowed : HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNotAllowed)
      GTEST_SKIP() << "the machine does not allow this";
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  // For children: mounts from here on are theirs alone.
  static bool leave_the_mounts_of_others() {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }
  // A small file system at `name` below the temporary directory, as a volume.
  bool mount_volume(const std::string& name, const char* options = "size=4m") {
    const std::string path = temp_ / name;
    fs::create_directories(path);
    if (::mount("tmpfs", path.c_str(), "tmpfs", 0, options) != 0) return false;
    places_.volumes.push_back(path);
    return true;
  }
  // Permissions mean nothing to root: from here on as nobody in particular, who owns everything.
  bool become_ordinary() {
    if (::geteuid() != 0) return true;
    const auto give = [](const fs::path& path) { ::lchown(path.c_str(), 65534, 65534); };
    give(temp_.path());
    for (const auto& entry : fs::recursive_directory_iterator(temp_.path())) give(entry.path());
    places_.owner = 65534;
    return ::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0;
  }

  support::TempDir temp_;
  TrashPlaces places_;
};

}  // namespace lull::clean
