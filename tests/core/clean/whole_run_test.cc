// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <tuple>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/xattr.h>

#include "core/base/path_text.h"
#include "tests/core/clean/clean_run.h"
#include "tests/core/clean/tree_snapshot.h"

// Whole runs: many files, any plan, and a machine that has run out of something.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

class WholeRun : public CleanRunWorld {
 protected:
  // Different modes, times, groups and attributes.
  static void make_special(const std::string& path, unsigned number) {
    const timespec times[2] = {{1'600'000'000 + number, 123},
                               {1'500'000'000 + number, 456 + number}};
    if (number % 7 == 0) ::setxattr(path.c_str(), "user.lull.test", "value", 5, 0);
    if (::geteuid() == 0) (void)!::lchown(path.c_str(), 0, 1000 + number % 3);
    ::chmod(path.c_str(), 0400 | (number % 512));
    ::utimensat(AT_FDCWD, path.c_str(), times, 0);
  }
  std::map<std::string, std::string> files_of_home() const {
    return snapshot_of(home_ + "/.cache", SnapshotOf::kWhatARenameKeeps);
  }
};

class WholeRunOn : public WholeRun, public ::testing::WithParamInterface<WhichTrash> {
 protected:
  WholeRunOn() { which_ = GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(, WholeRunOn, kBothTrashes, name_of_param);

TEST_P(WholeRunOn, ten_thousand_files_come_back_identical_in_bytes_and_metadata) {
  std::vector<std::string> paths;
  for (unsigned d = 0; d < 100; ++d)
    for (unsigned f = 0; f < 100; ++f) {
      const std::string name = std::to_string(d) + "/file " + std::to_string(f) + "\xff.tmp";
      paths.push_back(write("many/" + name, std::string(f, 'x') + name));
      make_special(paths.back(), d * 100 + f);
    }
  for (unsigned d = 0; d < 10; ++d) {
    const std::string name = "whole/" + std::to_string(d);
    make_special(write(name + "/a/b", name), d);
    paths.push_back(root_ + "/" + name);
  }
  const auto before = files_of_home();
  const CleanResult cleaned = run(plan_of(paths));
  EXPECT_THAT(cleaned.moved, SizeIs(paths.size()));
  EXPECT_EQ(cleaned.outcome, "done");
  EXPECT_THAT(trashed(), SizeIs(paths.size()));
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(paths.size()));
  EXPECT_TRUE(files_of_home() == before);
  EXPECT_TRUE(trash_is_empty());
}

TEST_P(WholeRunOn, ten_thousand_files_of_one_directory_come_back_identical_four_at_a_time) {
  std::vector<std::string> paths;
  for (unsigned f = 0; f < 10'000; ++f) {
    paths.push_back(write("one/file " + std::to_string(f) + ".tmp", std::string(f % 977, 'x')));
    make_special(paths.back(), f);
  }
  const auto before = files_of_home();
  CleanOptions wide = clean_options();
  wide.width = 4;
  const CleanResult cleaned = run(plan_of(paths), wide);
  EXPECT_THAT(cleaned.moved, SizeIs(paths.size()));
  EXPECT_THAT(trashed(), SizeIs(paths.size()));
  UndoOptions back = undo_options();
  back.width = 4;
  EXPECT_THAT(take_back(cleaned.run, back).restored, SizeIs(paths.size()));
  EXPECT_TRUE(files_of_home() == before);
  EXPECT_TRUE(trash_is_empty());
  EXPECT_THAT(states(cleaned.run), ElementsAre(Pair(ItemState::kRestored, paths.size())));
}

// A random home, a random part of it in the plan, random changes since. The seed is in the name;
// LULL_PLAN_SEEDS sets how many there are.
class AnyPlan : public WholeRun,
                public ::testing::WithParamInterface<std::tuple<WhichTrash, unsigned>> {
 protected:
  AnyPlan() { which_ = std::get<0>(GetParam()); }
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::string make_entry(int number) {
    const std::string name = "t" + std::to_string(below(4)) + "/u" + std::to_string(below(3)) +
                             "/e" + std::to_string(number);
    std::string path = write(name, std::string(below(100), 'y'));
    switch (below(8)) {
      case 0:
        fs::remove(path);
        fs::create_symlink(home_ + "/Documents/canary", path);
        break;
      case 1:
        fs::create_hard_link(path, path + "-other");
        break;
      case 2:
        write(name + "-wal");
        break;
      case 3:
        fs::remove(path);
        write(name + "/in/it");
        break;
      case 4:
        fs::remove(path);
        EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
        break;
      default:
        break;
    }
    return path;
  }
  void change(const std::string& path) {
    switch (below(10)) {
      case 0:
        fs::remove_all(path);
        break;
      case 1:
        fs::remove_all(path);
        temp_.write(path.substr(temp_.path().size() + 1), "another");
        break;
      case 2:
        fs::rename(path, path + "-moved");
        break;
      case 3:
        ::chmod(path.c_str(), 0600);
        break;
      default:
        break;
    }
  }
  static bool is_planned(const std::string& path, const std::set<std::string>& planned) {
    return std::any_of(planned.begin(), planned.end(),
                       [&](const std::string& place) { return base::is_at_or_below(path, place); });
  }

  std::mt19937_64 random_{std::get<1>(GetParam())};
};

TEST_P(AnyPlan, moves_only_what_is_in_it_and_gives_all_of_that_back) {
  std::vector<std::string> planned;
  for (int i = 0; i < 60; ++i)
    if (const std::string path = make_entry(i); below(2) == 0) planned.push_back(path);
  const Plan plan = plan_of(planned);
  for (const std::string& path : planned) change(path);
  guards_.recheck = [this](const PlanItem& item, const struct stat&) {
    return item.inode % 11 == 0 ? std::string("kept") : std::string();
  };
  batch_ = 7;
  const auto before = files_of_home();
  const CleanResult cleaned = run(plan);
  const std::set<std::string> allowed(planned.begin(), planned.end());
  for (const std::string& path : paths_of(cleaned.moved)) EXPECT_TRUE(allowed.contains(path));
  for (const std::string& name : trashed()) EXPECT_TRUE(allowed.contains(original_of(name)));
  EXPECT_THAT(trashed(), SizeIs(cleaned.moved.size()));
  const auto after = files_of_home();
  for (const auto& [name, what] : before) {
    const bool may_go = is_planned(home_ + "/.cache" + name, allowed);
    const bool is_directory = fs::is_directory(fs::symlink_status(home_ + "/.cache" + name));
    const auto now = after.find(name);
    EXPECT_TRUE(may_go || now != after.end()) << name;
    EXPECT_TRUE(is_directory || now == after.end() || now->second == what) << name;
  }
  EXPECT_EQ(temp_.read("home/Documents/canary"), "precious");
  if (!cleaned.moved.empty()) take_back(cleaned.run);
  EXPECT_TRUE(files_of_home() == before);
  EXPECT_TRUE(trash_is_empty());
}

unsigned wanted_seeds() {
  const char* seeds = std::getenv("LULL_PLAN_SEEDS");
  return seeds != nullptr ? static_cast<unsigned>(std::strtoul(seeds, nullptr, 10)) : 32;
}
INSTANTIATE_TEST_SUITE_P(, AnyPlan,
                         ::testing::Combine(kBothTrashes, ::testing::Range(1u, wanted_seeds() + 1)),
                         [](const auto& instance) {
                           return name_of_trash(std::get<0>(instance.param)) + "_seed_" +
                                  std::to_string(std::get<1>(instance.param));
                         });

TEST_P(WholeRunOn, without_descriptors_fails_item_by_item_and_loses_nothing) {
  const Plan plan = plan_of(write_cache(2, 3));
  EXPECT_EQ(in_child([&] {
              CleanOptions options = clean_options();
              options.width = 1;
              const auto memory = Journal::open_in_memory();
              rlimit limit{};
              options.guards.fault = [&](FaultPoint point) {
                if (point != FaultPoint::kIntentsWritten) return;
                ::getrlimit(RLIMIT_NOFILE, &limit);
                limit.rlim_cur = 0;  // what is open stays open
                ::setrlimit(RLIMIT_NOFILE, &limit);
              };
              const auto result = clean(plan, **memory, clock_, options);
              return result && result->failed.size() == 7 ? 0 : 1;
            }),
            0);
  for (const PlanItem& item : plan.items) EXPECT_TRUE(exists(item.path));
  EXPECT_TRUE(trash_is_empty());
}

// In a child with a home on a small volume of its own: cleans seven things there with a journal in
// memory. Skips where that cannot be mounted.
class SmallVolume : public WholeRunOn {
 protected:
  using Story = std::function<int(const Plan& plan, Journal& journal, const CleanOptions& options)>;
  static constexpr int kCannot = 90;

  int in_small_volume(const char* mount_options, const Story& story) {
    return in_child([&] {
      if (::unshare(CLONE_NEWNS) != 0 ||
          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount("tmpfs", home_.c_str(), "tmpfs", 0, mount_options) != 0)
        return kCannot;
      fs::create_directories(root_);
      fs::create_directories(trash_path_);
      const Plan plan = plan_of(write_cache(2, 3));
      const auto memory = Journal::open_in_memory();
      CleanOptions options = clean_options();
      options.width = 1;
      if (!open_trash()) return 1;
      return story(plan, **memory, options);
    });
  }
  bool all_exist(const Plan& plan) const {
    return std::all_of(plan.items.begin(), plan.items.end(),
                       [&](const PlanItem& item) { return exists(item.path); });
  }
};

INSTANTIATE_TEST_SUITE_P(, SmallVolume, kBothTrashes, name_of_param);

TEST_P(SmallVolume, that_is_full_fails_item_by_item_and_loses_nothing) {
  const int answer =
      in_small_volume("size=1m,nr_inodes=40", [&](auto& plan, auto& journal, auto& options) {
        for (int i = 0; i < 100; ++i) write("ballast" + std::to_string(i));
        const auto result = clean(plan, journal, clock_, options);
        if (!result || result->failed.size() != 7 || !trashed().empty()) return 2;
        if (!all_exist(plan)) return 3;
        for (int i = 0; i < 100; ++i) fs::remove(root_ + "/ballast" + std::to_string(i));
        const auto again = clean(plan, journal, clock_, options);
        return again && again->moved.size() == 7 && !HasFailure() ? 0 : 4;
      });
  if (answer == kCannot) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}

TEST_P(SmallVolume, that_became_read_only_fails_item_by_item) {
  const int answer = in_small_volume("size=1m", [&](auto& plan, auto& journal, auto& options) {
    if (::mount(nullptr, home_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return 91;
    const auto result = clean(plan, journal, clock_, options);
    if (!result || result->failed.size() != 7) return 2;
    return all_exist(plan) ? 0 : 3;
  });
  if (answer == kCannot) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}

}  // namespace
}  // namespace lull::clean
