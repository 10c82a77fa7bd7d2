// SPDX-License-Identifier: MIT
#include "agent/control/socket_file.h"

#include <array>
#include <filesystem>
#include <string>
#include <thread>

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/control/unix_socket.h"
#include "tests/support/temp_dir.h"

namespace lull::control {
namespace {

using base::ErrorCode;
using support::TempDir;

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

bool exists(const std::string& path) { return std::filesystem::exists(path); }

ErrorCode code_at(const std::string& path) {
  const auto listening = listen_at(path);
  EXPECT_FALSE(listening);
  return listening ? ErrorCode::kInternal : listening.error().code;
}

// A socket that was left by somebody who died.
void leave_stale_socket(const std::string& path) {
  auto socket = open_stream_socket();
  const auto address = socket_address(path);
  ASSERT_EQ(::bind(socket->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address),
            0);
}

TEST(ListenAt, MakesAPrivateSocketInAPrivateDirectory) {
  const TempDir root;
  const mode_t before = ::umask(0);
  const auto listening = listen_at(root / "lull/control");
  EXPECT_EQ(::umask(before), 0U) << "the process's mask comes back";
  ASSERT_TRUE(listening) << listening.error().to_string();
  EXPECT_EQ(mode_of(root / "lull"), 0700U);
  EXPECT_EQ(mode_of(root / "lull/control"), 0600U);
}

TEST(ListenAt, NeedsTheDirectoryForItselfAlone) {
  const TempDir root;
  for (const mode_t open : {0755U, 0770U, 0701U, 01777U}) {
    const std::string directory = root / std::to_string(open);
    ASSERT_EQ(::mkdir(directory.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(directory.c_str(), open), 0);
    EXPECT_EQ(code_at(directory + "/control"), ErrorCode::kPermissionDenied);
    EXPECT_FALSE(exists(directory + "/control"));
  }
}

TEST(ListenAt, DoesNotFollowALinkInPlaceOfTheDirectory) {
  const TempDir root;
  ASSERT_EQ(::mkdir((root / "real").c_str(), 0700), 0);
  ASSERT_EQ(::symlink((root / "real").c_str(), (root / "lull").c_str()), 0);
  EXPECT_EQ(code_at(root / "lull/control"), ErrorCode::kPermissionDenied);
  EXPECT_FALSE(exists(root / "real/control"));
}

TEST(ListenAt, RefusesADirectoryOfSomebodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a directory away";
  const TempDir root;
  ASSERT_EQ(::mkdir((root / "lull").c_str(), 0700), 0);
  ASSERT_EQ(::chown((root / "lull").c_str(), 65534, 65534), 0);
  EXPECT_EQ(code_at(root / "lull/control"), ErrorCode::kPermissionDenied);
}

TEST(ListenAt, RefusesAFileInPlaceOfTheDirectory) {
  const TempDir root;
  root.write("lull", "a file");
  EXPECT_FALSE(listen_at(root / "lull/control"));
  EXPECT_EQ(root.read("lull"), "a file");
}

TEST(ListenAt, SaysSoWhenThereIsNoPlace) {
  const TempDir root;
  const auto listening = listen_at(root / "not/there/control");
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(listening.error().path, root / "not/there");
}

TEST(ListenAt, ReplacesASocketOnWhichNobodyAnswers) {
  const TempDir root;
  leave_stale_socket(root / "control");
  const auto listening = listen_at(root / "control");
  ASSERT_TRUE(listening) << listening.error().to_string();
  EXPECT_EQ(mode_of(root / "control"), 0600U);
}

TEST(ListenAt, LeavesALiveSocketAlone) {
  const TempDir root;
  const auto first = listen_at(root / "control");
  ASSERT_TRUE(first);
  EXPECT_EQ(code_at(root / "control"), ErrorCode::kBusy);
  // It still answers.
  auto client = open_stream_socket();
  const auto address = socket_address(root / "control");
  EXPECT_EQ(::connect(client->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address),
            0);
}

TEST(ListenAt, TakesOneWhoseBacklogIsFullForAlive) {
  const TempDir root;
  auto deaf = open_stream_socket();
  const auto address = socket_address(root / "control");
  ASSERT_EQ(::bind(deaf->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
  ASSERT_EQ(::listen(deaf->get(), 0), 0);
  auto waiting = open_stream_socket();
  ASSERT_EQ(
      ::connect(waiting->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
  EXPECT_EQ(code_at(root / "control"), ErrorCode::kBusy);
}

TEST(ListenAt, TouchesNothingThatIsNoSocket) {
  const TempDir root;
  root.write("control", "precious");
  EXPECT_EQ(code_at(root / "control"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(root.read("control"), "precious");
  ASSERT_EQ(::mkdir((root / "folder").c_str(), 0700), 0);
  EXPECT_EQ(code_at(root / "folder"), ErrorCode::kInvalidArgument);
  // Not even through a link to a socket that is dead.
  leave_stale_socket(root / "dead");
  ASSERT_EQ(::symlink((root / "dead").c_str(), (root / "link").c_str()), 0);
  EXPECT_EQ(code_at(root / "link"), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(exists(root / "dead"));
}

TEST(ListenAt, SaysHowLongAPathMayBe) {
  const TempDir root;
  const std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  const std::string path = root.path() + "/" + std::string(longest - root.path().size() - 1, 'x');
  EXPECT_TRUE(listen_at(path));
  const auto listening = listen_at(path + "x");
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(listening.error().message.find(std::to_string(longest)), std::string::npos);
  EXPECT_NE(listening.error().message.find("--socket"), std::string::npos);
  EXPECT_FALSE(listen_at(""));
  EXPECT_FALSE(listen_at(std::string("/tmp/a\0b", 8)));
}

TEST(SocketFile, IsRemovedAtTheEnd) {
  const TempDir root;
  { const auto listening = listen_at(root / "control"); }
  EXPECT_FALSE(exists(root / "control"));
}

TEST(SocketFile, OfSomebodyElseStays) {
  const TempDir root;
  {
    const auto listening = listen_at(root / "control");
    // Somebody took our name away and put theirs there.
    ASSERT_EQ(::rename((root / "control").c_str(), (root / "aside").c_str()), 0);
    leave_stale_socket(root / "control");
  }
  EXPECT_TRUE(exists(root / "control"));
}

TEST(PeerUid, IsTheUserOnTheOtherEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const base::UniqueFd a(ends[0]), b(ends[1]);
  EXPECT_EQ(peer_uid(a.get()), ::geteuid());
  EXPECT_EQ(peer_uid(-1), std::nullopt);
}

TEST(HungUp, TellsAClosedEndFromOneThatOnlyListens) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const base::UniqueFd a(ends[0]);
  base::UniqueFd b(ends[1]);
  EXPECT_FALSE(hung_up(a.get()));
  ::shutdown(b.get(), SHUT_WR);
  EXPECT_FALSE(hung_up(a.get()));
  b.reset();
  EXPECT_TRUE(hung_up(a.get()));
}

}  // namespace
}  // namespace lull::control
