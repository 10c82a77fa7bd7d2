// SPDX-License-Identifier: MIT
// The disk below the journal is full, and later is not; or it is read-only.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

namespace lull::integration {
namespace {

using support::Finished;
using support::Sandbox;

// Mounts of this process and its children alone; false if the machine does not allow that.
bool have_own_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

// One megabyte, in a mount namespace of this process and its children alone.
class SmallDisk {
 public:
  // Null if the machine does not allow that.
  static std::unique_ptr<SmallDisk> make(const std::string& directory) {
    std::filesystem::create_directories(directory);
    if (!have_own_mounts() ||
        ::mount("lull-small", directory.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=1m"))
      return nullptr;
    return std::unique_ptr<SmallDisk>(new SmallDisk(directory));
  }
  ~SmallDisk() { ::umount2(directory_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  void fill() const {
    const base::UniqueFd file(::open(filler().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    const std::string page(4096, 'x');
    while (::write(file.get(), page.data(), page.size()) > 0) continue;
    ASSERT_EQ(errno, ENOSPC);
  }
  void make_room() const { std::filesystem::remove(filler()); }

 private:
  explicit SmallDisk(std::string directory) : directory_(std::move(directory)) {}
  std::string filler() const { return directory_ + "/filler"; }
  const std::string directory_;
};

// `directory` as it is, but nobody may write there, in a mount namespace as above.
bool make_read_only(const std::string& directory) {
  return have_own_mounts() &&
         ::mount(directory.c_str(), directory.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
         ::mount(nullptr, directory.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) ==
             0;
}

class FullDisk : public ::testing::Test {
 protected:
  void run(const std::string& job) {
    const Finished end = user_.lull({"run", job});
    EXPECT_EQ(end.exit_code, 0) << job << ": " << end.err;
  }
  std::string last_scan() {
    const auto jobs = user_.lull({"jobs", "--json"}).json();
    for (const auto& job : jobs.as_array())
      if (job.at("name").as_string() == "scan") return serialize(job.at("last_started_at"));
    return {};
  }
  void relieve_in_an_earlier_life() {
    const auto agent = user_.start_agent();
    run("relief");
    agent->signal(SIGTERM);
    ASSERT_EQ(agent->wait().exit_code, 0);
  }
  std::size_t reliefs() { return user_.lull({"history", "--json"}).json().as_array().size(); }
  Sandbox user_;
};

TEST_F(FullDisk, UnderTheJournalIsSaidNothingIsLostAndWhatWaitedIsWrittenLater) {
  const auto disk = SmallDisk::make(user_.home() + "/.local/state");
  if (!disk) GTEST_SKIP() << "mounting is not allowed here";
  auto agent = user_.start_agent();
  run("scan");
  const std::string first = last_scan();
  disk->fill();

  run("relief");
  run("scan");
  const std::string second = last_scan();
  EXPECT_NE(second, first);
  while (agent->errors_so_far().find("the journal cannot be written") == std::string::npos)
    std::this_thread::yield();  // were it never to come, ctest's time-out would end the test
  EXPECT_EQ(user_.lull({"status", "--json"}).exit_code, 0);
  EXPECT_EQ(reliefs(), 1u) << "remembered though not written";

  disk->make_room();
  run("history");  // the next state of a job brings along what waited
  agent->signal(SIGTERM);
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(last_scan(), second) << "without an agent, from the disk";
  EXPECT_EQ(reliefs(), 1u);
}

TEST_F(FullDisk, FromTheStartAnAgentRunsAllTheSame) {
  const auto disk = SmallDisk::make(user_.home() + "/.local/state");
  if (!disk) GTEST_SKIP() << "mounting is not allowed here";
  disk->fill();
  const auto agent = user_.start_agent();
  run("scan");
  EXPECT_EQ(user_.lull({"status", "--json"}).exit_code, 0);
  EXPECT_NE(agent->errors_so_far().find("not kept on disk"), std::string::npos)
      << agent->errors_so_far();
  agent->signal(SIGTERM);
  EXPECT_EQ(agent->wait().exit_code, 0);
}

TEST_F(FullDisk, FromTheStartWhatWasDoneBeforeIsKnownAndWhatComesIsWrittenOnceThereIsRoom) {
  const auto disk = SmallDisk::make(user_.home() + "/.local/state");
  if (!disk) GTEST_SKIP() << "mounting is not allowed here";
  relieve_in_an_earlier_life();
  disk->fill();
  EXPECT_EQ(reliefs(), 1u) << "without an agent";
  const auto agent = user_.start_agent();
  EXPECT_EQ(reliefs(), 1u);
  run("relief");
  EXPECT_EQ(reliefs(), 2u);
  disk->make_room();
  agent->signal(SIGTERM);
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(reliefs(), 2u) << "without an agent, from the disk";
}

TEST_F(FullDisk, OrAHomeThatIsReadOnlyHoldsUpNothingButWhatWrites) {
  write_own_rule(user_);
  const std::string junk = user_.write(".cache/mine/junk", "j");
  wait_for_the_next_tick();
  relieve_in_an_earlier_life();
  if (!make_read_only(user_.home())) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(reliefs(), 1u) << "without an agent";
  const auto agent = user_.start_agent();
  run("scan");
  EXPECT_EQ(reliefs(), 1u);
  const Finished refused = user_.lull({"clean", "--category", "mine", "--yes"});
  EXPECT_EQ(refused.exit_code, 1) << refused.out;
  EXPECT_NE(refused.err.find("journal"), std::string::npos) << refused.err;
  EXPECT_TRUE(std::filesystem::exists(junk));
  agent->signal(SIGTERM);
  const Finished end = agent->wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_NE(end.err.find("Read-only file system"), std::string::npos) << end.err;
}

}  // namespace
}  // namespace lull::integration
