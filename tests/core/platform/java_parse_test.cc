// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "core/platform/java_programs.h"

namespace lull::platform {
namespace {

std::string line(std::initializer_list<const char*> words) {
  std::string text;
  for (const char* word : words) text += std::string(word) + '\0';
  return text;
}

TEST(JavaName, IsTheMainClassOrTheJar) {
  EXPECT_EQ(java_name(line({"java", "org.example.Main", "arg"})), "org.example.Main");
  EXPECT_EQ(java_name(line({"/usr/bin/java", "-Xmx1g", "-cp", "a.jar:b.jar", "Main"})), "Main");
  EXPECT_EQ(java_name(line({"java", "-Dx=y", "-jar", "/opt/minecraft/server.jar", "nogui"})),
            "server");
  EXPECT_EQ(java_name(line({"java", "-p", "mods", "-m", "app/org.example.Main"})),
            "org.example.Main");
  EXPECT_EQ(java_name(line({"java", "@args", "--add-opens", "a/b=ALL-UNNAMED", "Main"})), "Main");
}

TEST(JavaName, IsNothingWhereThereIsNone) {
  EXPECT_EQ(java_name(""), "");
  EXPECT_EQ(java_name("java"), "");
  EXPECT_EQ(java_name(line({"java", "-version"})), "");
  EXPECT_EQ(java_name(line({"java", "-jar"})), "");
  EXPECT_EQ(java_name(line({"java", "-cp"})), "");
}

TEST(JavaProgram, WhoDoesNotSayThatItCatchesTheSignalIsNotAsked) {
  const auto unfit = [](std::string_view status) {
    return describe_java_program(status, line({"java", "Main"}), "").unfit;
  };
  EXPECT_EQ(unfit("NSpid:\t7\nSigCgt:\t0000000000000004\n"), "");
  for (const char* status : {"", "SigCgt:", "SigCgt:\t\n", "SigCgt:\t-1\n", "SigCgt:\t4x\n",
                             "SigCgt:\t10000000000000004\n", "SigIgn:\t0000000000000004\n"})
    EXPECT_NE(unfit(status), "") << status;
}

TEST(JavaProgram, OfTextsThatSayNothingNothingIsKnown) {
  const JavaProgram program = describe_java_program("VmSwap:\tmany kB\n", "", "1:name=x:/a\n");
  EXPECT_EQ(program.name, "");
  EXPECT_EQ(program.unit, "");
  EXPECT_EQ(program.anonymous_bytes, 0u);
  EXPECT_EQ(program.swapped_bytes, 0u);
}

TEST(JavaAnswer, IsDoneOnlyWithAZero) {
  EXPECT_TRUE(is_done_answer("0\n"));
  EXPECT_TRUE(is_done_answer("0\nCommand executed successfully\n"));
  EXPECT_FALSE(is_done_answer(""));
  EXPECT_FALSE(is_done_answer("0"));
  EXPECT_FALSE(is_done_answer("101\nwrong version\n"));
  EXPECT_FALSE(is_done_answer("1\nUnknown command\n"));
}

}  // namespace
}  // namespace lull::platform
