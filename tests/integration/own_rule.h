// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "tests/support/sandbox.h"

namespace lull::integration {

// A rule of the user's own about files of any age in ~/.cache/mine; "keep" stays.
inline void write_own_rule(const support::Sandbox& user) {
  user.write(".config/lull/rules.d/mine.toml", R"([[rule]]
id = "mine"
title = "files of this test"
tier = "safe"
cost = "nothing"
source = "this test"
roots = ["$CACHE/mine"]
keep = ["keep"]
)");
  user.write(".cache/mine/keep", "k");
}

inline std::string own_files(const support::Sandbox& user) { return user.home() + "/.cache/mine"; }
inline std::string trashed_files(const support::Sandbox& user) {
  return user.home() + "/.local/share/Trash/files";
}

// What was written in this tick of the kernel's clock counts as changed since a scan that begins in
// it.
inline void wait_for_the_next_tick() {
  const auto written = std::chrono::system_clock::now();
  while (std::chrono::system_clock::now() - written < std::chrono::milliseconds(50))
    std::this_thread::yield();
}

// The rule and `count` files that it finds, "0" and so on.
inline void write_own_files(const support::Sandbox& user, int count) {
  write_own_rule(user);
  for (int i = 0; i < count; ++i) user.write(".cache/mine/" + std::to_string(i), "x");
  wait_for_the_next_tick();
}

// None if there is no such directory.
inline int files_in(const std::string& directory) {
  std::error_code ignored;
  int count = 0;
  for (std::filesystem::directory_iterator at(directory, ignored), end; at != end;
       at.increment(ignored))
    ++count;
  return count;
}
// How many files of the rule are still where they were, and in the trash.
inline int own_files_left(const support::Sandbox& user) { return files_in(own_files(user)) - 1; }
inline int own_files_trashed(const support::Sandbox& user) { return files_in(trashed_files(user)); }

}  // namespace lull::integration
