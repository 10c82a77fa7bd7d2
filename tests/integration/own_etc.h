// SPDX-License-Identifier: MIT
#pragma once
#include <filesystem>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/sandbox.h"

// A machine of the test's own as far as /etc goes: in a mount namespace where /etc is another
// directory.
namespace lull::integration {

inline std::string own_etc;  // a function without state is called after the fork

inline bool enter_own_etc() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount(own_etc.c_str(), "/etc", nullptr, MS_BIND, nullptr) == 0;
}

// For support::Process::BeforeExec.
inline void use_own_etc() {
  if (!enter_own_etc()) ::_exit(126);
}

// Makes it, with what programs need of the real one. False without the right to mount.
inline bool make_own_etc(const support::Sandbox& user) {
  own_etc = user.temp() / "etc";
  std::filesystem::create_directories(own_etc + "/lull");
  for (const char* file : {"passwd", "group", "nsswitch.conf", "ld.so.cache"})
    if (std::filesystem::exists(std::string("/etc/") + file))
      std::filesystem::copy_file(std::string("/etc/") + file, own_etc + "/" + file);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(enter_own_etc() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace lull::integration
