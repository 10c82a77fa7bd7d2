// SPDX-License-Identifier: MIT
#include "tests/agent/tray/tray_world.h"

namespace lull::agent::tray {
namespace {

class Item : public TrayWorld {
 protected:
  void SetUp() override {
    start_bus();
    panel = start_panel();
  }
  // With an item that a panel shows.
  void with_shown_item(const std::function<void(Tray& tray)>& body) {
    with_item([&](Tray& tray) {
      ASSERT_EQ(tell("watch", "yes"), "ok");
      ASSERT_EQ(tell("item").substr(0, 27), "org.kde.StatusNotifierItem-");
      body(tray);
    });
  }
};

TEST_F(Item, RegistersWithAWatcherThatIsThere) {
  panel->write_line("watch\tyes");
  ASSERT_EQ(panel->read_line(), "ok");
  with_item([&](Tray&) { EXPECT_NE(tell("item"), ""); });
}

TEST_F(Item, RegistersWithAWatcherThatComesLater) {
  with_shown_item([](Tray&) {});
}

TEST_F(Item, IsBackWhenTheWatcherIsBack) {
  with_shown_item([&](Tray&) {
    for (int round = 0; round < 20; ++round) {
      ASSERT_EQ(tell("unwatch"), "ok");
      ASSERT_EQ(tell("watch", "yes"), "ok");
      EXPECT_NE(tell("item"), "");
    }
  });
}

TEST_F(Item, IsBackWhenAnotherPanelTakesOver) {
  with_shown_item([&](Tray&) {
    panel->kill();
    panel = start_panel();
    ASSERT_EQ(tell("watch", "yes"), "ok");
    EXPECT_NE(tell("item"), "");
  });
}

TEST_F(Item, ShowsWhatPanelsAskFor) {
  choice.label = TrayLabel::kMemory;
  with_shown_item([&](Tray&) {
    EXPECT_EQ(tell("get", "Id"), "lull");
    EXPECT_EQ(tell("get", "Title"), "Lull");
    EXPECT_EQ(tell("get", "Category"), "SystemServices");
    EXPECT_EQ(tell("get", "Status"), "Active");
    EXPECT_EQ(tell("get", "IconName"), "") << "else a theme's icon would win";
    EXPECT_EQ(tell("get", "Menu"), "/MenuBar");
    EXPECT_EQ(tell("get", "ItemIsMenu"), "0");
    EXPECT_EQ(tell("get", "IconPixmap"), "16x16:1024 22x22:1936 24x24:2304 32x32:4096 48x48:9216");
    EXPECT_EQ(tell("get", "XAyatanaLabel"), "50 %");
    EXPECT_EQ(tell("get", "XAyatanaLabelGuide"), "100 %");
    EXPECT_EQ(tell("get", "ToolTip"),
              "Lull: memory pressure is normal|Memory: about 50 % of 0.0 GiB in use;"
              "Memory pressure: normal;Processor: unknown;Nothing is due");
  });
}

TEST_F(Item, ClicksBecomeWishesWithTheirPlace) {
  with_shown_item([&](Tray&) {
    EXPECT_EQ(tell("call", "Activate", "ii", "640", "12"), "ok");
    EXPECT_EQ(tell("call", "SecondaryActivate", "ii", "1", "2"), "ok");
    EXPECT_EQ(tell("call", "ContextMenu", "ii", "-3", "4"), "ok");
    wait_for_wishes(3);
    EXPECT_EQ(wishes[0].wish, TrayWish::kOpen);
    EXPECT_EQ(wishes[0].at->x, 640);
    EXPECT_EQ(wishes[0].at->y, 12);
    EXPECT_EQ(wishes[1].wish, TrayWish::kTogglePause);
    EXPECT_EQ(wishes[2].wish, TrayWish::kOpen);
    EXPECT_EQ(wishes[2].at->x, -3);
  });
}

TEST_F(Item, TheWheelChangesThePicture) {
  with_shown_item([&](Tray&) {
    tell("signals");
    EXPECT_EQ(tell("call", "Scroll", "is", "120", "vertical"), "ok");
    EXPECT_EQ(tell("await", "NewIcon"), "ok");
    EXPECT_EQ(tell("signals"), "NewIcon=1") << "and nothing else is another one";
  });
}

TEST_F(Item, SaysOnlyWhatHasChanged) {
  with_shown_item([&](Tray& tray) {
    tell("signals");
    tray.news();
    EXPECT_EQ(tell("signals"), "none");
    reading.level = model::PressureLevel::kCritical;
    tray.news();
    EXPECT_EQ(tell("await", "NewToolTip"), "ok");
    EXPECT_EQ(tell("signals"), "NewAttentionIcon=1 NewIcon=1 NewStatus=1 NewToolTip=1");
    EXPECT_EQ(tell("get", "Status"), "NeedsAttention");
  });
}

TEST_F(Item, ALabelThatComesAndGoesIsSaid) {
  with_shown_item([&](Tray& tray) {
    tray.apply({IconShape::kGauge, TrayLabel::kMemory});
    EXPECT_EQ(tell("await", "XAyatanaNewLabel"), "ok");
    EXPECT_EQ(tell("get", "XAyatanaLabel"), "50 %");
    tray.apply({IconShape::kGauge, TrayLabel::kNone});
    EXPECT_EQ(tell("await", "XAyatanaNewLabel"), "ok");
    EXPECT_EQ(tell("get", "XAyatanaLabel"), "");
  });
}

TEST_F(Item, IsQuietWhileTheScreenIsLocked) {
  with_shown_item([&](Tray& tray) {
    EXPECT_EQ(tell("lock", "1"), "ok");
    tell("signals");
    reading.memory->available_bytes = 100;
    tray.news();
    EXPECT_EQ(tell("signals"), "none");
    EXPECT_EQ(tell("lock", "0"), "ok");
    EXPECT_EQ(tell("await", "NewIcon"), "ok");
  });
}

TEST_F(Item, WithoutAPanelNothingIsSaidUntilOneComes) {
  with_item([&](Tray& tray) {
    ASSERT_EQ(tell("watch", "no"), "ok");
    ASSERT_NE(tell("item"), "");
    tell("signals");
    reading.memory->available_bytes = 100;
    tray.news();
    EXPECT_EQ(tell("signals"), "none");
    ASSERT_EQ(tell("host", "yes"), "ok");
    EXPECT_EQ(tell("await", "NewIcon"), "ok");
  });
}

TEST_F(Item, ItsMenuOffersAndWishes) {
  with_shown_item([&](Tray&) {
    const std::string layout = tell("layout");
    EXPECT_EQ(layout.substr(0, 43), "100=(Memory: about 50 % of 0.0 GiB in use);");
    EXPECT_NE(layout.find("3=_Pause for an hour;"), std::string::npos) << layout;
    EXPECT_EQ(tell("menu", "Event", "isvu", "3", "clicked", "", ""), "ok");
    EXPECT_EQ(tell("menu", "Event", "isvu", "8", "hovered", "", ""), "ok") << "is no click";
    EXPECT_EQ(tell("menu", "Event", "isvu", "100", "clicked", "", ""), "ok") << "does nothing";
    EXPECT_EQ(tell("menu", "Event", "isvu", "7", "clicked", "", ""), "ok");
    wait_for_wishes(2);
    EXPECT_EQ(wishes[0].wish, TrayWish::kPauseHour);
    EXPECT_FALSE(wishes[0].at);
    EXPECT_EQ(wishes[1].wish, TrayWish::kAbout);
  });
}

TEST_F(Item, ItsMenuChangesWithAPause) {
  with_shown_item([&](Tray& tray) {
    EXPECT_EQ(tell("about-to-show", "0"), "yes") << "nobody has seen it yet";
    tell("layout");
    EXPECT_EQ(tell("about-to-show", "0"), "no");
    reading.paused = true;
    tray.news();
    EXPECT_EQ(tell("await", "LayoutUpdated"), "ok");
    EXPECT_EQ(tell("about-to-show", "0"), "yes");
    EXPECT_NE(tell("layout").find("5=_Resume"), std::string::npos);
    EXPECT_EQ(tell("menu", "Event", "isvu", "5", "clicked", "", ""), "ok");
    wait_for_wishes(1);
    EXPECT_EQ(wishes[0].wish, TrayWish::kResume);
  });
}

TEST_F(Item, ComesToAnotherBusWhenItsOwnDies) {
  with_shown_item([&](Tray&) {
    panel->kill();
    start_bus();
    panel = start_panel();
    ASSERT_EQ(tell("watch", "yes"), "ok");
    EXPECT_NE(tell("item"), "");
  });
}

TEST_F(Item, EndsWithTheSessionWhileOthersTalkToIt) {
  with_shown_item([&](Tray&) {
    panel->write_line("await\tNewIcon");  // never answered
  });
  EXPECT_TRUE(wishes.empty());
}

TEST_F(Item, HearsWhichColoursTheDesktopWants) {
  with_shown_item([&](Tray& tray) {
    const auto wait_for = [&](std::optional<bool> dark) {
      while (tray.prefers_dark() != dark) engine.yield();
    };
    EXPECT_EQ(tray.prefers_dark(), std::nullopt);
    ASSERT_EQ(tell("colors", "1"), "ok");
    wait_for(true);
    for (int round = 0; round < 3; ++round) {
      ASSERT_EQ(tell("colors", "2"), "ok");
      wait_for(false);
      ASSERT_EQ(tell("colors", "nonsense"), "ok");
      wait_for(std::nullopt);
      ASSERT_EQ(tell("colors", "1"), "ok");
      wait_for(true);
    }
    ASSERT_EQ(tell("colors", "0"), "ok");
    wait_for(std::nullopt);
    ASSERT_EQ(tell("colors", "1"), "ok");
    wait_for(true);
    ASSERT_EQ(tell("no-colors"), "ok");
    wait_for(std::nullopt);
  });
}

TEST_F(Item, AsksAPortalThatIsThereAlreadyForTheColours) {
  panel->write_line("colors\t2");
  ASSERT_EQ(panel->read_line(), "ok");
  with_shown_item([&](Tray& tray) {
    while (tray.prefers_dark() != false) engine.yield();
  });
}

}  // namespace
}  // namespace lull::agent::tray
