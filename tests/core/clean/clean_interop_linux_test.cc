// SPDX-License-Identifier: MIT
// What a clean has moved, GLib's gio and trash-cli list and give back, and undo knows; what they
// have moved is no business of undo's. A tool that is not installed skips its test.
#include "core/base/text.h"
#include "tests/core/clean/clean_run.h"
#include "tests/core/clean/other_tools.h"
#include "tests/core/clean/tree_snapshot.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CleanInterop : public CleanRunWorld {
 protected:
  CleanInterop() {
    which_ = WhichTrash::kReal;
    fs::create_directories(temp_ / "scratch");
  }

  // Two files of one name, names that need encoding, and a directory that goes as one.
  CleanResult clean_some(const std::string& accented = "\xC3\xA9t\xC3\xA9") {
    std::vector<std::string> paths{write("with space.txt", "1"), write("sub/with space.txt", "2"),
                                   write("per%41cent", "3"), write(accented, "4")};
    write("whole/in/it", "5");
    paths.push_back(root_ + "/whole");
    before_ = home_now();
    CleanResult result = run(plan_of(paths));
    EXPECT_THAT(result.moved, SizeIs(paths.size()));
    return result;
  }
  std::map<std::string, std::string> home_now() const {
    return snapshot_of(home_ + "/.cache", SnapshotOf::kWhatARenameKeeps);
  }
  void expect_undo_to_find_all_of_it_back(const CleanResult& cleaned) {
    EXPECT_TRUE(home_now() == before_);
    const UndoResult undone = take_back(cleaned.run);
    EXPECT_EQ(paths_of(undone.restored).size(), cleaned.moved.size());
    EXPECT_THAT(undone.conflicts, IsEmpty());
    EXPECT_THAT(undone.failed, IsEmpty());
    EXPECT_EQ(undone.outcome, "done");
    EXPECT_EQ(*journal().last_undoable_run(), std::nullopt);
    EXPECT_TRUE(home_now() == before_);
    EXPECT_TRUE(trash_is_empty());
  }
  std::vector<TrashedItem> list() const {
    return list_trash(
        places(), [](const auto& path, const auto& why) { ADD_FAILURE() << path << ": " << why; });
  }
  TrashPlaces places() const {
    return {.data_home = home_ + "/.local/share", .volumes = {}, .owner = guards_.owner};
  }

  // Somebody trashes a file with `command` after a clean has trashed one of that name.
  void mixed_with_theirs(const std::string& command) {
    const CleanResult cleaned = clean_some();
    const std::string theirs = write("with space.txt", "theirs");
    const std::string said = tools_.run(command + " '" + theirs + "'");
    ASSERT_EQ(tools_.status(), 0) << said;
    ASSERT_THAT(list(), SizeIs(cleaned.moved.size() + 1));
    EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(cleaned.moved.size()));
    EXPECT_TRUE(home_now() == before_);
    const auto rest = list();
    ASSERT_THAT(rest, SizeIs(1));
    EXPECT_EQ(rest[0].original, theirs);
    fs::remove(theirs);
    const auto trash = Trash::open(places(), rest[0].trash);
    ASSERT_TRUE(trash);
    const base::UniqueFd parent(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    EXPECT_TRUE((*trash)->give_back(rest[0], parent.get(), "with space.txt"));
    EXPECT_EQ(temp_.read("home/.cache/app/with space.txt"), "theirs");
    EXPECT_TRUE(trash_is_empty());
  }

  OtherTools tools_{home_, home_ + "/.local/share", temp_ / "scratch"};
  std::map<std::string, std::string> before_;
};

TEST_F(CleanInterop, trash_cli_lists_and_restores_what_a_clean_moved_and_undo_counts_it) {
  if (!tools_.have("trash-restore")) GTEST_SKIP() << "trash-cli is not installed";
  const CleanResult cleaned = clean_some();
  const std::string listed = tools_.run("trash-list");
  for (const CleanedItem& item : cleaned.moved) EXPECT_THAT(listed, HasSubstr(" " + item.path));
  for (const CleanedItem& item : cleaned.moved) {
    const std::string said = tools_.run("echo 0 | trash-restore '" + item.path + "'");
    EXPECT_EQ(tools_.status(), 0) << said;
  }
  expect_undo_to_find_all_of_it_back(cleaned);
}

TEST_F(CleanInterop, gio_lists_and_restores_what_a_clean_moved_and_undo_counts_it) {
  if (!tools_.have_gio_trash()) GTEST_SKIP() << "there is no trash:// here (gio, dbus, gvfs)";
  // gio 2.74 gives a name beyond ASCII back as its escaped text ("\\xc3\\xa9").
  const CleanResult cleaned = clean_some("plain");
  // Only ours are named: the volumes of this machine may have trashes too.
  std::string restore;
  for (const CleanedItem& item : cleaned.moved)
    restore += "gio trash --restore trash:///" + base::percent_encoded(item.name) + " || exit 1;";
  const std::string said = tools_.run(
      "LC_ALL=C.UTF-8 dbus-run-session -- sh -c 'gio trash --list; " + restore + " echo END'");
  EXPECT_THAT(said, HasSubstr("END"));
  for (const CleanedItem& item : cleaned.moved) EXPECT_THAT(said, HasSubstr(item.path));
  expect_undo_to_find_all_of_it_back(cleaned);
}

TEST_F(CleanInterop, undo_gives_back_the_rest_of_what_somebody_restored_in_part) {
  if (!tools_.have("trash-restore")) GTEST_SKIP() << "trash-cli is not installed";
  const CleanResult cleaned = clean_some();
  const std::string said = tools_.run("echo 0 | trash-restore '" + root_ + "/whole'");
  ASSERT_EQ(tools_.status(), 0) << said;
  EXPECT_THAT(take_back(cleaned.run).restored, SizeIs(cleaned.moved.size()));
  EXPECT_TRUE(home_now() == before_);
  EXPECT_TRUE(trash_is_empty());
}

TEST_F(CleanInterop, what_somebody_emptied_undo_says_is_gone_and_gives_back_nothing_else) {
  const CleanResult cleaned = clean_some();
  for (const char* part : {"/files", "/info"})
    for (const auto& entry : fs::directory_iterator(trash_path_ + part))
      fs::remove_all(entry.path());
  const UndoResult undone = take_back(cleaned.run);
  EXPECT_THAT(undone.restored, IsEmpty());
  EXPECT_THAT(undone.failed, SizeIs(cleaned.moved.size()));
  for (const UndoneItem& item : undone.failed) EXPECT_THAT(item.reason, HasSubstr("not in the"));
}

TEST_F(CleanInterop, what_gio_threw_away_beside_a_clean_is_listed_and_stays_when_that_is_undone) {
  if (!tools_.have("gio")) GTEST_SKIP() << "gio is not installed";
  mixed_with_theirs("gio trash --");
}

TEST_F(CleanInterop, what_trash_cli_threw_away_beside_a_clean_is_listed_and_stays) {
  if (!tools_.have("trash-put")) GTEST_SKIP() << "trash-cli is not installed";
  mixed_with_theirs("trash-put --");
}

}  // namespace
}  // namespace lull::clean
