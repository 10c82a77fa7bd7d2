// SPDX-License-Identifier: MIT
// The popover without a window: what is pressed becomes intents, by pointer and by keyboard.
#include "ui/popover.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "ui/client/decode.h"
#include "ui/panels/canvas.h"

namespace lull::ui {
namespace {

using Kind = Intent::Kind;

class PopoverTest : public testing::Test {
 protected:
  PopoverTest() : gui_(FontFiles{}, 1), popover_(gui_, dark_theme()) {
    popover_.resize(380, 2000, 0);
    show("calm");
  }

  void show(const std::string& scene) {
    auto read = read_scene(std::string(LULL_GOLDEN_DIR) + "/" + scene + ".json");
    ASSERT_TRUE(read.has_value()) << read.error().to_string();
    state_ = std::move(read->state);
    now_ = read->now;
    refresh();
  }
  void refresh() {
    view_ = make_view(state_, now_);
    settle();
  }
  void settle() {
    for (int at = 0; at < 3; ++at) popover_.frame(view_, 0.02);
  }
  void send(const InputEvent& event) {
    popover_.handle(event);
    settle();
  }
  void press(Key key, bool shift = false) {
    for (const bool down : {true, false}) {
      InputEvent event{InputEvent::Kind::kKey};
      event.key = key;
      event.down = down;
      event.shift = shift;
      send(event);
    }
  }
  void type(const std::string& text) {
    InputEvent event{InputEvent::Kind::kText};
    event.text = text;
    send(event);
  }
  void click(float x, float y) {
    send({InputEvent::Kind::kPointer, x, y});
    for (const bool down : {true, false}) {
      InputEvent event{InputEvent::Kind::kButton};
      event.down = down;
      send(event);
    }
  }
  // By keyboard, from wherever the focus is; false if Tab never gets there.
  bool go_to(const std::string& control) {
    for (int at = 0; at < 80; ++at) {
      press(Key::kTab);
      if (popover_.focus().current() == control) return true;
    }
    return false;
  }
  // What a person with a keyboard gets from a control.
  std::vector<Intent> enter(const std::string& control) {
    popover_.intents();
    EXPECT_TRUE(go_to(control)) << control;
    press(Key::kEnter);
    return popover_.intents();
  }

  Gui gui_;
  Popover popover_;
  State state_;
  base::WallTime now_{};
  ViewModel view_;
};

// Below the memory card.
constexpr float kOptimizeX = 190, kOptimizeY = 230;

TEST_F(PopoverTest, AClickOnOptimizeIsTheIntent) {
  click(kOptimizeX, kOptimizeY);
  EXPECT_EQ(popover_.intents(), std::vector<Intent>{{Kind::kOptimize}});
  EXPECT_TRUE(popover_.intents().empty()) << "they are taken once";
}

TEST_F(PopoverTest, APressThatIsLetGoElsewhereIsNone) {
  send({InputEvent::Kind::kPointer, kOptimizeX, kOptimizeY});
  InputEvent button{InputEvent::Kind::kButton};
  button.down = true;
  send(button);
  send({InputEvent::Kind::kPointer, 5, 1990});
  button.down = false;
  send(button);
  EXPECT_TRUE(popover_.intents().empty());
}

TEST_F(PopoverTest, ADoubleClickOptimizesOnce) {
  click(kOptimizeX, kOptimizeY);
  auto intents = popover_.intents();
  ASSERT_EQ(intents.size(), 1U);
  state_.operation.emplace();  // as the session does at once
  refresh();
  click(kOptimizeX, kOptimizeY);
  for (const Intent& intent : popover_.intents()) EXPECT_NE(intent.kind, Kind::kOptimize);
}

TEST_F(PopoverTest, WithoutAnAgentOptimizeCannotBePressed) {
  show("reconnecting");
  click(kOptimizeX, kOptimizeY);
  EXPECT_TRUE(popover_.intents().empty());
  EXPECT_FALSE(go_to("optimize"));
}

TEST_F(PopoverTest, ARunningOperationCanBeCancelledByKeyboard) {
  show("progress");
  EXPECT_EQ(enter("cancel"), std::vector<Intent>{{Kind::kCancel}});
  show("stopping");
  EXPECT_FALSE(go_to("cancel")) << "once is enough";
}

TEST_F(PopoverTest, AResultOffersUndoOfItsRun) {
  show("result");
  const auto intents = enter("undo");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].kind, Kind::kUndo);
  EXPECT_EQ(intents[0].run, 43);
  EXPECT_EQ(enter("done"), std::vector<Intent>{{Kind::kDismiss}});
  show("undone");
  EXPECT_FALSE(go_to("undo"));
}

TEST_F(PopoverTest, EscClosesAndSoDoesTheLossOfFocus) {
  press(Key::kEscape);
  EXPECT_EQ(popover_.intents(), std::vector<Intent>{{Kind::kClose}});
  send({InputEvent::Kind::kFocusLost});
  EXPECT_EQ(popover_.intents(), std::vector<Intent>{{Kind::kClose}});
}

TEST_F(PopoverTest, ATickAsksForTheOppositeOfWhatItShows) {
  const auto intents = enter("tick-browser-cache");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].kind, Kind::kTick);
  EXPECT_EQ(intents[0].categories, std::vector<std::string>{"browser-cache"});
  EXPECT_FALSE(intents[0].flag);
}

TEST_F(PopoverTest, CleanNamesExactlyTheTickedCategories) {
  const auto intents = enter("clean");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].kind, Kind::kClean);
  EXPECT_EQ(intents[0].categories,
            (std::vector<std::string>{"browser-cache", "thumbnails", "trash-old"}));
}

TEST_F(PopoverTest, EverythingThatCanBePressedIsReachedByTabAndBack) {
  for (const char* scene : {"calm", "welcome", "result", "history", "settings"}) {
    show(scene);
    settle();
    press(Key::kTab);
    const std::vector<std::string> order = popover_.focus().order();
    ASSERT_GE(order.size(), 2U) << scene;
    std::set<std::string> reached;
    for (std::size_t at = 0; at < order.size(); ++at) {
      reached.insert(popover_.focus().current());
      press(Key::kTab);
    }
    EXPECT_EQ(reached, std::set<std::string>(order.begin(), order.end())) << scene;
    const std::string here = popover_.focus().current();
    press(Key::kTab, true);
    press(Key::kTab);
    EXPECT_EQ(popover_.focus().current(), here) << scene;
    popover_.intents();
  }
}

TEST_F(PopoverTest, EnterWithoutAVisibleFocusDoesNothing) {
  press(Key::kEnter);
  press(Key::kSpace);
  EXPECT_TRUE(popover_.intents().empty());
}

TEST_F(PopoverTest, ThePagesAreBehindTheirIcons) {
  auto intents = enter("settings");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].page, Page::kSettings);
  show("settings");
  intents = enter("back");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].page, Page::kOverview);
}

TEST_F(PopoverTest, HistoryUndoesOnlyWhatCanBeUndone) {
  show("history");
  const auto intents = enter("undo-42");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].run, 42);
  EXPECT_FALSE(go_to("undo-41"));
}

TEST_F(PopoverTest, SettingsAreSetByWordSwitchAndText) {
  show("settings");
  auto intents = enter("set-automation.clean-on");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key + "=" + intents[0].value, "automation.clean=on");
  EXPECT_TRUE(enter("set-automation.clean-rehearse").empty()) << "it is that already";
  intents = enter("set-automation.on_battery");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key + "=" + intents[0].value, "automation.on_battery=true");
  EXPECT_TRUE(enter("edit-automation.scan_interval").empty());
  type("12 h");
  press(Key::kEnter);
  intents = popover_.intents();
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key + "=" + intents[0].value, "automation.scan_interval=12 h");
}

TEST_F(PopoverTest, TheSizeOfTheLettersIsAClick) {
  show("settings");
  const auto intents = enter("set-ui.text_size-large");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key + "=" + intents[0].value, "ui.text_size=large");
}

// The upper and the lower edge of the ring around what the keyboard is at.
std::pair<float, float> focus_ring(const ImDrawData& data) {
  std::pair<float, float> ring{1e9F, -1e9F};
  for (int list = 0; list < data.CmdListsCount; ++list)
    for (const ImDrawVert& vertex : data.CmdLists[list]->VtxBuffer) {
      if (vertex.col != packed(dark_theme().focus)) continue;
      ring.first = std::min(ring.first, vertex.pos.y);
      ring.second = std::max(ring.second, vertex.pos.y);
    }
  return ring;
}

TEST_F(PopoverTest, OtherLettersAreUsedWhereThePageIs) {
  popover_.resize(380, 720, 0);
  show("settings");
  ASSERT_TRUE(go_to("set-ui.text_size-large"));
  const double before = popover_.content_height();
  const float letters = gui_.fonts().body->FontSize;
  gui_.use_text_scale(FontFiles{}, 1.6);
  settle();
  EXPECT_GT(gui_.fonts().body->FontSize, letters * 1.4F);
  EXPECT_GT(popover_.content_height(), before * 1.1);
  EXPECT_EQ(popover_.focus().current(), "set-ui.text_size-large");
  const auto [top, bottom] = focus_ring(popover_.frame(view_, 0.02));
  EXPECT_GT(top, 40) << "below the title";
  EXPECT_LT(bottom, 720);
}

// A list of kept paths is soon longer than a line.
TEST_F(PopoverTest, ALongValueIsEditedWhole) {
  show("settings");
  std::string list = "[";
  for (int at = 0; at < 60; ++at) list += "\"~/work/customer-" + std::to_string(at) + "\", ";
  list += "\"~/last\"]";
  ASSERT_GT(list.size(), 1000U);
  for (Setting& setting : *state_.settings)
    if (setting.key == "clean.keep") setting.value = list;
  refresh();
  EXPECT_TRUE(enter("edit-clean.keep").empty());
  press(Key::kEnd);
  type(" ");  // so that it is another one
  press(Key::kEnter);
  auto intents = popover_.intents();
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].value, list + " ");
  EXPECT_TRUE(enter("edit-clean.keep").empty());
  const std::string longer = "[\"" + std::string(3000, 'x') + "\"]";
  type(longer);
  press(Key::kEnter);
  intents = popover_.intents();
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].value, longer) << "typed over what was there";
}

TEST_F(PopoverTest, AListTakesAndLosesOneOfItsWords) {
  show("settings");
  auto intents = enter("set-clean.tiers-costly");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key, "clean.tiers");
  EXPECT_EQ(intents[0].value, "[\"safe\", \"costly\"]") << "in the order of the words";
  intents = enter("set-clean.tiers-safe");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].value, "[]");
}

TEST_F(PopoverTest, EscEndsTheEditingOfATextBeforeItCloses) {
  show("settings");
  enter("edit-automation.scan_interval");
  type("nonsense");
  press(Key::kEscape);
  EXPECT_TRUE(popover_.intents().empty());
  press(Key::kEscape);
  EXPECT_EQ(popover_.intents(), std::vector<Intent>{{Kind::kClose}});
}

TEST_F(PopoverTest, TheWelcomeHasOneSwitchAndIsDismissed) {
  show("welcome");
  auto intents = enter("welcome-switch");
  ASSERT_EQ(intents.size(), 1U);
  EXPECT_EQ(intents[0].key + "=" + intents[0].value, "automation.clean=on");
  EXPECT_EQ(enter("welcome-done"), std::vector<Intent>{{Kind::kDismissWelcome}});
}

TEST_F(PopoverTest, AControlThatIsTabbedToIsScrolledIntoView) {
  popover_.resize(380, 400, 0);
  settle();
  EXPECT_GT(popover_.content_height(), 800);
  ASSERT_TRUE(go_to("pause"));
  settle();
  press(Key::kEnter);
  EXPECT_EQ(popover_.intents(), std::vector<Intent>{{Kind::kPause}});
}

TEST_F(PopoverTest, EverySceneIsDrawnAtEverySize) {
  for (const char* scene : {"calm", "unknown", "connecting", "german", "critical", "paused"})
    for (const int height : {50, 300, 720, 3000}) {
      popover_.resize(380, height, 0);
      show(scene);
      EXPECT_GT(popover_.content_height(), 100) << scene << " " << height;
    }
}

}  // namespace
}  // namespace lull::ui
