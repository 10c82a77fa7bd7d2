// SPDX-License-Identifier: MIT
// What a rule's guards leave alone, each on a tree with something to go beside it.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/core/scan/installation.h"

namespace lull::scan {
namespace {

using testing::category_of;
using ::testing::ElementsAre;
using testing::goes;
using testing::Installation;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::stays;
using ::testing::UnorderedElementsAre;

class Guard : public ::testing::Test {
 protected:
  const model::CategoryReport& scan(const std::string& keys, const std::string& tier = "safe") {
    report_ = home_.scan_rules("[[rule]]\nid = \"r\"\ntitle = \"t\"\ntier = \"" + tier +
                               "\"\ncost = \"c\"\nsource = \"s\"\n" + keys);
    return category_of(report_, "r");
  }
  const model::CategoryReport& review(const std::string& keys) { return scan(keys, "review"); }

  Installation home_;
  model::ScanReport report_;
};

TEST_F(Guard, SmallFilesStay) {
  home_.tree.file("home/.cache/app/big", 5000);
  home_.tree.file("home/.cache/app/sub/small", 4999);
  const auto& category = scan("roots = [\"$CACHE/app\"]\nmin_size = \"5000\"\n");
  EXPECT_THAT(goes(home_, category), ElementsAre("home/.cache/app/big"));
  EXPECT_THAT(stays(home_, category), ElementsAre(Pair("home/.cache/app/sub/small", "too small")));
}

TEST_F(Guard, AgeCountsOnlyTheTimesItIsToldTo) {
  home_.tree.file("home/.cache/app/file");
  home_.make_recent("home/.cache/app/file");  // access and modification
  const std::string rule = "roots = [\"$CACHE/app\"]\nolder_than = \"7 d\"\n";
  EXPECT_THAT(goes(home_, scan(rule)), IsEmpty());
  EXPECT_THAT(goes(home_, scan(rule + "age_by = [\"mtime\", \"ctime\"]\n")), IsEmpty());
  EXPECT_THAT(goes(home_, scan(rule + "age_by = [\"ctime\"]\n")),
              ElementsAre("home/.cache/app/file"));
}

TEST_F(Guard, AHeldLockKeepsEverythingAndAFreeOneNothing) {
  home_.tree.file("home/.cargo/registry/cache/x.crate");
  const std::string path = home_.tree.file("home/.cargo/.package-cache");
  const std::string rule =
      "roots = [\"$HOME/.cargo/registry/cache\"]\nlocks_held = [\"$HOME/.cargo/.package-cache\"]\n";
  EXPECT_THAT(goes(home_, scan(rule)), ElementsAre("home/.cargo/registry/cache/x.crate"));
  const base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(file.get(), LOCK_EX), 0);
  EXPECT_THAT(stays(home_, scan(rule)), ElementsAre(Pair("home/.cargo/registry/cache/x.crate",
                                                         "locked by a running program")));
  ASSERT_EQ(::flock(file.get(), LOCK_UN), 0);
  struct flock range {};
  range.l_type = F_WRLCK;
  ASSERT_EQ(::fcntl(file.get(), F_SETLK, &range), 0);
  EXPECT_THAT(goes(home_, scan(rule)), IsEmpty());
}

TEST_F(Guard, AHeldLockIsNotTakenBackByAFreeOne) {
  home_.tree.file("home/.cache/app/x");
  const std::string held = home_.tree.file("home/.locks/a");
  home_.tree.file("home/.locks/b");
  const base::UniqueFd file(::open(held.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(file.get(), LOCK_EX), 0);
  for (const char* locks : {"\"$HOME/.locks/a\", \"$HOME/.locks/b\"",
                            "\"$HOME/.locks/b\", \"$HOME/.locks/a\"", "\"$HOME/.locks/*\""})
    EXPECT_THAT(
        goes(home_, scan("roots = [\"$CACHE/app\"]\nlocks_held = [" + std::string(locks) + "]\n")),
        IsEmpty())
        << locks;
}

// tmpfiles.d(5): a lock on a directory keeps it and everything in it.
TEST_F(Guard, WhatIsLockedInATemporaryDirectoryStaysWithAllThatIsWithIt) {
  home_.tree.file("tmp/work/deep/piece");
  home_.tree.file("tmp/work/other/piece");
  home_.tree.file("tmp/done/piece");
  home_.tree.file("tmp/single");
  const std::string rule = "roots = [\"$TEMP\"]\nolder_than = \"1 d\"\n";
  EXPECT_EQ(goes(home_, scan(rule)).size(), 8u);
  for (const char* locked : {"tmp/work", "tmp/work/deep", "tmp/work/deep/piece"}) {
    const base::UniqueFd held(::open(home_.tree.path(locked).c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(held.get(), LOCK_SH), 0);
    home_.request.open_files = [] { return OpenFiles(); };  // only the lock speaks
    const auto& category = scan(rule);
    EXPECT_THAT(goes(home_, category),
                UnorderedElementsAre("tmp/done", "tmp/done/piece", "tmp/single"))
        << locked;
    EXPECT_THAT(stays(home_, category),
                UnorderedElementsAre(Pair("tmp/work/deep/piece", "locked by a running program"),
                                     Pair("tmp/work/other/piece", "locked by a running program")));
  }
  EXPECT_EQ(goes(home_, scan(rule)).size(), 8u);
  const base::UniqueFd held(::open(home_.tree.path("tmp/single").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  EXPECT_EQ(stays(home_, scan(rule)).at("tmp/single"), "locked by a running program");
}

TEST_F(Guard, ALockedTemporaryRootStaysAsAWhole) {
  home_.tree.file("tmp/work-1/deep/piece");
  home_.tree.file("tmp/work-2/piece");
  const std::string rule = "roots = [\"$TEMP/work-*\"]\nolder_than = \"1 d\"\n";
  const base::UniqueFd held(
      ::open(home_.tree.path("tmp/work-1/deep").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  home_.request.open_files = [] { return OpenFiles(); };
  EXPECT_THAT(goes(home_, scan(rule)), ElementsAre("tmp/work-2/piece"));
  const base::UniqueFd top(::open(home_.tree.path("tmp/work-2").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(top.get(), LOCK_EX), 0);
  EXPECT_THAT(goes(home_, scan(rule)), IsEmpty());
}

TEST_F(Guard, ALockThatCannotBeLookedAtKeepsEverything) {
  home_.tree.file("home/.cache/app/x");
  home_.tree.symlink("home/.app-lock", "nowhere");
  const auto& category = scan("roots = [\"$CACHE/app\"]\nlocks_held = [\"$HOME/.app-lock\"]\n");
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair("home/.cache/app/x", "cannot tell whether it is locked")));
}

TEST_F(Guard, OnlyFilesWhoseBytesSayWhatTheyAreGo) {
  const std::string core(
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0",
      18);
  std::string program = core;
  program[16] = 3;
  home_.tree.text("home/core", core);
  home_.tree.text("home/core.1234", core);
  home_.tree.text("home/core.5678", program);
  home_.tree.text("home/core.99", "notes about the core");
  home_.tree.text("home/core.py", core);
  home_.tree.text("home/core.d/core", core);
  home_.tree.fifo("home/core.7");
  home_.tree.symlink("home/core.8", "core");
  const auto& category = scan(
      "roots = [\"$HOME\"]\nmatch = [\"core\", \"core.[0-9]*\"]\nfile_format = \"elf-core\"\n");
  EXPECT_THAT(goes(home_, category), UnorderedElementsAre("home/core", "home/core.1234"));
  EXPECT_THAT(stays(home_, category),
              UnorderedElementsAre(Pair("home/core.5678", "not a core dump"),
                                   Pair("home/core.99", "not a core dump"),
                                   Pair("home/core.7", "socket, pipe or device"),
                                   Pair("home/core.8", "symbolic link")));
}

TEST_F(Guard, ADirectoryIsNotOneOfTheFilesThatARuleNamesInAWholeHome) {
  home_.tree.file("home/core/src/main.c");
  home_.tree.file("home/.cache/build.log/x.log");
  home_.tree.file("home/.cache/app.log");
  EXPECT_THAT(goes(home_, scan("roots = [\"$HOME\"]\nmatch = [\"core\"]\n")), IsEmpty());
  EXPECT_THAT(goes(home_, scan("roots = [\"$CACHE\"]\nmatch = [\"*.log\"]\n")),
              ElementsAre("home/.cache/app.log"));
}

TEST_F(Guard, LookingIntoAFileDoesNotMakeItLookUsed) {
  const std::string path = home_.tree.text("home/.cache/app/x", "\x1f\x8b\x08 rest");
  home_.tree.touch("home/.cache/app/x", home_.request.now - std::chrono::hours(24 * 90));
  const auto before = home_.tree.status("home/.cache/app/x").st_atim.tv_sec;
  const auto& category = scan("roots = [\"$CACHE/app\"]\nfile_format = \"gzip\"\n");
  EXPECT_EQ(category.items, 1u);
  EXPECT_EQ(home_.tree.status("home/.cache/app/x").st_atim.tv_sec, before);
}

constexpr const char* kTag = "Signature: 8a477f597d28d172789f06886806bc55\n# a cache\n";

TEST_F(Guard, OnlyDirectoriesThatSayTheyAreCachesCountAndTheirTagStays) {
  home_.tree.text("home/.cache/tagged/CACHEDIR.TAG", kTag);
  home_.tree.file("home/.cache/tagged/data/x");
  home_.tree.file("home/.cache/untagged/x");
  home_.tree.text("home/.cache/wrong/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc54");
  home_.tree.file("home/.cache/wrong/x");
  home_.tree.symlink("home/.cache/linked/CACHEDIR.TAG", "../tagged/CACHEDIR.TAG");
  home_.tree.file("home/.cache/linked/x");
  home_.tree.text("home/.cache/keepassxc/CACHEDIR.TAG", kTag);
  home_.tree.file("home/.cache/keepassxc/state");
  const auto& category = review("roots = [\"$CACHE/*\"]\ncachedir_tag = true\n");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/tagged/data", "home/.cache/tagged/data/x"));
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair("home/.cache/keepassxc", "refused: never touched: credentials")));
}

TEST_F(Guard, TheNewestVersionsStayAndEachProgramHasItsOwn) {
  for (const char* name : {"IntelliJIdea2023.1", "IntelliJIdea2023.10", "IntelliJIdea2023.9",
                           "GoLand2022.3", "GoLand2024.1", "PyCharmCE2021.1", "consentOptions"})
    home_.tree.file("home/.cache/JetBrains/" + std::string(name) + "/caches/x");
  const auto& category =
      scan("roots = [\"$CACHE/JetBrains/*/caches\"]\nnewest_stay = 1\n", "costly");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.cache/JetBrains/IntelliJIdea2023.1/caches/x",
                                   "home/.cache/JetBrains/IntelliJIdea2023.9/caches/x",
                                   "home/.cache/JetBrains/GoLand2022.3/caches/x"));
  EXPECT_EQ(stays(home_, category).at("home/.cache/JetBrains/IntelliJIdea2023.10/caches/x"),
            "the newest version");
}

TEST_F(Guard, AFlatpaksCacheStaysWhileItRunsOrNobodyKnows) {
  home_.tree.file("home/.var/app/org.a.A/cache/tmp/x");
  home_.tree.file("home/.var/app/org.b.B/cache/tmp/x");
  const std::string rule =
      "roots = [\"$HOME/.var/app/*/cache/tmp\"]\nnot_running_app = \"flatpak\"\n";
  home_.request.flatpak_running = [](const std::string& id) {
    return id == "org.a.A" ? Running::kYes : Running::kNo;
  };
  const auto& some = scan(rule);
  EXPECT_THAT(goes(home_, some), ElementsAre("home/.var/app/org.b.B/cache/tmp/x"));
  EXPECT_THAT(stays(home_, some),
              ElementsAre(Pair("home/.var/app/org.a.A/cache/tmp/x", "its application is running")));
  home_.request.flatpak_running = [](const std::string&) { return Running::kUnknown; };
  EXPECT_THAT(goes(home_, scan(rule)), IsEmpty());
  home_.request.flatpak_running = nullptr;
  const auto& unknown = scan(rule);
  EXPECT_EQ(unknown.skipped.front().reason, "cannot tell whether its application is running");
}

TEST_F(Guard, ProjectsAreKnownByTheFileBesideThem) {
  home_.tree.file("home/src/app/Cargo.toml");
  home_.tree.file("home/src/app/target/debug/x");
  home_.tree.file("home/src/notes/target/photo");
  home_.tree.directory("home/src/odd/Cargo.toml");
  home_.tree.file("home/src/odd/target/x");
  const auto& category = scan(
      "roots = [\"$HOME/{src,code}/*/target\"]\nbeside = [\"Cargo.toml\"]\nnot_in_git_index = "
      "true\n",
      "costly");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/src/app/target/debug", "home/src/app/target/debug/x"));
}

TEST_F(Guard, WhatGitTracksOrCannotBeToldAboutStays) {
  const std::string rule =
      "roots = [\"$HOME/src/*/target\"]\nbeside = [\"Cargo.toml\"]\nnot_in_git_index = true\n";
  home_.tree.file("home/src/app/Cargo.toml");
  home_.tree.file("home/src/app/target/x");
  home_.tree.text("home/src/app/.git/index", "rubbish");
  EXPECT_THAT(stays(home_, scan(rule)),
              ElementsAre(Pair("home/src/app/target/x", "cannot tell whether git tracks it")));
}

TEST_F(Guard, ARepositoryInsideKeepsTheWholeRoot) {
  const std::string rule =
      "roots = [\"$HOME/src/*/target\"]\nbeside = [\"Cargo.toml\"]\nnot_in_git_index = true\n";
  home_.tree.file("home/src/app/Cargo.toml");
  home_.tree.file("home/src/app/target/x");
  home_.tree.file("home/src/app/target/deep/down/.git/HEAD");
  home_.tree.file("home/src/other/Cargo.toml");
  home_.tree.file("home/src/other/target/x");
  const auto& category = scan(rule);
  EXPECT_THAT(goes(home_, category), ElementsAre("home/src/other/target/x"));
  EXPECT_EQ(stays(home_, category).at("home/src/app/target/x"), "a repository is in it");
}

TEST_F(Guard, DeadLinksGoAndLinksThatMayComeBackStay) {
  home_.tree.file("home/opt/tool");
  home_.tree.directory("home/empty");
  home_.tree.symlink("home/.local/bin/dead", home_.tree.path("home/opt/gone"));
  home_.tree.symlink("home/.local/bin/dead-too", "../../opt/gone");
  home_.tree.symlink("home/.local/bin/alive", home_.tree.path("home/opt/tool"));
  home_.tree.symlink("home/.local/bin/unmounted", home_.tree.path("home/empty/tool"));
  home_.tree.symlink("home/.local/bin/no-parent", home_.tree.path("home/nowhere/tool"));
  home_.tree.symlink("home/.local/bin/drive", "/media/u/drive/tool");
  home_.tree.symlink("home/.local/bin/chain", "dead");
  home_.tree.symlink("home/.local/bin/elsewhere", "/proc/gone");
  home_.tree.file("home/.local/bin/script");
  const auto& category = review("roots = [\"$HOME/.local/bin\"]\nonly = \"dead-links\"\n");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.local/bin/dead", "home/.local/bin/dead-too"));
  EXPECT_THAT(stays(home_, category), IsEmpty());
}

TEST_F(Guard, DesktopFilesGoWhenTheirProgramIsGone) {
  const auto entry = [&](const std::string& name, const std::string& exec) {
    home_.tree.text("home/.local/share/applications/" + name,
                    "[Desktop Entry]\nType=Application\nName=x\nExec=" + exec + "\n");
  };
  home_.tree.file("home/opt/tool");
  entry("gone.desktop", home_.tree.path("home/opt/gone") + " %U");
  entry("missing.desktop", "lull-no-such-program --new-window");
  entry("alive.desktop", home_.tree.path("home/opt/tool"));
  entry("shell.desktop", "sh -c 'lull-no-such-program'");
  entry("drive.desktop", "/media/u/drive/tool");
  entry("notes.txt", "lull-no-such-program");
  home_.tree.text("home/.local/share/applications/odd.desktop", "Exec=lull-no-such-program\n");
  const auto& category =
      review("roots = [\"$DATA/applications\"]\nonly = \"broken-desktop-files\"\n");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.local/share/applications/gone.desktop",
                                   "home/.local/share/applications/missing.desktop"));
}

TEST_F(Guard, AnUnfinishedDownloadStaysWhileItsFinishedFileIsOpen) {
  home_.tree.text("home/.config/user-dirs.dirs", "XDG_DOWNLOAD_DIR=\"$HOME/Stazene\"\n");
  home_.tree.file("home/Stazene/film.mkv.part");
  home_.tree.file("home/Downloads/other.part");
  const std::string finished = home_.tree.file("home/Stazene/film.mkv");
  const std::string rule =
      "roots = [\"$DOWNLOADS\"]\nmatch = [\"*.part\"]\nfinished_beside = true\n";
  EXPECT_THAT(goes(home_, scan(rule)), ElementsAre("home/Stazene/film.mkv.part"));
  const base::UniqueFd open(::open(finished.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_THAT(stays(home_, scan(rule)),
              ElementsAre(Pair("home/Stazene/film.mkv.part", "its finished file is in use")));
}

TEST_F(Guard, TrashOrphansGoOnlyWhereARuleIsAboutThem) {
  home_.trash("whole", 40);
  home_.tree.file("home/.local/share/Trash/files/lost/deep", 5000);
  home_.trash_info("record", "[Trash Info]\nPath=/x\nDeletionDate=2020-01-01T00:00:00\n");
  home_.tree.file("home/.local/share/Trash/files/new");
  home_.make_recent("home/.local/share/Trash/files/new");
  const auto& category =
      review("roots = [\"$DATA/Trash\"]\nonly = \"trash-orphans\"\nolder_than = \"7 d\"\n");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("home/.local/share/Trash/files/lost",
                                   "home/.local/share/Trash/files/lost/deep",
                                   "home/.local/share/Trash/info/record.trashinfo"));
  EXPECT_THAT(stays(home_, category),
              ElementsAre(Pair("home/.local/share/Trash/files/new", "younger than 7 d")));
}

TEST_F(Guard, EmptyDirectoriesGoWithTheEmptyOnesInThem) {
  home_.tree.directory("tmp/.mount_abc");
  home_.tree.directory("tmp/.mount_def/a/b");
  home_.tree.file("tmp/.mount_ghi/file");
  home_.tree.directory("tmp/.mount_ghi/empty");
  home_.tree.directory("tmp/other");
  const auto& category = review(
      "roots = [\"$TEMP\"]\nolder_than = \"1 d\"\nmatch = [\".mount_*\"]\nonly = "
      "\"empty-directories\"\n");
  EXPECT_THAT(goes(home_, category),
              UnorderedElementsAre("tmp/.mount_abc", "tmp/.mount_def", "tmp/.mount_def/a",
                                   "tmp/.mount_def/a/b", "tmp/.mount_ghi/empty"));
}

class VolumeTrash : public Guard {
 protected:
  VolumeTrash() { home_.request.places.volumes = {home_.tree.directory("disk")}; }
  void trash(const std::string& where) {
    home_.tree.file(where + "/files/x", 5000);
    home_.tree.text(where + "/info/x.trashinfo",
                    "[Trash Info]\nPath=x\nDeletionDate=" + home_.deletion_date(40) + "\n");
  }
  const std::string uid_ = std::to_string(::geteuid());
  const std::string rule_ =
      "roots = [\"$VOLUMES/.Trash/$UID\", \"$VOLUMES/.Trash-$UID\"]\nby_deletion_date = true\n"
      "older_than = \"30 d\"\n";
};

TEST_F(VolumeTrash, GoesFromBothPlacesOfTheSpecification) {
  trash("disk/.Trash-" + uid_);
  trash("disk/.Trash/" + uid_);
  home_.tree.mode("disk/.Trash", 01777);
  EXPECT_THAT(goes(home_, scan(rule_)),
              UnorderedElementsAre(
                  "disk/.Trash-" + uid_ + "/files/x", "disk/.Trash-" + uid_ + "/info/x.trashinfo",
                  "disk/.Trash/" + uid_ + "/files/x", "disk/.Trash/" + uid_ + "/info/x.trashinfo"));
}

TEST_F(VolumeTrash, StaysWhereOthersCouldHaveExchangedIt) {
  trash("disk/.Trash/" + uid_);
  home_.tree.mode("disk/.Trash", 0777);
  const auto& loose = scan(rule_);
  EXPECT_THAT(goes(home_, loose), IsEmpty());
  EXPECT_EQ(loose.skipped.front().reason, "refused: is not sticky");
  home_.tree.symlink("disk/.Trash-" + uid_, home_.tree.path("disk/.Trash/" + uid_));
  EXPECT_THAT(goes(home_, scan(rule_)), IsEmpty());
}

TEST_F(VolumeTrash, OfTheVolumeWithTheHomeDirectoryIsNobodys) {
  home_.request.places.volumes = {home_.tree.root(), "/"};
  trash(".Trash-" + uid_);
  const auto& category = scan(rule_);
  EXPECT_THAT(goes(home_, category), IsEmpty());
  EXPECT_THAT(category.skipped, IsEmpty());
}

}  // namespace
}  // namespace lull::scan
