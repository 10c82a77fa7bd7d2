// SPDX-License-Identifier: MIT
// What other cleaners have destroyed, each as a test of that name. The threads:
//
//   accident                                            test
//   a running program's database deleted (Mole #1390)   a_live_database_is_not_deleted
//   its log and index judged apart from it              a_database_is_not_torn_apart
//   "orphan" data of a living app (Mole #1590, #1475)   an_orphan_that_is_alive_stays
//   a cache that holds state (Mole #724, BleachBit      a_cache_that_holds_state_stays
//     #1678 #2266)
//   all of ~/.cache swept (PureMac #142)                the_cache_home_is_not_swept_whole
//   shared XDG roots cleaned (Mole #1300, #995)         the_desktops_own_places_are_not_moved
//   "//" defeats a whitelist (Mole #724, PR #725)       a_doubled_slash_defeats_nothing
//   the cleaner's own settings removed (Mole #1346)     our_own_data_stays
//   a link in the way followed (BleachBit #1889)        a_junction_is_not_followed
//   the parent swapped meanwhile (BleachBit PR #1774)   a_swapped_parent_is_not_followed
//   a link emptied its target (trash-cli #138)          a_link_does_not_empty_its_target
//   a link to / in a Wine prefix (CUPS #1448)           a_link_to_the_root_wipes_nothing
//   an sshfs mount cleaned (systemd #12692)             a_mount_is_not_cleaned
//   a dry run that was not dry (systemd #33349 ff.)     looking_changes_nothing
//   rm -rf "$STEAMROOT/"* (steam-for-linux #3671)       an_empty_variable_is_not_the_root
//   documents as junk (BleachBit #1702, #1789)          documents_are_not_junk
//   a failed trash left a half (trash-cli #322)         a_failed_move_leaves_no_half
//   a helper obeys anyone (Pearcleaner #278)            another_users_plan_is_refused
//
// Not about cleaning, or not built here at all: cloud copies, free-space wiping, root helpers'
// protocols, watchers of the trash, thinning of binaries, look-alike pages.
#include <cerrno>

#include <sched.h>
#include <sys/mount.h>

#include "core/base/cancel.h"
#include "tests/core/clean/clean_run.h"
#include "tests/core/clean/tree_snapshot.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Accident : public CleanRunWorld {
 protected:
  Accident() { which_ = WhichTrash::kReal; }

  // Cleans these paths; why the one item stayed, or "" if it was moved.
  std::string clean_one(const PlanItem& item) {
    Plan plan;
    plan.owner = guards_.owner;
    plan.made_at = guards_.seen_at;
    plan.items.push_back(item);
    const CleanResult result = run(plan);
    EXPECT_EQ(result.moved.size() + result.skipped.size() + result.failed.size(), 1u);
    if (!result.skipped.empty()) return result.skipped[0].reason;
    return result.failed.empty() ? std::string() : result.failed[0].reason;
  }
  // As if a rule looked in `root`.
  PlanItem item_in(const std::string& root, const std::string& path) {
    PlanItem found = item(path);
    found.root = root;
    return found;
  }
  void expect_canary() const { EXPECT_EQ(temp_.read("home/Documents/canary"), "precious"); }
};

TEST_F(Accident, a_live_database_is_not_deleted) {
  const std::string path = write("state.db");
  const PlanItem planned = item(path);
  const base::UniqueFd helper(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_NE(clean_one(planned), "");
  EXPECT_TRUE(exists(path));
}

TEST_F(Accident, a_database_is_not_torn_apart) {
  const std::string path = write("state.db");
  write("state.db-wal");
  EXPECT_NE(clean_one(item(path)), "") << "its log is in no plan";
  const base::UniqueFd helper(::open((path + "-wal").c_str(), O_RDWR | O_CLOEXEC));
  const CleanResult result = run(plan_of({path, path + "-wal"}));
  EXPECT_THAT(result.moved, IsEmpty()) << "its log is in use";
  EXPECT_TRUE(exists(path) && exists(path + "-wal"));
}

TEST_F(Accident, an_orphan_that_is_alive_stays) {
  write("active/data/profile", "379 files");
  const PlanItem planned = item(root_ + "/active");
  const base::UniqueFd program(::open((root_ + "/active/data/profile").c_str(), O_RDWR));
  struct stat status {};
  ASSERT_EQ(::fstat(program.get(), &status), 0);
  guards_.use.open_files->add(status.st_dev, status.st_ino);
  EXPECT_NE(clean_one(planned), "");
  guards_.use.open_files.reset();
  EXPECT_NE(clean_one(planned), "") << "unknown keeps";
  EXPECT_EQ(temp_.read("home/.cache/app/active/data/profile"), "379 files");
}

// What the rule says of it is asked again at the last moment, whatever the plan says.
TEST_F(Accident, a_cache_that_holds_state_stays) {
  guards_.recheck = [](const PlanItem& item, const struct stat&) {
    return item.path.find("ScriptCache") != std::string::npos ? std::string("never moved")
                                                              : std::string();
  };
  const std::string path = write("Service Worker/ScriptCache/extension");
  EXPECT_EQ(clean_one(item(path)), "never moved");
  EXPECT_TRUE(exists(path));
}

TEST_F(Accident, the_cache_home_is_not_swept_whole) {
  write("x");
  EXPECT_NE(clean_one(item_in(home_, home_ + "/.cache")), "");
  EXPECT_NE(clean_one(item_in(home_ + "/.cache", home_ + "/.cache")), "");
  EXPECT_TRUE(exists(root_ + "/x"));
}

TEST_F(Accident, the_desktops_own_places_are_not_moved) {
  base::UserDirectories user{home_,
                             home_ + "/.config",
                             home_ + "/.cache",
                             home_ + "/.local/share",
                             home_ + "/.local/state",
                             home_ + "/run",
                             home_ + "/tmp",
                             ""};
  guards_.places = protected_places(user);
  for (const std::string& place : {user.config_home, user.cache_home, user.data_home,
                                   user.state_home, user.runtime_dir, user.temp_dir}) {
    fs::create_directories(place);
    EXPECT_NE(clean_one(item_in(home_, place)), "") << place;
    EXPECT_TRUE(exists(place));
  }
}

TEST_F(Accident, a_doubled_slash_defeats_nothing) {
  PlanItem planned = item_in(home_, home_ + "/Documents/canary");
  planned.path = home_ + "//Documents/canary";
  EXPECT_THAT(clean_one(planned), HasSubstr("empty component"));
  planned.path = home_ + "/.cache/../Documents/canary";
  EXPECT_THAT(clean_one(planned), HasSubstr("\"..\""));
  expect_canary();
}

TEST_F(Accident, our_own_data_stays) {
  temp_.write("home/.config/lull/config.toml", "settings");
  const std::string config = home_ + "/.config";
  EXPECT_NE(clean_one(item_in(config, config + "/lull/config.toml")), "");
  EXPECT_NE(clean_one(item_in(config, config + "/lull")), "");
  EXPECT_NE(clean_one(item_in(home_, config)), "") << "nor what it is in";
  temp_.write("home/.local/share/Trash/files/old", "trashed before");
  const std::string share = home_ + "/.local/share";
  EXPECT_NE(clean_one(item_in(share, share + "/Trash/files/old")), "");
  EXPECT_EQ(temp_.read("home/.config/lull/config.toml"), "settings");
}

TEST_F(Accident, a_junction_is_not_followed) {
  fs::create_directory_symlink(home_ + "/Documents", root_ + "/junction");
  EXPECT_NE(clean_one(item(root_ + "/junction/canary")), "");
  expect_canary();
}

TEST_F(Accident, a_swapped_parent_is_not_followed) {
  temp_.write("home/Documents/lure/f", "junk");
  const PlanItem planned = item(write("d/f"));
  fs::rename(root_ + "/d", root_ + "/elsewhere");
  fs::create_directory_symlink(home_ + "/Documents/lure", root_ + "/d");
  EXPECT_NE(clean_one(planned), "");
  EXPECT_EQ(temp_.read("home/Documents/lure/f"), "junk");
  EXPECT_TRUE(exists(root_ + "/elsewhere/f"));
}

TEST_F(Accident, a_link_does_not_empty_its_target) {
  fs::create_directory_symlink(home_ + "/Documents", root_ + "/link");
  const auto before = snapshot_of(home_ + "/Documents", SnapshotOf::kEverything);
  const CleanResult result = run(plan_of({root_ + "/link"}));
  EXPECT_THAT(result.moved, SizeIs(1));
  EXPECT_EQ(snapshot_of(home_ + "/Documents", SnapshotOf::kEverything), before);
  take_back(result.run);
  EXPECT_EQ(fs::read_symlink(root_ + "/link"), home_ + "/Documents");
}

TEST_F(Accident, a_link_to_the_root_wipes_nothing) {
  write("prefix/drive_c/windows/temp/x");
  fs::create_directory_symlink(home_, root_ + "/prefix/drive_c/z:");
  const auto before = snapshot_of(home_ + "/Documents", SnapshotOf::kEverything);
  const CleanResult result = run(plan_of({root_ + "/prefix"}));
  EXPECT_THAT(result.moved, SizeIs(1));
  EXPECT_EQ(snapshot_of(home_ + "/Documents", SnapshotOf::kEverything), before);
  take_back(result.run);
  EXPECT_EQ(temp_.read("home/.cache/app/prefix/drive_c/windows/temp/x"), "junk");
}

TEST_F(Accident, a_mount_is_not_cleaned) {
  constexpr int kCannot = 90;
  const int answer = in_child([&] {
    write("tree/mounted/below");
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", (root_ + "/tree/mounted").c_str(), "tmpfs", 0, "size=1m") != 0)
      return kCannot;
    write("tree/mounted/remote", "on the server");
    if (clean_one(item(root_ + "/tree")).empty()) return 1;
    if (clean_one(item(root_ + "/tree/mounted")).empty()) return 2;
    if (clean_one(item(root_ + "/tree/mounted/remote")).empty()) return 3;
    return temp_.read("home/.cache/app/tree/mounted/remote") == "on the server" ? 0 : 4;
  });
  if (answer == kCannot) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, 0);
}

// A run that was cancelled before it began, and every look a plan takes.
TEST_F(Accident, looking_changes_nothing) {
  const std::vector<std::string> paths = write_cache(2, 3);
  const auto before = snapshot_of(home_ + "/.cache", SnapshotOf::kEverything);
  const Plan plan = plan_of(paths);
  CleanOptions options = clean_options();
  base::CancelSource cancel;
  cancel.cancel(base::CancelReason::kUser);
  options.cancel = cancel.token();
  const CleanResult result = run(plan, options);
  EXPECT_THAT(result.moved, IsEmpty());
  EXPECT_EQ(snapshot_of(home_ + "/.cache", SnapshotOf::kEverything), before);
}

TEST_F(Accident, an_empty_variable_is_not_the_root) {
  const PlanItem here = item(write("x"));
  for (const std::string root : {"", "/", "//"}) {
    PlanItem planned = here;
    planned.root = root;
    EXPECT_NE(clean_one(planned), "") << "root \"" << root << '"';
    planned.path = root + "/home";
    EXPECT_NE(clean_one(planned), "") << "root \"" << root << '"';
  }
  EXPECT_TRUE(exists(root_ + "/x"));
}

TEST_F(Accident, documents_are_not_junk) {
  EXPECT_NE(clean_one(item_in(root_, home_ + "/Documents/canary")), "") << "outside of the root";
  EXPECT_NE(clean_one(item_in(home_, home_ + "/Documents")), "");
  EXPECT_NE(clean_one(item_in(home_, home_)), "");
  expect_canary();
}

TEST_F(Accident, a_failed_move_leaves_no_half) {
  const std::string path = write("x");
  for (const int os_error : {EXDEV, EIO, EACCES}) {
    refuse_ = [&](const char* call) { return std::string(call) == "take" ? os_error : 0; };
    EXPECT_NE(clean_one(item(path)), "");
    EXPECT_TRUE(exists(path));
    EXPECT_TRUE(trash_is_empty()) << "and no info about nothing";
  }
}

TEST_F(Accident, another_users_plan_is_refused) {
  Plan plan = plan_of({write("x")});
  plan.owner = ::geteuid() + 1;
  const auto result = clean(plan, journal(), clock_, clean_options());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, base::ErrorCode::kPermissionDenied);
  EXPECT_TRUE(exists(root_ + "/x"));
}

}  // namespace
}  // namespace lull::clean
