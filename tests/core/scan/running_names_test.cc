// SPDX-License-Identifier: MIT
#include "core/scan/running_names.h"

#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace lull::scan::detail {
namespace {

using namespace std::string_literals;

// What KERN_PROCARGS2 gives: the number of words in the machine's own order, the rest as said.
std::string procargs(std::int32_t count, const std::string& rest) {
  return std::string(reinterpret_cast<const char*>(&count), sizeof count) + rest;
}

TEST(ProcArgs, TheWordsStandBehindThePathAndItsPadding) {
  const std::string bytes =
      procargs(3, "/usr/bin/python3\0\0\0\0\0python3\0-m\0pip\0HOME=/Users/me\0"s);
  EXPECT_EQ(words_of_procargs(bytes), "python3\0-m\0pip\0"s);
  Names names;
  add_command_line(words_of_procargs(bytes), names);
  EXPECT_TRUE(names.contains("pip"));
  EXPECT_FALSE(names.contains("me"));
}

TEST(ProcArgs, ACutAnswerGivesWhatIsThere) {
  EXPECT_EQ(words_of_procargs(procargs(9, "/bin/sh\0\0sh\0-c"s)), "sh\0-c"s);
  EXPECT_EQ(words_of_procargs(procargs(1, "/bin/sh")), "");
  EXPECT_EQ(words_of_procargs(procargs(0, "/bin/sh\0\0sh\0"s)), "");
  EXPECT_EQ(words_of_procargs(procargs(-1, "/bin/sh\0\0sh\0"s)), "");
  EXPECT_EQ(words_of_procargs("abc"), "");
  EXPECT_EQ(words_of_procargs(""), "");
}

TEST(ProcArgs, NoBytesMakeItReadBeyond) {
  std::mt19937 random(3);
  const std::string whole = procargs(2, "/bin/sh\0\0sh\0-c\0"s);
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes = whole.substr(0, random() % (whole.size() + 1));
    if (!bytes.empty()) bytes[random() % bytes.size()] = static_cast<char>(random());
    EXPECT_LE(words_of_procargs(bytes).size(), bytes.size());
  }
}

TEST(RunningNames, ALongNameIsFoundByWhatTheKernelKeeps) {
  Names names;
  add_name("Google Chrome He", names);
  EXPECT_TRUE(is_among(names, {"Google Chrome Helper"}, 16));
  EXPECT_TRUE(is_among(names, {"Google"}, 16));
  EXPECT_FALSE(is_among(names, {"Chrome"}, 16));
  EXPECT_FALSE(is_among(names, {}, 16));
}

TEST(RunningNames, AProgramGoesByItsFile) {
  Names names;
  add_program("/Applications/Firefox.app/Contents/MacOS/firefox", names);
  EXPECT_TRUE(is_among(names, {"firefox"}, 16));
}

}  // namespace
}  // namespace lull::scan::detail
