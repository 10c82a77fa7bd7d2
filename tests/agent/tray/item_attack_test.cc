// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>

#include "tests/agent/tray/tray_world.h"

namespace lull::agent::tray {
namespace {

constexpr const char* kInvalid = "org.freedesktop.DBus.Error.InvalidArgs";
constexpr const char* kNoMethod = "org.freedesktop.DBus.Error.UnknownMethod";

// Whoever is on the bus may say anything to the item. It answers with an error and stays what it
// is.
class ItemAttack : public TrayWorld {
 protected:
  void attack(const std::function<void(Tray& tray)>& body) {
    start_bus();
    panel = start_panel();
    with_item([&](Tray& tray) {
      ASSERT_EQ(tell("watch", "yes"), "ok");
      ASSERT_NE(tell("item"), "");
      body(tray);
      EXPECT_EQ(tell("get", "Id"), "lull") << "it is still there";
    });
  }
};

TEST_F(ItemAttack, ArgumentsOfWrongTypesAreRefused) {
  attack([&](Tray&) {
    EXPECT_EQ(tell("call", "Activate", "ss", "left", "right"), kInvalid);
    EXPECT_EQ(tell("call", "Activate", "i", "1"), kInvalid);
    EXPECT_EQ(tell("call", "Activate", ""), kInvalid);
    EXPECT_EQ(tell("call", "Scroll", "ii", "1", "2"), kInvalid);
    EXPECT_EQ(tell("menu", "Event", "sisu", "a", "1", "b", ""), kInvalid);
    EXPECT_EQ(tell("menu", "GetLayout", "i", "0"), kInvalid);
    EXPECT_EQ(tell("call", "Explode", "i", "1"), kNoMethod);
    EXPECT_TRUE(wishes.empty());
  });
}

TEST_F(ItemAttack, CoordinatesFromAnotherWorldArePassedOnAsTheyAre) {
  attack([&](Tray&) {
    EXPECT_EQ(tell("call", "Activate", "ii", "-2147483648", "2147483647"), "ok");
    wait_for_wishes(1);
    EXPECT_EQ(wishes[0].at->x, std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(wishes[0].at->y, std::numeric_limits<std::int32_t>::max());
  });
}

TEST_F(ItemAttack, MenuItemsThatAreNotThereAreErrors) {
  attack([&](Tray&) {
    for (const char* id : {"-1", "13", "99", "2147483647", "-2147483648"}) {
      EXPECT_EQ(tell("menu", "Event", "isvu", id, "clicked", "", ""), kInvalid) << id;
      EXPECT_EQ(tell("layout-of", id), kInvalid) << id;
      EXPECT_EQ(tell("about-to-show", id), kInvalid) << id;
      EXPECT_EQ(tell("menu", "GetProperty", "is", id, "label"), kInvalid) << id;
    }
    EXPECT_EQ(tell("menu", "GetProperty", "is", "1", "soul"), kInvalid);
    EXPECT_EQ(tell("menu", "GetProperty", "is", "1", "label"), "ok");
    EXPECT_EQ(tell("events", "3", "77"), kInvalid);
    EXPECT_TRUE(wishes.empty());
  });
}

TEST_F(ItemAttack, TooMuchAtOnceIsRefused) {
  attack([&](Tray&) {
    EXPECT_EQ(tell("events", "100000", "8"), kInvalid);
    EXPECT_EQ(tell("properties", "100000"), kInvalid);
    EXPECT_EQ(tell("properties", "200"), "ok");
    EXPECT_TRUE(wishes.empty());
  });
}

TEST_F(ItemAttack, AStormOfClicksIsAFewWishes) {
  attack([&](Tray&) {
    EXPECT_EQ(tell("events", "200", "1"), "ok");
    wait_for_wishes(1);
    for (int turn = 0; turn < 50; ++turn) engine.yield();
    EXPECT_LE(wishes.size(), 16U);
  });
}

TEST_F(ItemAttack, APeerThatAsksAndDiesIsForgotten) {
  attack([&](Tray&) {
    for (int round = 0; round < 5; ++round) {
      const auto other = start_panel();
      // It learns the item's name as a watcher does.
      ASSERT_EQ(tell("unwatch"), "ok");
      ASSERT_EQ(tell_to(*other, "watch", "yes"), "ok");
      ASSERT_NE(tell_to(*other, "item"), "");
      ASSERT_EQ(tell_to(*other, "shout"), "ok");
      ASSERT_EQ(tell("watch", "yes"), "ok");
      ASSERT_NE(tell("item"), "");
    }
  });
}

TEST_F(ItemAttack, AWatcherThatTalksNonsenseShowsNothing) {
  start_bus();
  panel = start_panel();
  with_item([&](Tray& tray) {
    ASSERT_EQ(tell("watch", "nonsense"), "ok");
    ASSERT_NE(tell("item"), "");
    tell("signals");
    reading.memory->available_bytes = 100;
    tray.news();
    EXPECT_EQ(tell("signals"), "none");
  });
}

TEST_F(ItemAttack, AStuckPanelHoldsNothingUp) {
  start_bus();
  panel = start_panel();
  panel->write_line("watch\tyes");
  ASSERT_EQ(panel->read_line(), "ok");
  panel->stop();
  with_item([&](Tray& tray) {
    tray.news();
    for (int turn = 0; turn < 50; ++turn) engine.yield();
  });
  panel->go_on();
}

}  // namespace
}  // namespace lull::agent::tray
