// SPDX-License-Identifier: MIT
#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace lull::clean {

// Runs other programs of the trash, which see a temporary home only.
class OtherTools {
 public:
  // `scratch`: an existing directory for what they need besides.
  OtherTools(std::string home, std::string data_home, std::string scratch)
      : home_(std::move(home)), data_home_(std::move(data_home)), scratch_(std::move(scratch)) {}

  // What `script` (sh; $1 is the home) prints; its exit status in status().
  std::string run(const std::string& script) {
    std::filesystem::create_directories(scratch_ + "/run");
    std::filesystem::permissions(scratch_ + "/run", std::filesystem::perms::owner_all);
    const std::string out = scratch_ + "/out";
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
      live_in_the_temporary_home();
      if (std::freopen(out.c_str(), "w", stdout) == nullptr) ::_exit(126);
      ::dup2(1, 2);
      ::execlp("sh", "sh", "-c", script.c_str(), "sh", home_.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    std::ostringstream text;
    text << std::ifstream(out, std::ios::binary).rdbuf();
    return std::move(text).str();
  }
  int status() const { return status_; }
  bool have(const std::string& tool) {
    run("command -v " + tool);
    return status_ == 0;
  }
  // trash:// is answered by a daemon, which needs a session bus: one of our own.
  bool have_gio_trash() {
    if (!have("gio") || !have("dbus-run-session")) return false;
    run("dbus-run-session -- gio list trash:");
    return status_ == 0;
  }

 private:
  void live_in_the_temporary_home() const {
    ::clearenv();
    ::setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    ::setenv("LC_ALL", "C.UTF-8", 1);
    ::setenv("HOME", home_.c_str(), 1);
    ::setenv("XDG_DATA_HOME", data_home_.c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", (scratch_ + "/config").c_str(), 1);
    ::setenv("XDG_CACHE_HOME", (scratch_ + "/cache").c_str(), 1);
    ::setenv("XDG_STATE_HOME", (scratch_ + "/state").c_str(), 1);
    ::setenv("XDG_RUNTIME_DIR", (scratch_ + "/run").c_str(), 1);
    ::setenv("GVFS_DISABLE_FUSE", "1", 1);
  }

  const std::string home_, data_home_, scratch_;
  int status_ = -1;
};

}  // namespace lull::clean
