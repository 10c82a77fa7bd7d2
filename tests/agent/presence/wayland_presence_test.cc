// SPDX-License-Identifier: MIT
// lull-wayland-presence, as the agent asks it, with a compositor that does as it is told: the real
// protocol on a real socket. What time it is does not matter: no time is asserted but its sense.
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "agent/presence/answering_program.h"
#include "agent/presence/display_presence.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "tests/agent/presence/child.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kPatience = 30s;

class WaylandPresence : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("XDG_RUNTIME_DIR", directory_.path().c_str(), 1);
    ::setenv("WAYLAND_DISPLAY", "wayland-of-this-test", 1);
  }
  void start_compositor(const std::string& kind = "") {
    compositor_ = std::make_unique<Child>(
        std::vector<std::string>{LULL_FAKE_COMPOSITOR, "wayland-of-this-test", kind});
    ASSERT_EQ(compositor_->read_line(), "ready");
  }
  std::string tell(const std::string& line) {
    compositor_->write_line(line);
    return compositor_->read_line();
  }
  static std::unique_ptr<AnsweringProgram> start_helper() {
    auto started = AnsweringProgram::start(LULL_WAYLAND_PRESENCE);
    EXPECT_TRUE(started) << started.error().to_string();
    return *std::move(started);
  }
  static base::Result<X11Reply> ask(AnsweringProgram& helper) {
    const auto line = helper.ask("", kPatience);
    if (!line) return tl::unexpected(line.error());
    return parse_x11_reply(*line);
  }

  support::TempDir directory_;
  std::unique_ptr<Child> compositor_;
};

TEST_F(WaylandPresence, CountsFromWhenTheCompositorSaysSo) {
  start_compositor();
  const auto helper = start_helper();
  EXPECT_EQ(ask(*helper)->idle, 0ms) << "nobody has said that nobody is there";
  EXPECT_EQ(tell("timeouts"), "2000 ");
  EXPECT_EQ(tell("idle"), "1");
  const auto idle = ask(*helper)->idle;
  ASSERT_TRUE(idle);
  EXPECT_GE(*idle, 2s) << "for as long as it had to be to be said";
  EXPECT_GE(ask(*helper)->idle, idle);
  EXPECT_EQ(tell("resume"), "1");
  EXPECT_EQ(ask(*helper)->idle, 0ms);
  EXPECT_EQ(tell("idle"), "1");
  EXPECT_GE(ask(*helper)->idle, 2s);
}

TEST_F(WaylandPresence, SeatsComeAndGo) {
  start_compositor();
  const auto helper = start_helper();
  EXPECT_EQ(ask(*helper)->idle, 0ms);
  EXPECT_EQ(tell("idle"), "1");
  EXPECT_GE(ask(*helper)->idle, 2s);
  tell("no-seat");
  EXPECT_EQ(ask(*helper)->idle, std::nullopt) << "then nobody knows";
  tell("seat");
  EXPECT_EQ(ask(*helper)->idle, 0ms);
  while (tell("idle") == "0") EXPECT_EQ(ask(*helper)->idle, 0ms);  // what it wants is on its way
  EXPECT_GE(ask(*helper)->idle, 2s);
}

TEST_F(WaylandPresence, IsUnknownWhereTheCompositorDoesNotSay) {
  for (const char* kind : {"no-protocol", "no-seat"}) {
    start_compositor(kind);
    EXPECT_FALSE(ask(*start_helper())) << kind;
    compositor_.reset();
  }
  EXPECT_FALSE(ask(*start_helper())) << "there is none";
  ::unsetenv("XDG_RUNTIME_DIR");
  EXPECT_FALSE(ask(*start_helper()));
}

TEST_F(WaylandPresence, ItEndsWithTheCompositor) {
  start_compositor();
  const auto helper = start_helper();
  EXPECT_TRUE(ask(*helper));
  compositor_->kill();
  EXPECT_FALSE(ask(*helper));
}

TEST_F(WaylandPresence, ASilentCompositorIsNotWaitedForForEver) {
  start_compositor();
  const auto helper = start_helper();
  EXPECT_TRUE(ask(*helper));
  compositor_->stop();
  EXPECT_FALSE(helper->ask("", 1ms));
  compositor_->go_on();
}

// The whole way: the agent's half asks the helper, which hears of somebody who comes back.
TEST_F(WaylandPresence, TheAgentHearsOfIt) {
  start_compositor();
  scheduler::Engine engine;
  scheduler::BlockingPool blocking{1};
  scheduler::Event news(engine);
  engine.run([&] {
    DisplayPresence::Options options;
    options.find_program = [] { return base::Result<std::string>(LULL_WAYLAND_PRESENCE); };
    options.idle_after = [] { return base::Duration(0); };  // so that each look asks
    options.changed = [&] { news.set(); };
    options.patience = kPatience;
    options.lease = 10min;
    DisplayPresence presence(engine, blocking, std::move(options));
    const auto idle = [&] {
      while (presence.look().asking) {
        news.wait();
        news.reset();
      }
      return presence.look().reply.value_or(X11Reply{}).idle;
    };
    EXPECT_EQ(idle(), 0ms);
    EXPECT_EQ(tell("idle"), "1");
    while (idle() < base::Duration(2s)) engine.sleep_for(1ms);
    EXPECT_EQ(tell("resume"), "1");
    while (idle() != base::Duration(0)) engine.sleep_for(1ms);
  });
}

}  // namespace
}  // namespace lull::agent::presence
