// SPDX-License-Identifier: MIT
// GLib's gio and trash-cli read what we write, and we what they write. They see the temporary home
// only. A tool that is not installed skips its test.
#include "tests/core/clean/other_tools.h"
#include "tests/core/clean/trash_fixture.h"

namespace lull::clean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class TrashInteropTest : public TrashTest {
 protected:
  TrashInteropTest() { fs::create_directories(temp_ / "scratch"); }
  std::string run(const std::string& script) { return tools_.run(script); }
  bool have(const std::string& tool) { return tools_.have(tool); }

  OtherTools tools_{temp_ / "home", places_.data_home, temp_ / "scratch"};
};

// (trash-cli 0.17 fails on names that are not UTF-8, before it does anything.)
const std::vector<std::string> kNames{"plain.txt", "with space", "per%41cent", "new\nline",
                                      "\xC3\xA9t\xC3\xA9"};

TEST_F(TrashInteropTest, what_gio_threw_away_we_list_give_back_and_purge) {
  if (!have("gio")) GTEST_SKIP() << "gio is not installed";
  for (const std::string& name : kNames) file(name, name);
  file("dir/in", "inner");
  run("cd \"$1\" && gio trash -- *");
  ASSERT_EQ(tools_.status(), 0);
  EXPECT_THAT(list(), SizeIs(kNames.size() + 1));
  for (const TrashedItem& item : list()) EXPECT_TRUE(give_back(item)) << item.original;
  for (const std::string& name : kNames) EXPECT_EQ(temp_.read("home/" + name), name);
  EXPECT_EQ(temp_.read("home/dir/in"), "inner");
  run("cd \"$1\" && gio trash -- *");
  EXPECT_EQ(purge_all().removed, kNames.size() + 1);
  EXPECT_TRUE(fs::is_empty(trashed("files")) && fs::is_empty(trashed("info")));
}

TEST_F(TrashInteropTest, a_name_that_is_not_utf8_comes_back_from_gio_as_it_was) {
  if (!have("gio")) GTEST_SKIP() << "gio is not installed";
  const std::string path = file("\xff\xfe", "bytes");
  run("cd \"$1\" && gio trash -- *");
  ASSERT_EQ(tools_.status(), 0);
  EXPECT_EQ(only_item().original, path);
  EXPECT_TRUE(give_back(only_item()));
  EXPECT_EQ(temp_.read("home/\xff\xfe"), "bytes");
}

TEST_F(TrashInteropTest, what_trash_cli_threw_away_we_list_give_back_and_purge) {
  if (!have("trash-put")) GTEST_SKIP() << "trash-cli is not installed";
  for (const std::string& name : kNames) file(name, name);
  file("dir/in", "inner");
  const std::string said = run("cd \"$1\" && trash-put -- *");
  ASSERT_EQ(tools_.status(), 0) << said;
  EXPECT_THAT(list(), SizeIs(kNames.size() + 1));
  for (const TrashedItem& item : list()) EXPECT_TRUE(give_back(item)) << item.original;
  for (const std::string& name : kNames) EXPECT_EQ(temp_.read("home/" + name), name);
  EXPECT_EQ(temp_.read("home/dir/in"), "inner");
  run("cd \"$1\" && trash-put -- *");
  EXPECT_EQ(purge_all().removed, kNames.size() + 1);
  EXPECT_TRUE(fs::is_empty(trashed("files")) && fs::is_empty(trashed("info")));
}

TEST_F(TrashInteropTest, what_we_threw_away_trash_cli_lists_and_restores) {
  if (!have("trash-restore")) GTEST_SKIP() << "trash-cli is not installed";
  const auto trash = trash_for(home("x"));
  discard(*trash, file("with space.txt", "one"), "t1");
  discard(*trash, file("sub/with space.txt", "two"), "t2");
  file("dir/in", "inner");
  trash->note_size(discard(*trash, home("dir")), 8192);
  ASSERT_TRUE(trash->save_sizes());
  const std::string listed = run("trash-list");
  for (const char* name : {"with space.txt", "sub/with space.txt", "dir"})
    EXPECT_THAT(listed, HasSubstr("2023-11-1")) << name;
  EXPECT_THAT(listed, HasSubstr(" " + home("with space.txt")));
  for (const char* name : {"with space.txt", "sub/with space.txt", "dir"}) {
    const std::string said = run("echo 0 | trash-restore '" + home(name) + "'");
    EXPECT_EQ(tools_.status(), 0) << said;
  }
  EXPECT_EQ(temp_.read("home/with space.txt"), "one");
  EXPECT_EQ(temp_.read("home/sub/with space.txt"), "two");
  EXPECT_EQ(temp_.read("home/dir/in"), "inner");
  EXPECT_THAT(list(), IsEmpty());
}

// (gio restores names with a newline under another one, its own too.)
TEST_F(TrashInteropTest, what_we_threw_away_gio_lists_and_restores) {
  if (!tools_.have_gio_trash()) GTEST_SKIP() << "there is no trash:// here (gio, dbus, gvfs)";
  discard(file("with space.txt", "one"));
  discard(file("per%41cent", "two"));
  file("dir/in", "inner");
  discard(home("dir"));
  const std::string said =
      run("dbus-run-session -- sh -c '"
          "gio list -a trash::orig-path,trash::deletion-date trash:;"
          "for name in with%20space.txt per%2541cent dir; do"
          "  gio trash --restore trash:///$name || exit 1;"
          "done; gio list trash:; echo END'");
  EXPECT_EQ(tools_.status(), 0) << said;
  EXPECT_THAT(said, HasSubstr("trash::orig-path=" + home("with space.txt")));
  EXPECT_THAT(said, HasSubstr("trash::deletion-date=2023-11-1"));
  EXPECT_EQ(temp_.read("home/with space.txt"), "one");
  EXPECT_EQ(temp_.read("home/per%41cent"), "two");
  EXPECT_EQ(temp_.read("home/dir/in"), "inner");
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(TrashInteropTest, we_never_take_a_name_that_another_has_and_they_not_ours) {
  if (!have("gio") || !have("trash-put")) GTEST_SKIP() << "gio or trash-cli is not installed";
  const std::string path = file("same.txt", "1");
  discard(path);
  file("same.txt", "2");
  run("gio trash -- \"$1\"/same.txt");
  file("same.txt", "3");
  run("trash-put -- \"$1\"/same.txt");
  file("same.txt", "4");
  discard(path);
  const auto items = list();
  ASSERT_THAT(items, SizeIs(4));
  std::string found;
  for (const TrashedItem& item : items) {
    EXPECT_EQ(item.original, path);
    EXPECT_TRUE(give_back(item));
    found += temp_.read("home/same.txt");
    fs::remove(path);
  }
  for (const char* text : {"1", "2", "3", "4"}) EXPECT_THAT(found, HasSubstr(text));
}

}  // namespace
}  // namespace lull::clean
