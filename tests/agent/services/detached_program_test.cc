// SPDX-License-Identifier: MIT
#include "agent/services/detached_program.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

class DetachedProgram : public ::testing::Test {
 protected:
  std::string write_script(const std::string& name, const std::string& body) const {
    std::string path = place.write(name, "#!/bin/sh\n" + body);
    ::chmod(path.c_str(), 0755);
    return path;
  }
  base::Result<std::string> find(const std::string& path) const {
    return find_program("lull-test-program", [&](std::string_view name) {
      return name == "PATH" ? std::optional(path) : std::nullopt;
    });
  }
  // What the program writes into a fifo; waits until it does.
  std::string from_fifo(const std::string& name) const { return place.read(name); }

  support::TempDir place;
};

TEST_F(DetachedProgram, IsFoundInThePathInItsOrder) {
  const std::string first = write_script("a/lull-test-program", "");
  const std::string second = write_script("b/lull-test-program", "");
  EXPECT_EQ(find(place / "none" + ":" + (place / "a") + ":" + (place / "b")).value_or(""), first);
  EXPECT_EQ(find(place / "b").value_or(""), second);
}

TEST_F(DetachedProgram, WhatCannotBeRunIsNotFound) {
  place.write("plain/lull-test-program", "no program");
  std::filesystem::create_directories(place / "directory/lull-test-program");
  for (const std::string& path : {place / "plain", place / "directory", place / "none",
                                  std::string(), std::string(":::"), std::string(".")}) {
    const auto found = find(path);
    ASSERT_FALSE(found) << path;
    EXPECT_EQ(found.error().code, base::ErrorCode::kNotFound);
  }
}

TEST_F(DetachedProgram, GetsItsWordsAndVariablesAndIsNobodysChild) {
  ASSERT_EQ(::mkfifo((place / "said").c_str(), 0600), 0);
  const std::string program = write_script(
      "program", "echo \"$1|$2|$LULL_TEST_WORD|$PPID\" > '" + (place / "said") + "'\n");
  ASSERT_TRUE(start_detached(program, {"--at", "-1,2"}, {"LULL_TEST_WORD=a b"}));
  const std::string said = from_fifo("said");
  EXPECT_EQ(said.substr(0, 14), "--at|-1,2|a b|") << said;
  EXPECT_NE(said.substr(14), std::to_string(::getpid()) + "\n");
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there is nobody to wait for";
}

TEST_F(DetachedProgram, WhatDoesNotStartIsAnError) {
  const auto missing = start_detached(place / "missing", {}, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
  const std::string plain = place.write("plain", "no program");
  const auto refused = start_detached(plain, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kPermissionDenied);
}

}  // namespace
}  // namespace lull::agent
