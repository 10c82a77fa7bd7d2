// SPDX-License-Identifier: MIT
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>

#include "agent/control/client.h"
#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"
#include "ui/client/agent_link.h"
#include "ui/client/session.h"
#include "ui/view/view_model.h"

// The window, without its picture, beside a real agent: closed in the middle of an optimize, and
// opened again.
namespace lull::integration {
namespace {

using support::Process;
using support::Sandbox;
using Kind = ui::OptimizeView::Kind;

constexpr int kFiles = 2000;
constexpr auto kPatience = std::chrono::seconds(120);

// What lull-popover is but for drawing.
class Window {
 public:
  explicit Window(const std::string& socket)
      : session_([this](const ui::OutgoingCall& call) { link_->send(call); }),
        link_(std::make_unique<ui::AgentLink>(
            socket, ui::AgentLink::Events{[this] { session_.on_connected(wall_now()); },
                                          [this] { session_.on_lost(); },
                                          [this](ui::Channel channel, control::Reply reply) {
                                            session_.on_reply(channel, std::move(reply),
                                                              wall_now());
                                          }})) {}

  ui::OptimizeView shown() const { return ui::make_view(session_.state(), wall_now()).optimize; }
  void act(const ui::Intent& intent) { session_.act(intent); }
  const ui::State& state() const { return session_.state(); }

  bool until(const std::function<bool()>& condition) {
    const auto deadline = base::system_clock().now() + kPatience;
    while (!condition()) {
      if (base::system_clock().now() > deadline) return false;
      link_->tick(base::system_clock().now());
      std::vector<pollfd> entries = link_->interest();
      ::poll(entries.data(), entries.size(), 20);
      link_->serve(entries);
    }
    return true;
  }
  bool until_shown(Kind kind) {
    return until([this, kind] { return shown().kind == kind; });
  }

 private:
  static base::WallTime wall_now() { return base::system_clock().wall_now(); }

  ui::Session session_;
  std::unique_ptr<ui::AgentLink> link_;
};

class ReopenedWindow : public ::testing::Test {
 protected:
  void SetUp() override {
    write_own_files(user_, kFiles);
    agent_ = user_.start_agent();
  }
  int cached() const { return own_files_left(user_); }
  int trashed() const { return own_files_trashed(user_); }
  // A window that began an optimize and was closed in the middle of the moving. The agent stands
  // still once it has noticed, so that there is a middle for the next window as well.
  void begin_and_close() {
    auto onlooker = control::Client::connect(user_.socket());
    ASSERT_TRUE(onlooker) << onlooker.error().to_string();
    {
      Window window(user_.socket());
      ASSERT_TRUE(window.until([&] { return window.state().link == ui::Link::kConnected; }));
      window.act({.kind = ui::Intent::Kind::kOptimize});
      ASSERT_TRUE(window.until([&] { return trashed() > 0; }));
    }
    for (std::int64_t callers = 1; callers > 0;) {
      const auto snapshot = (*onlooker)->call("GetSnapshot", {});
      ASSERT_TRUE(snapshot) << snapshot.error().to_string();
      const auto& operations = snapshot->at("operations").as_array();
      ASSERT_EQ(operations.size(), 1U) << "it goes on";
      callers = operations[0].at("callers").to_number<std::int64_t>();
    }
    agent_->signal(SIGSTOP);
    ASSERT_GT(cached(), 0);
  }
  void open(Window& window) {
    ASSERT_TRUE(window.until([&] { return window.state().link == ui::Link::kConnected; }));
    agent_->signal(SIGCONT);
    ASSERT_TRUE(window.until_shown(Kind::kProgress));
  }

  Sandbox user_;
  std::unique_ptr<Process> agent_;
};

TEST_F(ReopenedWindow, ShowsWhatGoesOnAndItsResultWithUndo) {
  begin_and_close();
  Window window(user_.socket());
  open(window);
  EXPECT_TRUE(window.shown().cancel_enabled);
  ASSERT_TRUE(window.until_shown(Kind::kResult));
  EXPECT_EQ(cached(), 0) << "it went on";
  EXPECT_EQ(window.state().operation->result.moved_items, std::uint64_t{kFiles});
  const auto run = window.shown().undo_run;
  ASSERT_TRUE(run);
  window.act({.kind = ui::Intent::Kind::kUndo, .run = run});
  ASSERT_TRUE(window.until([&] {
    return window.state().operation->kind == ui::OperationKind::kUndo &&
           window.state().operation->phase == ui::Phase::kDone;
  }));
  EXPECT_EQ(cached(), kFiles);
}

TEST_F(ReopenedWindow, CancelsWhatTheFirstOneBegan) {
  begin_and_close();
  Window window(user_.socket());
  open(window);
  window.act({.kind = ui::Intent::Kind::kCancel});
  ASSERT_TRUE(window.until_shown(Kind::kResult));
  EXPECT_EQ(window.state().operation->phase, ui::Phase::kCancelled);
  EXPECT_GT(cached(), 0) << "it stopped";
  EXPECT_EQ(window.state().operation->result.moved_items + static_cast<std::uint64_t>(cached()),
            std::uint64_t{kFiles});
}

}  // namespace
}  // namespace lull::integration
