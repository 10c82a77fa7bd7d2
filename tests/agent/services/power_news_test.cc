// SPDX-License-Identifier: MIT
#include "agent/services/power_news.h"

#include <array>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "core/platform/power_events.h"
#include "scheduler/event.h"

namespace lull::agent {
namespace {

using namespace std::string_view_literals;

constexpr auto kMains =
    "change@/devices/AC\0ACTION=change\0SUBSYSTEM=power_supply\0POWER_SUPPLY_ONLINE=0\0"sv;
constexpr auto kStick = "add@/devices/usb1\0ACTION=add\0SUBSYSTEM=usb\0"sv;

class PowerNewsTest : public ::testing::Test {
 protected:
  void with_news(const std::function<void(PowerNews&)>& story) {
    engine_.run([&] {
      PowerNews news(
          engine_, [this] { return open(); }, [this] { heard_.set(); });
      story(news);
    });
  }
  base::Result<base::UniqueFd> open() {
    ++opened_;
    if (deaf_) return base::fail(base::ErrorCode::kUnavailable, "deaf");
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    kernel_ = base::UniqueFd(ends[1]);
    return base::UniqueFd(ends[0]);
  }
  void say(std::string_view message) {
    ASSERT_EQ(::send(kernel_.get(), message.data(), message.size(), 0),
              static_cast<ssize_t>(message.size()));
  }
  void wait_until_heard() {
    heard_.wait();
    heard_.reset();
  }

  scheduler::Engine engine_;
  scheduler::Event heard_{engine_};
  base::UniqueFd kernel_;
  int opened_ = 0;
  bool deaf_ = false;
};

TEST_F(PowerNewsTest, HearsOfPowerAndOfNothingElse) {
  with_news([&](PowerNews& news) {
    EXPECT_FALSE(news.listening());
    EXPECT_EQ(opened_, 0) << "nothing is open while nothing runs";
    news.listen(true);
    news.listen(true);
    EXPECT_EQ(opened_, 1);
    const auto before = news.changes();
    EXPECT_EQ(before, 1U) << "what was read before it listened is too old";
    say(kStick);
    say(kMains);
    wait_until_heard();
    EXPECT_EQ(news.changes(), before + 1);
    say(kMains);
    wait_until_heard();
    EXPECT_EQ(news.changes(), before + 2);
  });
}

TEST_F(PowerNewsTest, ListensAgainWhenItIsToldTo) {
  with_news([&](PowerNews& news) {
    news.listen(true);
    news.listen(false);
    EXPECT_FALSE(news.listening());
    news.listen(true);
    EXPECT_EQ(opened_, 2);
    say(kMains);
    wait_until_heard();
  });
}

TEST_F(PowerNewsTest, WhereNothingCanBeHeardItDoesNotTryAgain) {
  deaf_ = true;
  with_news([&](PowerNews& news) {
    news.listen(true);
    news.listen(false);
    news.listen(true);
    EXPECT_FALSE(news.listening());
    EXPECT_EQ(opened_, 1);
    EXPECT_EQ(news.changes(), 0U);
  });
}

TEST_F(PowerNewsTest, EndsWhileItListens) {
  with_news([&](PowerNews& news) { news.listen(true); });
}

}  // namespace
}  // namespace lull::agent
