// SPDX-License-Identifier: MIT
#include "agent/notify/notifier.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "scheduler/event.h"
#include "scheduler/offload.h"
#include "tests/agent/presence/child.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::notify {
namespace {

using presence::Child;
using Strings = std::vector<std::string>;

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() {
    ::setenv("DBUS_SESSION_BUS_ADDRESS", ("unix:path=" + directory.path() + "/bus").c_str(), 1);
    bus = presence::start_private_bus(directory.path() + "/bus");
  }
  ~NotifierTest() override { ::unsetenv("DBUS_SESSION_BUS_ADDRESS"); }

  void start_desktop(Strings abilities) {
    abilities.insert(abilities.begin(), LULL_FAKE_DESKTOP);
    desktop = std::make_unique<Child>(abilities);
    ASSERT_EQ(desktop->read_line(), "ok");
  }

  // On a fiber, with a notifier on the bus.
  void with_notifier(const std::function<void(Notifier&)>& body,
                     base::Duration patience = Notifier::kPatience) {
    engine.run([&] {
      Notifier notifier(engine.time(),
                        {[this](const std::string& topic, const std::string& key) {
                           chosen += topic + ":" + key + ";";
                           news.set();
                         },
                         [this] {
                           ++listeners;
                           news.set();
                         }},
                        patience);
      const presence::SessionBus session(engine, blocking, base::process_environment, {&notifier});
      while (!notifier.post(asked("first", "on the bus"))) engine.yield();
      body(notifier);
    });
  }

  std::string tell(const std::string& line) {
    return scheduler::offload(engine, talk, [&] {
      desktop->write_line(line);
      return desktop->read_line();
    });
  }
  void wait_for_choice() {
    while (chosen.empty()) wait_for_news();
  }
  void wait_for_news() {
    news.wait();
    news.reset();
  }
  // Notes what becomes of a notice.
  Answered answer_of(const std::string& name) {
    return [this, name](bool shown) {
      answers += name + (shown ? " shown;" : " lost;");
      news.set();
    };
  }
  void wait_for_answer(const std::string& answer) {
    while (answers.find(answer) == std::string::npos) wait_for_news();
  }

  static Notice asked(const std::string& topic, const std::string& title) {
    Notice notice;
    notice.topic = topic;
    notice.title = title;
    notice.asked_for = true;
    return notice;
  }

  support::TempDir directory;
  scheduler::Engine engine;
  scheduler::BlockingPool blocking{1}, talk{1};
  scheduler::Event news{engine};
  std::unique_ptr<Child> bus, desktop;
  std::string chosen, answers;
  int listeners = 0;
};

TEST_F(NotifierTest, TheNextOfATopicTakesThePlaceOfTheOneBefore) {
  start_desktop({});
  with_notifier([&](Notifier& notifier) {
    EXPECT_EQ(tell("await"), "1|0|on the bus|||-1");
    notifier.post(asked("pressure", "one"));
    EXPECT_EQ(tell("await"), "2|0|one|||-1");
    notifier.post(asked("pressure", "two"));
    EXPECT_EQ(tell("await"), "2|2|two|||-1");
    tell("close\t2");
    notifier.post(asked("other", "three"));
    EXPECT_EQ(tell("await"), "3|0|three|||-1");
    // It takes the place of the one before, so that one's answer has come, and the signal before
    // it.
    notifier.post(asked("other", "three again"));
    EXPECT_EQ(tell("await"), "3|3|three again|||-1");
    notifier.post(asked("pressure", "four"));
    EXPECT_EQ(tell("await"), "4|0|four|||-1") << "what was closed is not replaced";
  });
}

TEST_F(NotifierTest, OfManyAtOnceTheLastIsShown) {
  start_desktop({});
  with_notifier([&](Notifier& notifier) {
    EXPECT_EQ(tell("await"), "1|0|on the bus|||-1");
    for (int count = 0; count < 100; ++count)
      notifier.post(asked("pressure", std::to_string(count)));
    std::string last = tell("await");
    while (last.find("|99|") == std::string::npos) last = tell("await");
    EXPECT_EQ(tell("count"), "3") << "the first of all, the first and the last of a hundred";
  });
}

TEST_F(NotifierTest, ActionsAreOfferedWhereTheDesktopHasThem) {
  start_desktop({"actions", "body-markup"});
  with_notifier([&](Notifier& notifier) {
    tell("await");
    Notice notice = asked("clean", "Cleaned");
    notice.body = "a < b & c";
    notice.actions = {{"undo", "Undo"}, {"review", "Review"}};
    notice.urgent = true;
    notifier.post(notice);
    EXPECT_EQ(tell("await"), "2|0|Cleaned|a &lt; b &amp; c|undo=Undo,review=Review|0");
    tell("invoke\t2\tundo");
    wait_for_choice();
    EXPECT_EQ(chosen, "clean:undo;");
  });
}

TEST_F(NotifierTest, ADesktopWithoutActionsOrMarkupGetsPlainText) {
  start_desktop({"body"});
  with_notifier([&](Notifier& notifier) {
    tell("await");
    Notice notice = asked("clean", "Cleaned");
    notice.body = "a < b";
    notice.actions = {{"undo", "Undo"}};
    notifier.post(notice);
    EXPECT_EQ(tell("await"), "2|0|Cleaned|a < b||-1");
  });
}

TEST_F(NotifierTest, ChoicesThatWereNotOfferedDoNotCount) {
  start_desktop({"actions"});
  with_notifier([&](Notifier& notifier) {
    tell("await");
    Notice notice = asked("clean", "Cleaned");
    notice.actions = {{"undo", "Undo"}};
    notifier.post(notice);
    tell("await");
    tell("invoke\t2\tformat-disk");
    tell("invoke\t77\tundo");
    tell("invoke\t1\tundo");
    tell("invoke\t2\tundo");
    wait_for_choice();
    EXPECT_EQ(chosen, "clean:undo;");
  });
}

TEST_F(NotifierTest, RareOnesAreHeldBack) {
  start_desktop({});
  with_notifier([&](Notifier& notifier) {
    Notice notice = asked("pressure", "again");
    notice.asked_for = false;
    EXPECT_TRUE(notifier.post(notice));
    EXPECT_FALSE(notifier.post(notice));
  });
}

TEST_F(NotifierTest, NobodyWhoShowsThemIsNoTrouble) {
  with_notifier([&](Notifier& notifier) {
    for (int turn = 0; turn < 50; ++turn) engine.yield();
    EXPECT_TRUE(notifier.post(asked("a", "into the void")));
  });
}

TEST_F(NotifierTest, CountsAsShownWhenTheDesktopHasSaidSo) {
  start_desktop({});
  with_notifier([&](Notifier& notifier) {
    EXPECT_TRUE(notifier.post(asked("a", "?"), answer_of("a")));
    wait_for_answer("a shown;");
    EXPECT_EQ(answers, "a shown;");
  });
}

TEST_F(NotifierTest, CountsAsLostWhereNobodyShowsIt) {
  with_notifier([&](Notifier& notifier) {
    Notice notice = asked("a", "?");
    notice.asked_for = false;
    EXPECT_TRUE(notifier.post(notice, answer_of("first")));
    wait_for_answer("first lost;");
    EXPECT_TRUE(notifier.post(notice, answer_of("second"))) << "what nobody saw was not too much";
    wait_for_answer("second lost;");
  });
}

TEST_F(NotifierTest, CountsAsLostWhereItIsRefused) {
  for (const char* manner : {"refusing", "nonsense"}) {
    start_desktop({manner});
    answers.clear();
    with_notifier([&](Notifier& notifier) {
      notifier.post(asked("a", "?"), answer_of("a"));
      wait_for_answer("a lost;");
    });
    desktop.reset();
  }
}

TEST_F(NotifierTest, ADesktopThatNeverAnswersHoldsNobodyUp) {
  start_desktop({"silent"});
  with_notifier(
      [&](Notifier& notifier) {
        notifier.post(asked("a", "one"), answer_of("one"));
        notifier.post(asked("a", "two"), answer_of("two"));
        notifier.post(asked("a", "three"), answer_of("three"));
        wait_for_answer("three lost;");
        EXPECT_EQ(answers, "one lost;two lost;three lost;") << "each is answered, once";
      },
      std::chrono::milliseconds(20));
}

TEST_F(NotifierTest, WhatWaitsForAnAnswerIsLostWithTheBus) {
  start_desktop({"silent"});
  with_notifier([&](Notifier& notifier) {
    notifier.post(asked("a", "one"), answer_of("one"));
    // In the order of their topics: they waited for what the desktop can do.
    EXPECT_EQ(tell("await"), "1|0|one|||-1");
    EXPECT_EQ(tell("await"), "2|0|on the bus|||-1");
    notifier.post(asked("a", "two"), answer_of("two"));
    EXPECT_EQ(answers, "");
  });
  EXPECT_EQ(answers, "one lost;two lost;");
}

TEST_F(NotifierTest, SaysWhenADesktopComes) {
  with_notifier([&](Notifier&) {
    EXPECT_EQ(listeners, 1) << "there is a bus, and perhaps a desktop";
    scheduler::offload(engine, talk, [&] { start_desktop({}); });
    while (listeners < 2) wait_for_news();
    desktop.reset();
    scheduler::offload(engine, talk, [&] { start_desktop({}); });
    while (listeners < 3) wait_for_news();
  });
}

TEST_F(NotifierTest, ADesktopThatTalksNonsenseIsNoTrouble) {
  start_desktop({"nonsense"});
  with_notifier([&](Notifier& notifier) {
    for (int count = 0; count < 20; ++count) {
      notifier.post(asked("a", "?"));
      tell("count");
    }
  });
  EXPECT_EQ(chosen, "");
}

TEST_F(NotifierTest, AnotherDesktopIsAskedAnew) {
  start_desktop({"actions"});
  with_notifier([&](Notifier& notifier) {
    tell("await");
    desktop.reset();
    scheduler::offload(engine, talk, [&] { start_desktop({}); });
    std::string shown;
    // Until the news of the other desktop has come, the old answer may still be believed. Each is
    // about something else, so that none replaces the one before.
    int round = 0;
    do {
      Notice notice = asked("round " + std::to_string(++round), "again");
      notice.actions = {{"undo", "Undo"}};
      notifier.post(notice);
      shown = tell("await");
    } while (shown.find("undo") != std::string::npos);
    EXPECT_EQ(shown.substr(shown.find('|')), "|0|again|||-1");
  });
}

}  // namespace
}  // namespace lull::agent::notify
