// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clean/mover.h"
#include "core/scan/peek.h"
#include "core/scan/status_values.h"
#include "core/scan/trash_info.h"
#include "tests/core/clean/which_trash.h"
#include "tests/support/temp_dir.h"

namespace lull::clean {

// A home in a temporary directory: a rule's root ~/.cache/app, a trash, and Documents, where
// nothing may change.
class CleanWorld : public ::testing::Test {
 protected:
  CleanWorld() {
    home_ = std::filesystem::canonical(temp_.path()).string() + "/home";
    root_ = home_ + "/.cache/app";
    trash_path_ = home_ + "/.local/share/Trash";
    std::filesystem::create_directories(root_);
    std::filesystem::create_directories(trash_path_);
    temp_.write("home/Documents/canary", "precious");
    guards_.owner = ::geteuid();
    guards_.seen_at = kLater;
    guards_.places.whole = {home_, home_ + "/.cache", home_ + "/Documents"};
    guards_.places.own = {home_ + "/.config/lull", trash_path_};
    guards_.use.open_files.emplace();
    guards_.use.locks.emplace();
    guards_.is_planned = [this](const std::string& path) { return planned_.contains(path); };
  }

  std::string write(const std::string& name, const std::string& text = "junk") const {
    temp_.write("home/.cache/app/" + name, text);
    return root_ + "/" + name;
  }
  // A plan's item of what is at `path` and has this status.
  PlanItem item_of(const std::string& path, const struct stat& status) const {
    PlanItem item;
    item.rule = "test";
    item.root = root_;
    item.path = path;
    item.directory = S_ISDIR(status.st_mode);
    item.device = status.st_dev;
    item.inode = status.st_ino;
    item.size = item.directory ? 0 : static_cast<std::uint64_t>(status.st_size);
    item.mtime_ns = scan::times_of(status).mtime_ns;
    item.ctime_ns = scan::times_of(status).ctime_ns;
    item.bytes = scan::blocks_of(status);
    return item;
  }
  // Of what must be there now; it counts as planned.
  PlanItem item(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    planned_.insert(path);
    return item_of(path, status);
  }
  Plan plan_of(const std::vector<std::string>& paths) {
    Plan plan;
    plan.id = "p-0000000000000001";
    plan.owner = guards_.owner;
    plan.made_at = guards_.seen_at;
    for (const std::string& path : paths) plan.items.push_back(item(path));
    std::sort(plan.items.begin(), plan.items.end(),
              [](const PlanItem& a, const PlanItem& b) { return a.path < b.path; });
    return plan;
  }

  // The trash of that home, of the kind that this test stands on.
  base::Result<std::unique_ptr<Trash>> open_trash() const { return open_trash(refuse_); }
  base::Result<std::unique_ptr<Trash>> open_trash(FolderTrash::Refuse refuse) const {
    return open_home_trash(which_, trash_path_, std::move(refuse), true);
  }
  MoveResult move(const PlanItem& what, std::uint64_t names_planned = 1) {
    auto trash = open_trash();
    EXPECT_TRUE(trash.has_value());
    return move_to_trash(what, **trash, {"t0k", kThen, names_planned}, guards_);
  }
  // Why it was not moved; empty if it was.
  std::string why(const PlanItem& what) {
    const MoveResult result = move(what);
    return result.kind == MoveKind::kMoved ? std::string() : result.reason;
  }

  // The names in files/ of the trash; every one must have an info that says where it was, and no
  // info may be without one.
  std::set<std::string> trashed() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(trash_path_ + "/files")) {
      const std::string name = entry.path().filename().string();
      EXPECT_NE(original_of(name), "") << name << " has no valid info";
      names.insert(name);
    }
    for (const auto& entry : std::filesystem::directory_iterator(trash_path_ + "/info"))
      EXPECT_TRUE(names.contains(entry.path().stem().string()))
          << entry.path() << " is about nothing";
    if (which_ == WhichTrash::kReal) {
      EXPECT_EQ(listed(), names);
    }
    return names;
  }
  // The names as the product lists them, which finds no problem.
  std::set<std::string> listed() const {
    std::set<std::string> names;
    const TrashPlaces places{
        .data_home = home_ + "/.local/share", .volumes = {}, .owner = guards_.owner};
    for (const TrashedItem& item : list_trash(places, [](const auto&path, const auto&why) {
           ADD_FAILURE() << path << ": " << why;
         })) {
      EXPECT_EQ(item.original, original_of(item.name));
      EXPECT_TRUE(names.insert(item.name).second) << item.name << " is listed twice";
    }
    return names;
  }
  std::string original_of(const std::string& name) const {
    const std::string info = trash_path_ + "/info/" + name + ".trashinfo";
    const auto text = scan::peek_text(AT_FDCWD, info.c_str(), 1 << 16);
    const auto parsed = text ? scan::parse_trash_info(*text) : std::nullopt;
    return parsed ? parsed->path : std::string();
  }
  bool exists(const std::string& path) const {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
  }
  bool trash_is_empty() const { return !exists(trash_path_ + "/files") || trashed().empty(); }

  // Runs in a child process; its answer is the exit status, 100 if it died of a signal.
  static int in_child(const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
  }

  static constexpr base::WallTime kThen{std::chrono::milliseconds(1'767'600'000'000)};
  static constexpr base::WallTime kLater{std::chrono::milliseconds(9'767'600'000'000)};

  support::TempDir temp_;
  std::string home_, root_, trash_path_;
  MoveGuards guards_;
  WhichTrash which_ = WhichTrash::kFolder;
  FolderTrash::Refuse refuse_;
  std::set<std::string> planned_;
};

}  // namespace lull::clean
