// SPDX-License-Identifier: MIT
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/agent/presence/child.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/integration/own_etc.h"
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
  void write_more(const std::string& name) {
    user_.write(".cache/mine/" + name, std::string(5000, 'm'));
    wait_for_the_next_tick();
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

// ---- what else is said and clicked --------------------------------------------------------------

TEST_F(Notices, ARuleThatWasUndoneTwicePausesAndSaysSo) {
  text({"config", "set", "automation.clean", "on"});
  text({"run", "clean-idle"});
  EXPECT_EQ(notice()[2], "To be cleaned the next time");
  text({"run", "clean-idle"});
  EXPECT_FALSE(there("a"));
  text({"undo"});
  EXPECT_TRUE(there("a"));
  write_more("c");
  text({"run", "clean-idle"});
  EXPECT_FALSE(there("c"));
  text({"undo"});
  EXPECT_TRUE(there("c"));
  auto paused = notice();
  while (paused[2] != "Not cleaned by itself any more") paused = notice();
  EXPECT_THAT(paused[3], HasSubstr("mine was undone twice and pauses"));
  EXPECT_THAT(paused[3], HasSubstr("`lull rules resume`"));
  write_more("d");
  text({"run", "clean-idle"});
  EXPECT_TRUE(there("d"));
  text({"rules", "resume", "mine"});
  text({"run", "clean-idle"});
  EXPECT_FALSE(there("d"));
  EXPECT_TRUE(there("a") && there("c")) << "what was given back stays all the same";
}

TEST_F(Notices, ReviewOpensTheHistoryInTheWindow) {
  // An agent with a window of the test's own beside it, which says with what it was started.
  const std::string words = user_.temp() / "words";
  ASSERT_EQ(::mkfifo(words.c_str(), 0600), 0);
  fs::create_directories(user_.temp() / "bin");
  fs::copy_file(LULL_BINARY, user_.temp() / "bin/lull");
  fs::permissions(user_.temp().write("bin/lull-popover", "#!/bin/sh\necho \"$@\" > " + words),
                  fs::perms::owner_all);
  agent_.reset();
  agent_ = user_.start_program({user_.temp() / "bin/lull", "agent"});
  wait_for_the_item();
  text({"run", "clean-idle"});
  click(notice(), "review");
  std::string line;
  std::getline(std::ifstream(words) >> std::ws, line);
  EXPECT_EQ(line, "--page history");
}

TEST_F(Notices, TurnOnIsRefusedWithAReasonWhereTheMachinesSettingsLockIt) {
  if (!make_own_etc(user_)) GTEST_SKIP() << "needs root, or the right to mount";
  user_.temp().write("etc/lull/config.toml",
                     "locked = [\"automation.clean\"]\n[automation]\nclean = \"rehearse\"\n");
  agent_.reset();
  agent_ = user_.start({"agent"}, use_own_etc);
  wait_for_the_item();
  text({"run", "clean-idle"});
  const auto rehearsal = notice();
  EXPECT_EQ(rehearsal[2], "Lull could clean by itself");
  click(rehearsal, "turn-on");
  const auto refused = notice();
  EXPECT_EQ(refused[2], "Not turned on");
  EXPECT_THAT(refused[3], HasSubstr("automation.clean is locked by /etc/lull/config.toml"));
  EXPECT_THAT(text({"config"}), HasSubstr("clean = \"rehearse\""));
  text({"run", "clean-idle"});
  EXPECT_TRUE(there("a") && there("b"));
}

}  // namespace
}  // namespace lull::integration
