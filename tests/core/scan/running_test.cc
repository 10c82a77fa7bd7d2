// SPDX-License-Identifier: MIT
#include "core/scan/running.h"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cancel.h"
#include "core/base/unique_fd.h"
#include "core/scan/open_files.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using testing::ScratchTree;

// A /proc of our making; every process belongs to whoever runs the test.
class RunningProbe : public ::testing::Test {
 protected:
  void process(const std::string& pid, const std::string& command, const std::string& line,
               const std::string& exe = "") {
    tree_.text(pid + "/comm", command + "\n");
    tree_.text(pid + "/cmdline", line);
    if (!exe.empty()) tree_.symlink(pid + "/exe", exe);
  }
  Running ask(const std::string& name) {
    return make_running_probe({.proc = tree_.root()}, ::geteuid())({name});
  }

  ScratchTree tree_;
};

std::string line_of(std::initializer_list<const char*> arguments) {
  std::string line;
  for (const char* argument : arguments) line += std::string(argument) + '\0';
  return line;
}

TEST_F(RunningProbe, FindsAProgramByItsCommandName) {
  process("10", "firefox", line_of({"/usr/lib/firefox/firefox"}));
  EXPECT_EQ(ask("firefox"), Running::kYes);
  EXPECT_EQ(ask("fire"), Running::kNo);
  EXPECT_EQ(ask("chromium"), Running::kNo);
}

TEST_F(RunningProbe, FindsAProgramByItsFileAlsoAfterAnUpdate) {
  process("10", "GeckoMain", line_of({"x"}), "/opt/firefox/firefox-bin (deleted)");
  EXPECT_EQ(ask("firefox-bin"), Running::kYes);
}

TEST_F(RunningProbe, FindsAScriptByItsNameAndAModuleByItsOption) {
  process("10", "python3",
          line_of({"/usr/bin/python3", "-I", "/home/u/.local/bin/pip", "install"}));
  process("11", "python3.11", line_of({"python3.11", "-m", "poetry", "install"}));
  process("12", "node", line_of({"node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "ci"}));
  EXPECT_EQ(ask("pip"), Running::kYes);
  EXPECT_EQ(ask("poetry"), Running::kYes);
  EXPECT_EQ(ask("npm"), Running::kYes);
  EXPECT_EQ(ask("install"), Running::kNo);
}

TEST_F(RunningProbe, FindsAProgramThatWroteATitleOverItsArguments) {
  process("10", "npm install lef", line_of({"npm install left-pad"}));
  EXPECT_EQ(ask("npm"), Running::kYes);
}

TEST_F(RunningProbe, FindsALongNameThatTheKernelCutOff) {
  process("10", "a-very-long-nam", "");
  EXPECT_EQ(ask("a-very-long-name-indeed"), Running::kYes);
}

TEST_F(RunningProbe, DoesNotTakeAnArgumentForAProgram) {
  process("10", "vim", line_of({"vim", "firefox"}));
  EXPECT_EQ(ask("firefox"), Running::kNo);
}

TEST_F(RunningProbe, DoesNotKnowWithoutAProcessTable) {
  EXPECT_EQ(ask("firefox"), Running::kUnknown);
  EXPECT_EQ(make_running_probe({.proc = "/does/not/exist"}, 0)({"firefox"}), Running::kUnknown);
}

TEST_F(RunningProbe, DoesNotKnowWhenAProcessOfOursCannotBeRead) {
  process("10", "vim", "");
  tree_.directory("11/comm");  // reading a directory fails
  EXPECT_EQ(ask("firefox"), Running::kUnknown);
}

TEST_F(RunningProbe, DoesNotCountOthersProcesses) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make files of others";
  process("10", "firefox", "");
  process("11", "vim", "");
  tree_.give_to("10", 12345);
  EXPECT_EQ(ask("firefox"), Running::kNo);
}

TEST_F(RunningProbe, ReadsTheTableOnce) {
  process("10", "vim", "");
  const auto probe = make_running_probe({.proc = tree_.root()}, ::geteuid());
  EXPECT_EQ(probe({"firefox"}), Running::kNo);
  process("11", "firefox", "");
  EXPECT_EQ(probe({"firefox"}), Running::kNo);
  EXPECT_EQ(probe({"vim"}), Running::kYes);
}

TEST(RunningProbeOnTheRealSystem, FindsARealProcess) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NAME, "lull-test-xyz");
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  const auto probe = make_running_probe({}, ::geteuid());
  EXPECT_EQ(probe({"lull-test-xyz"}), Running::kYes);
  EXPECT_EQ(probe({"lull-test-not-there"}), Running::kNo);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(OpenFiles, KnowsWhatThisProcessHasOpenAndNotItsDirectories) {
  ScratchTree tree;
  const std::string open = tree.file("open");
  tree.file("closed");
  const base::UniqueFd file(::open(open.c_str(), O_RDONLY | O_CLOEXEC));
  const base::UniqueFd directory(::open(tree.root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto found = find_open_files({});
  ASSERT_TRUE(found);
  const OpenFiles& files = *found;
  const auto known = [&](const char* name) {
    const struct stat status = tree.status(name);
    return files.contains(status.st_dev, status.st_ino);
  };
  EXPECT_TRUE(known("open"));
  EXPECT_FALSE(known("closed"));
  EXPECT_FALSE(known(""));
  EXPECT_GT(files.size(), 1u);  // at least the program itself and its libraries
}

TEST(OpenFiles, KnowsWhatIsOnlyMappedWhateverTheNumberOfTasks) {
  ScratchTree tree;
  const std::string path = tree.file("mapped");
  base::UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::ftruncate(file.get(), 4096), 0);
  void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file.get(), 0);
  ASSERT_NE(memory, MAP_FAILED);
  file.reset();
  const struct stat status = tree.status("mapped");
  for (const unsigned width : {1u, 2u, 4u}) {
    WalkOptions options;
    options.width = width;
    const auto found = find_open_files({}, options);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->contains(status.st_dev, status.st_ino)) << width;
  }
  ::munmap(memory, 4096);
}

TEST(OpenFiles, KnowsAMappedFileWithANewlineInItsName) {
  ScratchTree tree;
  for (const char* name : {"new\nline", "back\\012slash"}) {
    const std::string path = tree.file(name, 4096);
    base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    file.reset();
    const struct stat status = tree.status(name);
    const auto found = find_open_files({});
    ::munmap(memory, 4096);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->contains(status.st_dev, status.st_ino)) << name;
  }
}

// Leaves this process `more` descriptors until it is destroyed.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const base::UniqueFd next(::dup(STDERR_FILENO));
    const rlimit few{static_cast<rlim_t>(next.get()) + more, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(OpenFiles, AreUnknownWhileNoDescriptorIsLeftToLookWith) {
  for (const rlim_t more : {0u, 1u, 2u}) {
    const FewDescriptors few(more);
    EXPECT_FALSE(find_open_files({})) << more;
  }
  const FewDescriptors enough(3);  // the table, a process and one of its files
  EXPECT_TRUE(find_open_files({}));
}

TEST(OpenFiles, AreUnknownAfterACancel) {
  base::CancelSource source;
  source.cancel(base::CancelReason::kUser);
  WalkOptions options;
  options.cancel = source.token();
  EXPECT_FALSE(find_open_files({}, options));
}

TEST(OpenFiles, AreUnknownWithoutATableOfProcesses) {
  const ScratchTree tree;
  EXPECT_FALSE(find_open_files({.proc = "/does/not/exist"}));
  EXPECT_FALSE(find_open_files({.proc = tree.root()}));
}

class FlatpakProbe : public ::testing::Test {
 protected:
  void process(const std::string& pid, const std::string& cgroup, const std::string& info = "") {
    tree_.text(pid + "/cgroup", cgroup);
    if (!info.empty()) tree_.text(pid + "/root/.flatpak-info", info);
  }
  Running ask(const std::string& id) {
    return make_flatpak_probe({.proc = tree_.root()}, ::geteuid())(id);
  }

  ScratchTree tree_;
};

TEST_F(FlatpakProbe, FindsAnApplicationByItsScope) {
  process("10",
          "0::/user.slice/user@1000.service/app.slice/"
          "app-flatpak-org.mozilla.firefox-4711.scope\n");
  process("11", "0::/user.slice/app.slice/app-flatpak-org.gnome.Builder\\x2dNightly-1.scope/x\n");
  EXPECT_EQ(ask("org.mozilla.firefox"), Running::kYes);
  EXPECT_EQ(ask("org.gnome.Builder-Nightly"), Running::kYes);
  EXPECT_EQ(ask("org.mozilla"), Running::kNo);
  EXPECT_EQ(ask("org.mozilla.firefox-4711"), Running::kNo);
}

TEST_F(FlatpakProbe, FindsAnApplicationByTheFileInItsSandbox) {
  process("10", "0::/\n",
          "[Application]\nname=com.valvesoftware.Steam\nruntime=x\n[Instance]\nname=no\n");
  EXPECT_EQ(ask("com.valvesoftware.Steam"), Running::kYes);
  EXPECT_EQ(ask("no"), Running::kNo);
}

TEST_F(FlatpakProbe, KnowsNothingWithoutATableOrWithAProcessThatHides) {
  EXPECT_EQ(ask("x"), Running::kUnknown);
  tree_.text("self", "");
  EXPECT_EQ(ask("x"), Running::kUnknown);
  tree_.directory("12");
  EXPECT_EQ(ask("x"), Running::kUnknown);
}

TEST_F(FlatpakProbe, LooksOnlyAtItsOwnUsersProcesses) {
  process("10", "0::/app-flatpak-org.x.Y-1.scope\n");
  EXPECT_EQ(make_flatpak_probe({.proc = tree_.root()}, ::geteuid() + 1)("org.x.Y"), Running::kNo);
}

}  // namespace
}  // namespace lull::scan
