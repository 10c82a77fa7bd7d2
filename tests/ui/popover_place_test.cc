// SPDX-License-Identifier: MIT
#include "ui/window/popover_place.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace lull::ui {
namespace {

namespace fs = std::filesystem;

class PopoverPlaceTest : public testing::Test {
 protected:
  std::string folder() const { return dir_.path() + "/run"; }

  support::TempDir dir_;
};

bool readable(int descriptor) {
  pollfd entry{descriptor, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

TEST_F(PopoverPlaceTest, is_one_popovers) {
  PopoverPlace first(folder(), "wayland-0"), second(folder(), "wayland-0");
  EXPECT_TRUE(first.claim());
  EXPECT_FALSE(second.claim());
  EXPECT_EQ(second.descriptor(), -1);
}

TEST_F(PopoverPlaceTest, tells_its_owner_that_another_one_asked) {
  PopoverPlace first(folder(), "wayland-0"), second(folder(), "wayland-0");
  ASSERT_TRUE(first.claim());
  EXPECT_FALSE(first.was_asked());
  second.claim();
  EXPECT_TRUE(readable(first.descriptor()));
  EXPECT_TRUE(first.was_asked());
  EXPECT_FALSE(first.was_asked());
}

TEST_F(PopoverPlaceTest, is_free_once_it_is_given_up) {
  PopoverPlace first(folder(), "wayland-0"), second(folder(), "wayland-0");
  ASSERT_TRUE(first.claim());
  first.release();
  EXPECT_TRUE(second.claim());
  first.claim();
  EXPECT_TRUE(second.was_asked());
}

TEST_F(PopoverPlaceTest, is_another_one_on_another_screen) {
  PopoverPlace first(folder(), "wayland-0"), second(folder(), "wayland-1");
  EXPECT_TRUE(first.claim());
  EXPECT_TRUE(second.claim());
}

TEST_F(PopoverPlaceTest, takes_a_screen_that_is_named_by_a_path) {
  PopoverPlace place(folder(), "/run/user/0/wayland-0");
  EXPECT_TRUE(place.claim());
  EXPECT_TRUE(fs::exists(folder() + "/popover-_run_user_0_wayland-0.lock"));
}

TEST_F(PopoverPlaceTest, is_free_once_its_owner_was_killed) {
  const pid_t owner = ::fork();
  ASSERT_GE(owner, 0);
  if (owner == 0) {
    PopoverPlace place(folder(), "wayland-0");
    ::_exit(place.claim() && place.descriptor() >= 0 ? 0 : 1);  // its socket's name stays
  }
  int status = -1;
  ::waitpid(owner, &status, 0);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(fs::exists(folder() + "/popover-wayland-0"));
  PopoverPlace place(folder(), "wayland-0"), other(folder(), "wayland-0");
  EXPECT_TRUE(place.claim());
  EXPECT_FALSE(other.claim());
  EXPECT_TRUE(place.was_asked());
}

TEST_F(PopoverPlaceTest, keeps_nobody_from_a_window_where_it_cannot_be_had) {
  PopoverPlace place("/proc/nobody-makes-this", "wayland-0");
  EXPECT_TRUE(place.claim());
  EXPECT_EQ(place.descriptor(), -1);
}

TEST_F(PopoverPlaceTest, is_the_users_own) {
  PopoverPlace place(folder(), "wayland-0");
  ASSERT_TRUE(place.claim());
  using fs::perms;
  const auto of_others = perms::group_all | perms::others_all;
  EXPECT_EQ(fs::status(folder()).permissions() & of_others, perms::none);
  EXPECT_EQ(fs::status(folder() + "/popover-wayland-0").permissions() & of_others, perms::none);
}

}  // namespace
}  // namespace lull::ui
