// SPDX-License-Identifier: MIT
#include "agent/presence/session_inhibitors.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "scheduler/event.h"
#include "tests/agent/presence/child.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::presence {
namespace {

using Names = std::vector<std::string>;
using namespace std::chrono_literals;

constexpr const char* kGnome = "org.gnome.SessionManager";

// Stands still; what it is for, the time until a silent desktop is asked again, is set forward.
class SteppedClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return now_; }
  base::WallTime wall_now() const override { return {}; }
  void step(base::Duration by) { now_ += by; }

 private:
  base::SteadyTime now_{1h};
};

class SessionInhibitorsTest : public ::testing::Test {
 protected:
  SessionInhibitorsTest() {
    ::setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + socket_).c_str(), 1);
    bus_ = start_private_bus(socket_, directory_.path());
  }
  ~SessionInhibitorsTest() override { ::unsetenv("DBUS_SESSION_BUS_ADDRESS"); }

  static std::unique_ptr<Child> start(const std::string& desktop) {
    auto session = std::make_unique<Child>(Names{LULL_FAKE_SESSION, desktop});
    EXPECT_EQ(session->read_line(), "ok");
    return session;
  }
  void start_session(const std::string& desktop) { session_ = start(desktop); }
  static void tell(Child& session, const std::string& line) {
    session.write_line(line);
    ASSERT_EQ(session.read_line(), "ok");
  }
  void tell(const std::string& line) { tell(*session_, line); }

  void with_inhibitors(std::chrono::microseconds patience, const std::function<void()>& story) {
    engine_.run([&] {
      SessionInhibitors inhibitors(
          clock_, [this] { news_.set(); }, patience);
      inhibitors_ = &inhibitors;
      const SessionBus session(engine_, blocking_, base::process_environment, {&inhibitors});
      story();
    });
  }
  void with_inhibitors(const std::function<void()>& story) { with_inhibitors(1min, story); }

  // Were it never to hold, ctest's time-out would end the test.
  void wait_until(const std::function<bool(const model::IdleInhibitors&)>& holds) {
    while (!holds(inhibitors_->inhibited_by())) {
      news_.wait();
      news_.reset();
    }
  }
  void wait_for(const Names& names, const Names& silent = {}) {
    wait_until([&](const model::IdleInhibitors& all) {
      return all.names == names && all.silent == silent;
    });
  }

  support::TempDir directory_;
  const std::string socket_ = directory_.path() + "/bus";
  SteppedClock clock_;
  scheduler::Engine engine_;
  scheduler::BlockingPool blocking_{1};
  scheduler::Event news_{engine_};
  std::unique_ptr<Child> bus_, session_;
  SessionInhibitors* inhibitors_ = nullptr;
};

TEST_F(SessionInhibitorsTest, OfPlasmaAreThoseThatKeepTheScreenOn) {
  start_session("plasma");
  tell("add\t1\tdownload\trunning\t1");  // of sleep alone
  with_inhibitors([this] {
    tell("remove\t1");
    tell("add\t2\tmpv\tplaying\t4");
    wait_for({"mpv (playing)"});
    tell("add\t3\tcall\t\t5");
    wait_for({"mpv (playing)", "call"});
    tell("remove\t2");
    tell("remove\t3");
    wait_for({});
  });
}

TEST_F(SessionInhibitorsTest, OfGnomesFamilyAreThoseOfIdleness) {
  start_session("gnome");
  tell("add\t1\tfirefox\tvideo\t8");
  tell("add\t2\tbackup\tcopying\t4");  // of suspend alone
  with_inhibitors([this] {
    wait_for({"firefox"});
    tell("add\t3\tmpv\tplaying\t12");
    wait_for({"firefox", "mpv"});
    tell("remove\t1");
    wait_for({"mpv"});
    tell("remove\t3");
    wait_for({});
  });
}

TEST_F(SessionInhibitorsTest, OfXfceAreAllThatKeepTheMachineAwake) {
  start_session("xfce");
  tell("add\t1\tfirefox\tvideo\t0");
  with_inhibitors([this] {
    wait_for({"firefox"});
    tell("add\t2\tmpv\tplaying\t0");
    wait_for({"firefox", "mpv"});
    tell("remove\t1");
    tell("remove\t2");
    wait_for({});
    tell("nonsense list");
    tell("add\t3\tmpv\tplaying\t0");
    wait_until([](const model::IdleInhibitors& all) { return !all.names.empty(); });
    tell("nonsense");
    tell("nudge");
    wait_for({}, {"org.freedesktop.PowerManagement"});
  });
}

// Plasma has that name, too, where it is about sleep.
TEST_F(SessionInhibitorsTest, WherePlasmaHasASayXfcesQuestionIsNotAsked) {
  const auto sleep = start("xfce");
  tell(*sleep, "add\t1\tdownload\trunning\t0");
  start_session("plasma");
  tell("add\t1\tmpv\tplaying\t4");
  with_inhibitors([&] {
    wait_for({"mpv (playing)"});
    tell("remove\t1");
    wait_for({});
    session_.reset();
    wait_for({"download"});
  });
}

TEST_F(SessionInhibitorsTest, ADesktopThatComesLaterIsHeardAndForgottenWhenItGoes) {
  with_inhibitors([this] {
    engine_.yield();
    EXPECT_TRUE(inhibitors_->inhibited_by().names.empty());
    start_session("plasma");
    tell("add\t1\tmpv\t\t4");
    wait_for({"mpv"});
    session_.reset();
    wait_for({});
  });
}

TEST_F(SessionInhibitorsTest, WithoutABusThereAreNone) {
  start_session("plasma");
  tell("add\t1\tmpv\t\t4");
  with_inhibitors([this] {
    wait_for({"mpv"});
    bus_.reset();
    wait_for({});
  });
}

TEST_F(SessionInhibitorsTest, OneThatNeverAnswersIsUnknownAndAskedAgainLater) {
  start_session("gnome");
  tell("mute");
  tell("add\t1\tmpv\t\t8");
  with_inhibitors([this] { wait_for({std::string("asking ") + kGnome}); });
  with_inhibitors(20ms, [this] {
    wait_for({}, {kGnome});
    tell("mute");  // now it would answer
    EXPECT_EQ(inhibitors_->inhibited_by().silent, Names{kGnome}) << "not before its time";
    clock_.step(SessionInhibitors::kPause);
    wait_for({"mpv"});
  });
}

TEST_F(SessionInhibitorsTest, OneThatHangsIsStillAskedWhenItSpeaksAgain) {
  start_session("plasma");
  session_->stop();
  with_inhibitors(20ms, [this] {
    wait_for({}, {"org.kde.Solid.PowerManagement.PolicyAgent"});
    session_->go_on();
    tell("add\t1\tmpv\t\t4");
    wait_for({"mpv"});
  });
}

TEST_F(SessionInhibitorsTest, WhatMakesNoSenseIsUnknown) {
  start_session("gnome");
  tell("nonsense");
  tell("add\t1\tmpv\t\t8");
  with_inhibitors([this] {
    wait_for({}, {kGnome});
    tell("nonsense");
    tell("nudge");
    wait_for({"mpv"});
  });
}

TEST_F(SessionInhibitorsTest, AListThatMakesNoSenseIsStillSomebody) {
  for (const char* const desktop : {"gnome", "plasma"}) {
    start_session(desktop);
    tell("nonsense list");
    tell("add\t1\tmpv\t\t12");
    with_inhibitors([this] { wait_for({"somebody"}); });
  }
}

TEST_F(SessionInhibitorsTest, AListThatNeverComesIsStillSomebody) {
  for (const char* const desktop : {"gnome", "plasma"}) {
    start_session(desktop);
    tell("mute list");
    tell("add\t1\tmpv\t\t12");
    with_inhibitors(20ms, [this] { wait_for({"somebody"}); });
  }
}

TEST_F(SessionInhibitorsTest, OneThatDiesWhileItIsAskedIsForgottenAndItsSuccessorAsked) {
  for (const char* const desktop : {"gnome", "plasma"}) {
    start_session(desktop);
    tell("mute list");
    tell("add\t1\tmpv\t\t12");
    with_inhibitors([&] {
      wait_until([](const auto& all) { return all.names.size() == 1; });  // "asking"
      session_->kill();
      wait_for({});
      start_session(desktop);
      tell("add\t2\tcall\t\t12");
      wait_for({"call"});
    });
  }
}

TEST_F(SessionInhibitorsTest, BothAtOnceAreHeardAndOneThatHangsDoesNotHideTheOther) {
  start_session("gnome");
  tell("mute");
  const auto plasma = start("plasma");
  tell(*plasma, "add\t1\tmpv\t\t4");
  with_inhibitors(20ms, [this] { wait_for({"mpv"}, {kGnome}); });
}

TEST_F(SessionInhibitorsTest, NamesAreCleanedAndCounted) {
  start_session("gnome");
  for (int number = 0; number < 40; ++number)
    tell("add\t" + std::to_string(number) +
         "\ta\x1b"
         "b\t\t8");
  with_inhibitors([this] { wait_for(Names(16, "a b")); });
}

// The bus could start a session manager of this name, as it could many a desktop's.
TEST_F(SessionInhibitorsTest, NoServiceIsStartedByBeingAsked) {
  const std::string started = directory_.path() + "/started";
  std::ofstream(directory_.path() + "/trap.service")
      << "[D-BUS Service]\nName=" << kGnome << "\nExec=/bin/sh -c 'touch " << started
      << "; exit 1'\n";
  bus_ = start_private_bus(socket_, directory_.path());
  const auto plasma = start("plasma");
  tell(*plasma, "add\t1\tmpv\t\t4");
  start_session("gnome");
  tell("add\t1\tcall\t\t8");
  with_inhibitors([&] {
    wait_for({"call", "mpv"});
    session_->stop();  // so that it is gone with a question open
    session_->kill();
    wait_for({"mpv"});
    EXPECT_FALSE(std::filesystem::exists(started));
  });
  // The trap is one: the bus answers when what it started has ended.
  auto asker = sdbus::createSessionBusConnectionWithAddress("unix:path=" + socket_);
  const auto proxy = compat::make_proxy(*asker, kGnome, "/");
  std::atomic<bool> answered = false;
  ASSERT_TRUE(compat::call(*proxy, "org.freedesktop.DBus.Peer", "Ping", nullptr, 1min,
                           [&](sdbus::Message*) { answered = true; }));
  while (!answered) ASSERT_TRUE(compat::process_one(*asker));
  EXPECT_TRUE(std::filesystem::exists(started));
}

}  // namespace
}  // namespace lull::agent::presence
