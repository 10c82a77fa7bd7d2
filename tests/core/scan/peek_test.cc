// SPDX-License-Identifier: MIT
// The pure readers behind the guards.
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>

#include "core/scan/desktop_entry.h"
#include "core/scan/file_format.h"
#include "core/scan/held_locks.h"
#include "core/scan/path_guard.h"
#include "core/scan/versions.h"

namespace lull::scan {
namespace {

bool has(FileFormat format, const std::string& text) {
  return has_format(format, std::as_bytes(std::span(text)));
}

TEST(FileFormats, AreKnownByTheirFirstBytes) {
  EXPECT_TRUE(has(FileFormat::kSqlite, std::string("SQLite format 3\0rest", 20)));
  EXPECT_FALSE(has(FileFormat::kSqlite, "SQLite format 3 "));
  EXPECT_TRUE(has(FileFormat::kPng, "\x89PNG\r\n\x1a\n"));
  EXPECT_FALSE(has(FileFormat::kPng, "\x89PNG\n\x1a\n"));
  EXPECT_TRUE(has(FileFormat::kGzip, "\x1f\x8b\x08"));
  EXPECT_FALSE(has(FileFormat::kGzip, "\x1f\x8b"));
  EXPECT_TRUE(has(FileFormat::kAny, ""));
}

TEST(FileFormats, TellCoresFromProgramsInBothByteOrders) {
  std::string elf(
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0",
      18);
  EXPECT_TRUE(has(FileFormat::kElfCore, elf));
  for (std::size_t length = 0; length < elf.size(); ++length)
    EXPECT_FALSE(has(FileFormat::kElfCore, elf.substr(0, length))) << length;
  std::string big = elf;
  big[5] = 2;
  EXPECT_FALSE(has(FileFormat::kElfCore, big));
  std::swap(big[16], big[17]);
  EXPECT_TRUE(has(FileFormat::kElfCore, big));
  elf[16] = 2;
  EXPECT_FALSE(has(FileFormat::kElfCore, elf));
}

TEST(Versions, AreInNaturalOrder) {
  EXPECT_TRUE(natural_less("2023.9", "2023.10"));
  EXPECT_FALSE(natural_less("2023.10", "2023.9"));
  EXPECT_TRUE(natural_less("a1", "a1.1"));
  EXPECT_TRUE(natural_less("9", "10"));
  EXPECT_TRUE(natural_less("99999999999999999998", "99999999999999999999"));
  EXPECT_NE(natural_less("1", "01"), natural_less("01", "1"));  // told apart
  EXPECT_FALSE(natural_less("x", "x"));
  EXPECT_EQ(without_version("IntelliJIdea2023.1"), "IntelliJIdea");
  EXPECT_EQ(without_version("plain"), "plain");
  EXPECT_EQ(without_version("17.0 (21A329)"), "");
}

TEST(HeldLocks, AreReadAsTheKernelWritesThem) {
  const auto locks = parse_locks(
      "1: FLOCK  ADVISORY  WRITE 18318 fe:00:10952913 0 EOF\n"
      "1: -> FLOCK  ADVISORY  WRITE 18319 fe:01:7 0 EOF\n"
      "2: POSIX  ADVISORY  READ 11193 00:1f:408225 128 128\n"
      "3: OFDLCK ADVISORY  WRITE -1 fe:00:5 0 0\n"
      "4: LEASE  ACTIVE    READ  1 <none>:0 0 EOF\n");
  ASSERT_TRUE(locks);
  EXPECT_EQ(locks->size(), 4u);
  EXPECT_TRUE(locks->contains(makedev(0xfe, 0), 10952913));
  EXPECT_FALSE(locks->contains(makedev(0xfe, 1), 10952913));
  EXPECT_TRUE(locks->contains(makedev(0xfe, 1), 7));
  // btrfs: the kernel's device is not the one of stat().
  EXPECT_TRUE(locks->contains(makedev(0, 0x2a), 408225));
  EXPECT_TRUE(locks->contains(makedev(0, 0x2a), 5));
  EXPECT_FALSE(locks->contains(makedev(0, 0x2a), 6));
}

TEST(HeldLocks, AreUnknownWhenALineIsNotUnderstood) {
  EXPECT_TRUE(parse_locks(""));
  for (const char* bad : {"hello\n", "1: FLOCK ADVISORY WRITE 1 fe:00 0 EOF\n",
                          "1: FLOCK ADVISORY WRITE 1 xx:00:1 0 EOF\n", "1: FLOCK\n",
                          "1: FLOCK ADVISORY WRITE 1 fe:00:1x 0 EOF\n"})
    EXPECT_FALSE(parse_locks(bad)) << bad;
}

std::string program_of(const std::string& exec) {
  const auto entry = parse_desktop_entry("[Desktop Entry]\nType=Application\nExec=" + exec + "\n");
  return entry ? entry->program : "none";
}

TEST(DesktopEntries, SayWhichProgramTheyStart) {
  EXPECT_EQ(program_of("firefox %u"), "firefox");
  EXPECT_EQ(program_of("/opt/a/b --x"), "/opt/a/b");
  EXPECT_EQ(program_of("\"/opt/My App/run\" %F"), "/opt/My App/run");
  EXPECT_EQ(program_of("\"/opt/a\\\\\"b/run\""), "/opt/a\"b/run");
  EXPECT_EQ(program_of("env A=b C=/x/y prog %U"), "prog");
  EXPECT_EQ(program_of("/usr/bin/env prog"), "prog");
}

TEST(DesktopEntries, AreLeftAloneWhenTheyMeanSomethingElse) {
  for (const char* odd : {"sh -c 'x", "\"unclosed", "$HOME/bin/x", "~/bin/x", "env -i x", "env A=b",
                          "%f", "a|b", "\"a\"b", "`x`"})
    EXPECT_EQ(program_of(odd), odd == std::string("sh -c 'x") ? "sh" : "none") << odd;
  const std::string head = "[Desktop Entry]\nType=Application\nExec=x\n";
  for (const char* more : {"Hidden=true\n", "DBusActivatable=true\n", "Exec=y\n", "rubbish\n"})
    EXPECT_FALSE(parse_desktop_entry(head + more)) << more;
  EXPECT_TRUE(parse_desktop_entry(head + "[Desktop Action y]\nExec=y\n"));
  EXPECT_FALSE(parse_desktop_entry("[Desktop Entry]\nType=Link\nExec=x\n"));
  EXPECT_FALSE(parse_desktop_entry("[Desktop Entry]\nType=Application\n"));
  EXPECT_FALSE(parse_desktop_entry("Type=Application\nExec=x\n"));
}

TEST(DesktopEntries, AreBrokenByTheirExecOrTheirTryExec) {
  const auto entry =
      parse_desktop_entry("[Desktop Entry]\nType=Application\nExec=here\nTryExec=gone\n");
  ASSERT_TRUE(entry);
  EXPECT_TRUE(is_broken(*entry, [](const std::string& name) { return name == "here"; }));
  EXPECT_FALSE(is_broken(*entry, [](const std::string&) { return true; }));
}

std::string reason(const std::string& root, const std::string& below = "") {
  const auto patterns = parse_anchored(root, Width::kAny);
  return patterns ? never_reason(patterns->front(), below) : "not a pattern";
}

TEST(NeverTable, SeesThroughEverySpellingOfAForbiddenPlace) {
  for (const char* root :
       {"$CACHE/keepassxc", "$HOME/.cache/keepassxc", "$CACHE/spotify/Storage/a", "$HOME/.ssh/keys",
        "$CONFIG/chromium/Default/IndexedDB", "$HOME/.m2/repository/org", "$HOME/Downloads/old",
        "$LIBRARY/Caches/com.apple.Safari", "$LIBRARY/Caches/com.apple.*",
        "$HOME/Library/Mobile Documents", "$LIBRARY/Application Support/MobileSync/Backup",
        "$LIBRARY/Containers/x/Data", "$CONFIG/Code/User/History", "$DATA/keyrings",
        "$CONFIG/*/Backups", "$CACHE/*/Service Worker/ScriptCache"})
    EXPECT_NE(reason(root), "") << root;
  EXPECT_NE(reason("$CONFIG/chromium", "*/Cookies"), "");
  EXPECT_NE(reason("$HOME/.cargo", "credentials*"), "");
  EXPECT_NE(reason("$HOME", ".netrc"), "");
  EXPECT_NE(reason("$HOME/Downloads", "*.iso"), "");
}

TEST(NeverTable, LeavesEverythingElseToTheGuards) {
  for (const char* root :
       {"$CACHE/pip", "$CACHE/spotify", "$CACHE/spotify/Data", "$HOME/.cargo/registry/cache",
        "$CONFIG/Code/Cache", "$CONFIG/chromium/Default", "$HOME/Downloads", "$CACHE/*",
        "$LIBRARY/Caches/com.brave.Browser", "$LIBRARY/Caches/com.*"})
    EXPECT_EQ(reason(root), "") << root;
  EXPECT_EQ(reason("$HOME/Downloads", "*.part"), "");
  EXPECT_EQ(reason("$HOME/Downloads", "movie.crdownload"), "");
  EXPECT_EQ(reason("$HOME", "core.[0-9]*"), "");
  EXPECT_EQ(reason("$CONFIG/chromium", "**/Cache"), "");
}

}  // namespace
}  // namespace lull::scan
