// SPDX-License-Identifier: MIT
#include "agent/presence/display_presence.h"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "agent/presence/x11_display.h"
#include "tests/agent/presence/logind_world.h"

// Against small scripts in place of lull-x11-presence; tests/desktop has the real one.
namespace lull::agent::presence {
namespace {

using namespace std::chrono_literals;

TEST(X11ReplyText, ReadsBackWhatWasWritten) {
  for (const X11Reply& reply :
       {X11Reply{90s, "mpv"}, X11Reply{0s, ""}, X11Reply{std::nullopt, "a b"}})
    EXPECT_EQ(*parse_x11_reply(format_x11_reply(reply)), reply);
}

TEST(X11ReplyText, NamesAreCleanedAndCut) {
  EXPECT_EQ(parse_x11_reply("idle 1 full-screen a\x1b[31m\tb")->full_screen, "a [31m b");
  EXPECT_EQ(parse_x11_reply("idle 1 full-screen " + std::string(500, 'x'))->full_screen.size(),
            80u);
}

TEST(X11ReplyText, TheProcessInFrontIsANumberOrUnknown) {
  for (const std::optional<pid_t> process : {std::optional<pid_t>(4711), std::optional<pid_t>()})
    EXPECT_EQ(parse_front_reply(format_front_reply(process)).value_or(-1), process);
  for (const char* line : {"", "front", "front ", "front 0", "front -1", "front 1x", "front ? ",
                           "front 99999999999", "idle 5 full-screen "})
    EXPECT_FALSE(parse_front_reply(line)) << line;
}

TEST(X11ReplyText, AnythingElseIsRefused) {
  for (const char* line : {"", "idle", "idle 5", "idle -5 full-screen ", "idle 5x full-screen ",
                           "idle 99999999999999999999 full-screen ", "idle  full-screen ",
                           "full-screen idle 5", "idle 4294967297 full-screen x"})
    EXPECT_FALSE(parse_x11_reply(line)) << line;
}

TEST(X11Display, IsAskedByItsSocketOnly) {
  EXPECT_EQ(local_display(":0"), "unix/:0");
  EXPECT_EQ(local_display(":10.1"), "unix/:10.1");
  EXPECT_EQ(local_display("unix:3"), "unix/:3");
  EXPECT_EQ(local_display("unix/:0.0"), "unix/:0.0");
}

TEST(X11Display, OfAnotherMachineIsNotAsked) {
  for (const char* display :
       {"", "0", "localhost:10.0", "10.1.2.3:0", "unix", "unixes:0", "tcp/host:0", "[::1]:0",
        "host::0", "unix/", "unix/host:0", "unix/unix/:0", "/tmp/x"})
    EXPECT_EQ(local_display(display), std::nullopt) << display;
}

class DisplayPresenceTest : public testing::Test {
 protected:
  // A program that answers with the lines of the file `answers`, and counts its starts.
  std::string program(const std::string& body) {
    std::string path = directory_.write(
        "helper", "#!/bin/sh\necho $$ >>'" + (directory_ / "starts") + "'\n" + body);
    ::chmod(path.c_str(), 0755);
    return path;
  }
  std::string answering(const std::string& line) {
    say(line);
    return program("while read question; do cat '" + (directory_ / "answer") + "'; done\n");
  }
  // All at once: the program may be reading it.
  void say(const std::string& line) {
    directory_.write("answer.new", line + "\n");
    std::rename((directory_ / "answer.new").c_str(), (directory_ / "answer").c_str());
  }
  std::vector<pid_t> starts() const {
    std::ifstream file(directory_ / "starts");
    std::vector<pid_t> pids;
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  }

  void run(const std::string& path, const std::function<void(DisplayPresence&)>& story,
           base::Duration lease = 10min) {
    engine_.run([&] {
      DisplayPresence::Options options;
      options.find_program = [path] { return base::Result<std::string>(path); };
      options.idle_after = [] { return base::Duration(2min); };
      options.changed = [this] { news_.set(); };
      options.patience = patience_;
      options.lease = lease;
      options.possible = possible_;
      options.knows_since_start = knows_since_start_;
      DisplayPresence x11(engine_, blocking_, std::move(options));
      story(x11);
    });
  }
  // Looks, and waits for the news that were promised.
  DisplayPresence::Look look(DisplayPresence& x11) {
    news_.reset();
    while (x11.look().asking) {
      news_.wait();
      news_.reset();
    }
    return x11.look();
  }

  support::TempDir directory_;
  bool possible_ = true;
  bool knows_since_start_ = false;
  base::Duration patience_ = 30s;
  SteppedTime time_;
  scheduler::Engine engine_{time_};
  scheduler::BlockingPool blocking_{1};
  scheduler::Event news_{engine_};
};

TEST_F(DisplayPresenceTest, AsksAProgramAndTellsWhenItHasAnswered) {
  run(answering("idle 300000 full-screen mpv"), [&](DisplayPresence& x11) {
    EXPECT_TRUE(x11.look().asking);
    EXPECT_EQ(look(x11).reply, (X11Reply{5min, "mpv"}));
    EXPECT_EQ(starts().size(), 1u);
  });
  EXPECT_EQ(::kill(starts().at(0), 0), -1) << "it ends with us, and is reaped";
}

TEST_F(DisplayPresenceTest, AsksTheSameProgramAgainAndHearsOfSomebodyWhoComesBack) {
  run(answering("idle 300000 full-screen "), [&](DisplayPresence& x11) {
    EXPECT_EQ(look(x11).reply->idle, 5min);
    say("idle 20 full-screen ");
    time_.step(100ms);
    EXPECT_EQ(x11.look().reply->idle, 5min) << "the last word, until the next";
    news_.wait();  // comes of itself
    EXPECT_EQ(x11.look().reply->idle, 20ms);
    EXPECT_EQ(starts().size(), 1u);
  });
}

TEST_F(DisplayPresenceTest, DoesNotAskWhileTheLastAnswerTellsEnough) {
  run(answering("idle 10000 full-screen "), [&](DisplayPresence& x11) {
    EXPECT_EQ(look(x11).reply->idle, 10s);
    say("idle 300000 full-screen ");
    time_.step(109s);
    EXPECT_EQ(x11.look().reply->idle, 10s) << "nobody can have been away for two minutes";
    time_.step(2s);
    EXPECT_EQ(look(x11).reply->idle, 5min);
  });
}

TEST_F(DisplayPresenceTest, AnAnswerThatIsOldIsNoAnswer) {
  run(answering("idle 300000 full-screen "), [&](DisplayPresence& x11) {
    EXPECT_EQ(look(x11).reply->idle, 5min);
    time_.step(2s);
    EXPECT_TRUE(x11.look().asking);
    EXPECT_EQ(look(x11).reply->idle, 5min);
  });
}

TEST_F(DisplayPresenceTest, EndsTheProgramWhenNobodyAsksAnyMore) {
  run(
      answering("idle 300000 full-screen "),
      [&](DisplayPresence& x11) {
        look(x11);
        // Were it never to end, ctest's time-out would end the test.
        const pid_t pid = starts().at(0);
        while (::kill(pid, 0) == 0) engine_.sleep_for(1ms);
        time_.step(1min);
        EXPECT_EQ(look(x11).reply->idle, 5min) << "and starts another";
        EXPECT_EQ(starts().size(), 2u);
      },
      1ms);
}

TEST_F(DisplayPresenceTest, AProgramThatKnowsSinceItsStartStaysUntilSomebodyCanBeAway) {
  knows_since_start_ = true;
  run(
      answering("idle 0 full-screen "),
      [&](DisplayPresence& x11) {
        EXPECT_EQ(look(x11).reply->idle, 0s);
        say("idle 119000 full-screen ");
        time_.step(2min);  // nobody has asked meanwhile: there was nothing to be learnt
        EXPECT_EQ(look(x11).reply->idle, 119s);
        EXPECT_EQ(starts().size(), 1u);
      },
      1min);
}

TEST_F(DisplayPresenceTest, AfterAFailureNothingIsKnownAndNothingTriedForAWhile) {
  run(answering("some rubbish"), [&](DisplayPresence& x11) {
    EXPECT_EQ(look(x11).reply, std::nullopt);
    time_.step(50s);
    EXPECT_FALSE(x11.look().asking);
    say("idle 300000 full-screen ");
    time_.step(11s);
    EXPECT_EQ(look(x11).reply->idle, 5min);
    EXPECT_EQ(starts().size(), 2u);
  });
}

TEST_F(DisplayPresenceTest, AProgramThatIsSilentIsNotWaitedForForEver) {
  patience_ = 1ms;
  run(program("while read question; do :; done\n"), [&](DisplayPresence& x11) {
    EXPECT_EQ(look(x11).reply, std::nullopt);
    EXPECT_FALSE(x11.look().asking);
  });
}

TEST_F(DisplayPresenceTest, AProgramThatEndsOrIsNotThereMakesItUnknown) {
  run(program("exit 1\n"), [&](DisplayPresence& x11) { EXPECT_EQ(look(x11).reply, std::nullopt); });
  run(directory_ / "nothing",
      [&](DisplayPresence& x11) { EXPECT_EQ(look(x11).reply, std::nullopt); });
}

TEST_F(DisplayPresenceTest, NobodyIsAskedWhereItCannotBeTrue) {
  possible_ = false;
  run(answering("idle 300000 full-screen "), [&](DisplayPresence& x11) {
    EXPECT_FALSE(x11.look().asking);
    EXPECT_EQ(x11.look().reply, std::nullopt);
  });
  EXPECT_TRUE(starts().empty());
}

TEST(WhichDisplay, IsTheOneThatHearsOfAllInput) {
  using Variables = std::map<std::string, std::string>;
  const auto lookup = [](const Variables& variables) {
    return [variables](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string(name));
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
  };
  for (const Variables& variables : {Variables{},
                                     {{"DISPLAY", ""}},
                                     {{"DISPLAY", "localhost:10.0"}},
                                     {{"DISPLAY", ":0"}, {"XDG_SESSION_TYPE", "wayland"}}}) {
    EXPECT_FALSE(is_on_x11(lookup(variables)));
    EXPECT_FALSE(is_on_wayland(lookup(variables)));
  }
  const Variables both{{"DISPLAY", ":0"}, {"WAYLAND_DISPLAY", "wayland-0"}};
  EXPECT_FALSE(is_on_x11(lookup(both)));
  EXPECT_TRUE(is_on_wayland(lookup(both)));
  EXPECT_TRUE(is_on_x11(lookup({{"DISPLAY", ":0"}, {"XDG_SESSION_TYPE", "x11"}})));
}

}  // namespace
}  // namespace lull::agent::presence
