// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/presence/child.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/integration/own_rule.h"
#include "tests/support/sandbox.h"

// Clicks on notices, from the button on the desktop to the files: the real program on a message bus
// of the test's own, and a desktop that shows what it is told to and presses what it is told to.
namespace lull::integration {
namespace {

namespace fs = std::filesystem;
using agent::presence::Child;
using support::Finished;
using support::Process;
using support::Sandbox;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Notices : public ::testing::Test {
 protected:
  void SetUp() override {
    write_own_rule(user_);
    for (const char* name : {"a", "b"})
      user_.write(std::string(".cache/mine/") + name, std::string(5000, *name));
    wait_for_the_next_tick();
    const std::string socket = user_.temp() / "session-bus";
    bus_ = agent::presence::start_private_bus(socket);
    user_.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + socket);
    ::setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + socket).c_str(), 1);
    start_desktop("actions");
    start_agent();
  }
  void start_desktop(const std::string& manner) {
    desktop_.reset();  // there is room for one
    desktop_ = std::make_unique<Child>(std::vector<std::string>{LULL_FAKE_DESKTOP, manner});
    ASSERT_EQ(desktop_->read_line(), "ok");
  }
  ~Notices() override { ::unsetenv("DBUS_SESSION_BUS_ADDRESS"); }

  // Until it handles messages: its status item answers then.
  // What it has begun to write down the one before writes to the end.
  void start_agent() {
    if (agent_) {
      agent_->signal(SIGTERM);
      EXPECT_EQ(agent_->wait().exit_code, 0);
    }
    agent_ = user_.start_agent();
    wait_for_the_item();
  }
  void wait_for_the_item() {
    const std::string name = "org.kde.StatusNotifierItem-" + std::to_string(agent_->pid()) + "-1";
    ASSERT_EQ(gdbus({"wait", "--session", name}), 0);
    ASSERT_EQ(gdbus({"call", "--session", "-d", name, "-o", "/StatusNotifierItem", "-m",
                     "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierItem", "Id"}),
              0);
  }
  int gdbus(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/gdbus");
    return user_.start_program(words)->wait().exit_code;
  }
  std::string tell(const std::string& line) {
    desktop_->write_line(line);
    return desktop_->read_line();
  }
  // "id|replaces|title|body|key=label,…|timeout" of the next notice.
  std::vector<std::string> notice() {
    std::vector<std::string> fields;
    const std::string line = tell("await");
    for (std::size_t from = 0, to = 0; to != std::string::npos; from = to + 1)
      fields.push_back(line.substr(from, (to = line.find('|', from)) - from));
    fields.resize(6);
    return fields;
  }
  void click(const std::vector<std::string>& notice, const std::string& key) {
    ASSERT_EQ(tell("invoke\t" + notice[0] + "\t" + key), "ok");
  }
  std::string text(const std::vector<std::string>& arguments) {
    const Finished done = user_.lull(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }
  bool there(const std::string& name) const {
    return fs::exists(user_.home() + "/.cache/mine/" + name);
  }

  Sandbox user_;
  std::unique_ptr<Child> bus_, desktop_;
  std::unique_ptr<Process> agent_;
};

TEST_F(Notices, TurnOnTurnsItOnAndUndoGivesBack) {
  text({"run", "clean-idle"});
  const auto rehearsal = notice();
  EXPECT_EQ(rehearsal[2], "Lull could clean by itself");
  EXPECT_EQ(rehearsal[4], "review=Review,turn-on=Turn on");
  EXPECT_TRUE(there("a") && there("b"));
  EXPECT_THAT(text({"config"}), HasSubstr("clean = \"rehearse\""));
  click(rehearsal, "turn-on");
  EXPECT_EQ(notice()[2], "Lull cleans by itself now");
  EXPECT_THAT(text({"config"}), HasSubstr("clean = \"on\""));
  EXPECT_TRUE(there("a") && there("b")) << "turning it on moves nothing yet";

  start_agent();  // else the next notice would come too soon after the first
  text({"run", "clean-idle"});
  const auto cleaned = notice();
  EXPECT_THAT(cleaned[2], StartsWith("Cleaned "));
  EXPECT_THAT(cleaned[4], StartsWith("undo:"));
  EXPECT_FALSE(there("a") || there("b"));
  click(cleaned, cleaned[4].substr(0, cleaned[4].find('=')));
  EXPECT_EQ(notice()[2], "Undone");
  EXPECT_TRUE(there("a") && there("b"));
  const Finished history = user_.lull({"history", "-n", "1", "--json"});
  EXPECT_EQ(history.json().at(0).at("kind"), "undo");
  EXPECT_EQ(history.json().at(0).at("origin"), "user");
}

TEST_F(Notices, ClicksThatNobodyOfferedDoNothing) {
  text({"run", "clean-idle"});
  const auto rehearsal = notice();
  click({"4711"}, "turn-on");   // somebody else's
  click(rehearsal, "undo:1");   // it has no such button
  text({"run", "clean-idle"});  // meanwhile the desktop's answer has come
  start_agent();
  EXPECT_THAT(text({"config"}), HasSubstr("clean = \"rehearse\""));
  text({"run", "clean-idle"});
  click(rehearsal, "turn-on");  // of an agent that is no more
  EXPECT_THAT(text({"config"}), HasSubstr("clean = \"rehearse\""));
  EXPECT_TRUE(there("a") && there("b"));
  EXPECT_EQ(tell("count"), "1") << "shown once";
}

// ---- desktops that come late, or never answer ---------------------------------------------------

TEST_F(Notices, ARehearsalIsToldWhenSomebodyShowsNoticesAndOnceOnly) {
  desktop_.reset();
  text({"run", "clean-idle"});
  text({"run", "clean-idle"});
  start_desktop("actions");
  EXPECT_EQ(notice()[2], "Lull could clean by itself");
  text({"run", "clean-idle"});
  start_desktop("actions");
  start_agent();
  text({"run", "clean-idle"});
  EXPECT_EQ(tell("count"), "0") << "it was told";
}

TEST_F(Notices, ARehearsalOfAnAgentThatHadNoDesktopIsToldByTheNext) {
  desktop_.reset();
  text({"run", "clean-idle"});
  agent_.reset();
  start_desktop("actions");
  start_agent();
  EXPECT_EQ(notice()[2], "Lull could clean by itself");
}

TEST_F(Notices, ADesktopThatNeverAnswersBlocksNothingAndIsToldAgain) {
  start_desktop("silent");
  text({"run", "clean-idle"});
  EXPECT_EQ(notice()[2], "Lull could clean by itself") << "it was sent, and there is no answer";
  text({"status"});
  text({"run", "scan"});
  text({"config", "set", "automation.clean", "on"});
  text({"run", "clean-idle"});
  EXPECT_FALSE(there("a") || there("b")) << "cleaning goes on";
  start_desktop("actions");
  EXPECT_THAT(notice()[2], StartsWith("Cleaned ")) << "what there is to tell by now";
}

TEST_F(Notices, ADesktopThatNeverAnswersDoesNotHoldUpTheEnd) {
  start_desktop("silent");
  text({"run", "clean-idle"});
  EXPECT_EQ(notice()[2], "Lull could clean by itself");
  agent_->signal(SIGTERM);
  EXPECT_EQ(agent_->wait().exit_code, 0);
}

}  // namespace
}  // namespace lull::integration
