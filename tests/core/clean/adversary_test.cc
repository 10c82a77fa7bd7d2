// SPDX-License-Identifier: MIT
#include "tests/core/clean/adversary.h"

#include <cstdlib>
#include <iostream>
#include <system_error>
#include <tuple>

#include <sched.h>
#include <sys/mount.h>

#include "tests/core/clean/clean_run.h"
#include "tests/core/clean/tree_snapshot.h"

// Somebody changes the home while it is cleaned. What is outside of the rule's root does not change
// in a byte, a time or a link, and nothing of it is ever in the trash.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

std::uint64_t wanted_steps() {
  const char* steps = std::getenv("LULL_ADVERSARY_STEPS");
  return steps != nullptr ? std::strtoull(steps, nullptr, 10) : 100'000;
}

class UnderAttack : public CleanRunWorld {
 protected:
  UnderAttack() : lure_(home_ + "/Documents/lure"), workshop_(home_ + "/.cache/workshop") {
    journal_ = *Journal::open_in_memory();
  }

  void build() {
    for (int d = 0; d < Adversary::kDirectories; ++d)
      for (int f = 0; f < Adversary::kFiles; ++f)
        temp_.write("home/Documents/lure" + name(d, f), "canary");
    fill();
    real_root_ = base::UniqueFd(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    remember_canaries();
  }

  static std::string name(int d, int f) {
    return "/d" + std::to_string(d) + "/f" + std::to_string(f);
  }
  void fill() const {
    for (int d = 0; d < Adversary::kDirectories; ++d)
      for (int f = 0; f < Adversary::kFiles; ++f) write(name(d, f).substr(1), "junk");
  }
  // Follows no link, since there may be one to the lure now.
  void refill() const {
    for (int d = 0; d < Adversary::kDirectories; ++d) {
      const std::string directory = "d" + std::to_string(d);
      ::mkdirat(real_root_.get(), directory.c_str(), 0700);
      const base::UniqueFd fd(
          ::openat(real_root_.get(), directory.c_str(), O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!fd) continue;
      for (int f = 0; f < Adversary::kFiles; ++f)
        base::UniqueFd(::openat(fd.get(), ("f" + std::to_string(f)).c_str(),
                                O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    }
  }

  void remember_canaries() {
    struct stat status {};
    for (const auto& entry : fs::recursive_directory_iterator(home_ + "/Documents"))
      if (::lstat(entry.path().c_str(), &status) == 0) canaries_.insert(status.st_ino);
  }

  // Whatever is at the paths just now, by whatever links on the way: worse than any scan.
  Plan plan_of_this_moment(bool of_directories) {
    Plan plan;
    plan.owner = guards_.owner;
    plan.made_at = kLater;
    for (int d = 0; d < Adversary::kDirectories; ++d)
      for (int f = 0; f < (of_directories ? 1 : Adversary::kFiles); ++f)
        add(plan, root_ + (of_directories ? "/d" + std::to_string(d) : name(d, f)));
    return plan;
  }
  void add(Plan& plan, const std::string& path) const {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    plan.items.push_back(item_of(path, status));
  }

  // What is in the trash, with its info, is no canary; then the trash is emptied, or all of it is
  // given back.
  void check_trash() const {
    if (!exists(trash_path_ + "/files")) return;  // nothing was meant to be moved
    for (const std::string& name : trashed()) {
      struct stat status {};
      ASSERT_EQ(::lstat((trash_path_ + "/files/" + name).c_str(), &status), 0);
      EXPECT_FALSE(canaries_.contains(status.st_ino)) << name;
    }
  }

  void round(int number) {
    const Plan plan = plan_of_this_moment(number % 4 == 3);
    CleanOptions options = clean_options();
    options.trash = port_;
    if (alone_) options.width = 1;
    const CleanResult result = run(plan, options);
    EXPECT_EQ(result.moved.size() + result.skipped.size() + result.failed.size(),
              plan.items.size());
    moved_ += result.moved.size();
    stayed_ += result.skipped.size() + result.failed.size();
    check_trash();
    if (number % 2 == 0 && !result.moved.empty())
      given_back_ += take_back(result.run, back()).restored.size();
    for (const char* part : {"/files", "/info"}) empty(trash_path_ + part);
    refill();
  }
  // The adversary may be at work in a directory that was moved: what it removes is gone as well.
  static void empty(const std::string& place) {
    std::error_code interrupted;
    do {
      interrupted.clear();
      fs::remove_all(place, interrupted);
    } while (interrupted);
  }

  UndoOptions back() const {
    UndoOptions options = undo_options();
    options.trash = port_;
    return options;
  }

  void defend() {
    const auto before = snapshot_of(home_ + "/Documents", SnapshotOf::kEverything);
    ASSERT_GT(before.size(), 20u);
    std::size_t rounds = 0;
    Adversary adversary(root_, lure_, workshop_, 20261126, wanted_steps());
    for (; !adversary.is_done() && !HasFatalFailure(); ++rounds) round(static_cast<int>(rounds));
    adversary.join();
    EXPECT_EQ(snapshot_of(home_ + "/Documents", SnapshotOf::kEverything), before);
    std::cout << adversary.steps() << " steps against " << rounds << " runs: " << moved_
              << " moved, " << stayed_ << " stayed, " << given_back_ << " given back\n";
    EXPECT_GT(moved_, 0u) << "or it has proved nothing";
    EXPECT_GT(stayed_, 0u);
  }

  const std::string lure_, workshop_;
  TrashPort port_ = trash_port();
  bool alone_ = false;  // no other thread of ours
  base::UniqueFd real_root_;
  std::set<ino_t> canaries_;
  std::size_t moved_ = 0, stayed_ = 0, given_back_ = 0;
};

using Defence = std::tuple<Descent, WhichTrash>;

class UnderAttackWith : public UnderAttack, public ::testing::WithParamInterface<Defence> {
 protected:
  UnderAttackWith() {
    guards_.descent = std::get<0>(GetParam());
    which_ = std::get<1>(GetParam());
    build();
  }
};

TEST_P(UnderAttackWith, nothing_outside_of_the_root_changes) { defend(); }

std::string name_of_defence(const testing::TestParamInfo<Defence>& info) {
  const bool one_call = std::get<0>(info.param) == Descent::kOneCall;
  return (one_call ? "in_one_call_" : "name_by_name_") + name_of_trash(std::get<1>(info.param));
}
INSTANTIATE_TEST_SUITE_P(
    , UnderAttackWith,
    ::testing::Combine(::testing::Values(Descent::kOneCall, Descent::kNameByName), kBothTrashes),
    name_of_defence);

// The home is a volume of its own, away from the home trash: what is moved goes to
// $topdir/.Trash-$uid.
class UnderAttackOnVolume : public UnderAttack, public ::testing::WithParamInterface<Descent> {
 protected:
  static constexpr int kCannot = 90;

  UnderAttackOnVolume() {
    guards_.descent = GetParam();
    alone_ = true;  // in a child
    const TrashPlaces places{.data_home = home_.substr(0, home_.rfind('/')) + "/elsewhere",
                             .volumes = {home_},
                             .owner = guards_.owner};
    fs::create_directories(places.data_home);
    port_ = {[places](dev_t device, const std::string& path) {
               return Trash::open_for(places, device, path);
             },
             [places](const std::string& path) { return Trash::open(places, path); }};
    trash_path_ = home_ + "/.Trash-" + std::to_string(guards_.owner);
    guards_.places.own.push_back(trash_path_);
  }

  int attack() {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", home_.c_str(), "tmpfs", 0, "size=64m") != 0)
      return kCannot;
    for (const std::string& place : {root_, lure_}) fs::create_directories(place);
    build();
    defend();
    return HasFailure() ? 1 : 0;
  }
};

TEST_P(UnderAttackOnVolume, nothing_outside_of_the_root_changes) {
  const int answer = in_child([this] { return attack(); });
  if (answer == kCannot) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}
INSTANTIATE_TEST_SUITE_P(, UnderAttackOnVolume,
                         ::testing::Values(Descent::kOneCall, Descent::kNameByName),
                         [](const auto& instance) {
                           return std::string(instance.param == Descent::kOneCall ? "in_one_call"
                                                                                  : "name_by_name");
                         });

}  // namespace
}  // namespace lull::clean
