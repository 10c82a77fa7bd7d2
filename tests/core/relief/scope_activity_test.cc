// SPDX-License-Identifier: MIT
#include "core/relief/scope_activity.h"

#include <gtest/gtest.h>

#include "core/relief/app_unit.h"

namespace lull::relief {
namespace {

using model::ScopeReading;
using model::ScopeState;
using std::chrono::minutes;
using std::chrono::seconds;

ScopeReading app(const std::string& unit = "app-x-1.scope", std::uint64_t id = 7) {
  ScopeReading reading;
  reading.unit = unit;
  reading.cgroup_id = id;
  reading.state = ScopeState::kRead;
  reading.cpu_us = 1'000'000;
  reading.refaults_anonymous = 100;
  reading.refaults_file = 200;
  reading.pages_swapped_in = 50;
  reading.pages_scanned = 10;
  return reading;
}

TEST(ScopeChange, IsTheDifferenceOfCounters) {
  ScopeReading after = app();
  *after.cpu_us += 100'000;
  after.refaults_anonymous += 3;
  after.refaults_file += 4;
  *after.pages_swapped_in += 5;
  after.pages_scanned += 6;
  const auto change = scope_change(app(), after, seconds(10));
  ASSERT_TRUE(change);
  EXPECT_DOUBLE_EQ(change->cpu_percent.value(), 1);
  EXPECT_EQ(change->refaults, 7u);
  EXPECT_EQ(change->swapped_in, 5u);
  EXPECT_EQ(change->scanned, 6u);
}

TEST(ScopeChange, IsUnknownBetweenDifferentThings) {
  EXPECT_FALSE(scope_change(app("a.scope", 1), app("a.scope", 2), seconds(1)));
  EXPECT_FALSE(scope_change(app("a.scope"), app("b.scope"), seconds(1)));
  EXPECT_FALSE(scope_change(app(), app(), seconds(0)));
  EXPECT_FALSE(scope_change(app(), app(), seconds(-1)));
  ScopeReading gone = app();
  gone.state = ScopeState::kGone;
  EXPECT_FALSE(scope_change(app(), gone, seconds(1)));
  EXPECT_FALSE(scope_change(gone, app(), seconds(1)));
  for (auto field : {&ScopeReading::refaults_anonymous, &ScopeReading::refaults_file,
                     &ScopeReading::pages_scanned}) {
    ScopeReading back = app();
    back.*field -= 1;
    EXPECT_FALSE(scope_change(app(), back, seconds(1)));
  }
  ScopeReading back = app();
  *back.cpu_us -= 1;
  EXPECT_FALSE(scope_change(app(), back, seconds(1)));
}

TEST(WasIdle, HasThresholdsForCpuAndRefaults) {
  EXPECT_TRUE(was_idle({0.0999, 16, 16, 1'000'000}));
  EXPECT_FALSE(was_idle({0.1, 0, 0, 0}));
  EXPECT_FALSE(was_idle({0.0, 17, 0, 0}));
  EXPECT_FALSE(was_idle({0.0, 0, 17, 0}));
  EXPECT_FALSE(was_idle({std::nullopt, 0, 0, 0}));
}

class Activity : public testing::Test {
 protected:
  base::Duration read(base::Duration later, const ScopeReading& reading) {
    tree_.taken_at += later;
    tree_.scopes = {reading};
    const auto uses = activity_.note(tree_, {});
    return uses.size() == 1 ? uses[0].idle_for : base::Duration(-1);
  }
  model::ScopeTree tree_{base::SteadyTime(minutes(60)), {}, 0};
  ScopeActivity activity_;
};

TEST_F(Activity, IdlenessGrowsWhileNothingHappensAndEndsWithUse) {
  ScopeReading reading = app();
  EXPECT_EQ(read(minutes(0), reading), seconds(0));
  EXPECT_EQ(read(minutes(1), reading), minutes(1));
  EXPECT_EQ(read(minutes(9), reading), minutes(10));
  *reading.cpu_us += 200'000;  // 0.33 % of a minute
  EXPECT_EQ(read(minutes(1), reading), seconds(0));
  EXPECT_EQ(read(minutes(1), reading), minutes(1));
  reading.refaults_file += 17;
  EXPECT_EQ(read(minutes(1), reading), seconds(0));
}

TEST_F(Activity, ShortTimesAreJudgedTogether) {
  ScopeReading reading = app();
  read(minutes(0), reading);
  read(minutes(10), reading);
  // Ten milliseconds in a second are nothing in a minute; and they add up.
  *reading.cpu_us += 10'000;
  EXPECT_EQ(read(seconds(1), reading), seconds(601));
  EXPECT_EQ(read(seconds(0), reading), seconds(601)) << "the same moment twice";
  *reading.cpu_us += 49'000;
  EXPECT_EQ(read(seconds(1), reading), seconds(602));
  *reading.cpu_us += 1'000;
  EXPECT_EQ(read(seconds(1), reading), seconds(0));
}

TEST_F(Activity, AWindowEndsAfterAMinute) {
  ScopeReading reading = app();
  read(minutes(0), reading);
  *reading.cpu_us += 59'000;
  EXPECT_EQ(read(kIdleWindow, reading), minutes(1));
  *reading.cpu_us += 59'000;
  EXPECT_EQ(read(seconds(1), reading), seconds(61)) << "a new window";
}

TEST_F(Activity, ANewUnitOfTheSameNameBeginsAnew) {
  read(minutes(0), app("a.scope", 1));
  EXPECT_EQ(read(minutes(5), app("a.scope", 1)), minutes(5));
  EXPECT_EQ(read(minutes(5), app("a.scope", 2)), seconds(0));
  // Nor is an inode that came back what it was.
  EXPECT_EQ(read(minutes(5), app("b.scope", 2)), seconds(0));
}

TEST_F(Activity, OnlyWhatCouldBeReadIsAnApp) {
  tree_.scopes = {app("a.scope", 1), app("b.scope", 2), app("c.scope", 3)};
  tree_.scopes[1].state = ScopeState::kGone;
  const auto uses = activity_.note(tree_, {{"c"}, {"a.scope"}});
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_TRUE(uses[0].kept);
  EXPECT_EQ(uses[1].reading.unit, "c.scope");
}

TEST(UnitIsApp, KnowsTheNamesThatDesktopsGive) {
  for (const char* unit :
       {"app-gnome-org.mozilla.firefox-4711.scope", "app-org.mozilla.firefox-4711.scope",
        "app-flatpak-org.mozilla.firefox-12.scope", "app-org.mozilla.firefox@ab12.service",
        "app-gnome.slice/app-gnome-org.mozilla.Firefox-4711.scope", "org.mozilla.firefox.service",
        "app-gnome-org.mozilla.firefox.desktop-1.scope"})
    EXPECT_TRUE(unit_is_app(unit, "org.mozilla.firefox")) << unit;
  for (const char* unit :
       {"app-gnome-org.mozilla.firefoxes-4711.scope", "app-gnome-mozilla.firefox-4711.scope",
        "org.mozilla.firefox-extra.service", "", "firefox", "app-.scope"})
    EXPECT_FALSE(unit_is_app(unit, "org.mozilla.firefox")) << unit;
  EXPECT_TRUE(unit_is_app("snap.firefox.firefox-0a1b.scope", "firefox"));
  EXPECT_TRUE(unit_is_app("app-gnome-vlc\\x2dplayer-1.scope", "VLC-player.desktop"));
  EXPECT_FALSE(unit_is_app("app-gnome-x-1.scope", ""));
  EXPECT_FALSE(unit_is_app("app-gnome-x-1.scope", ".desktop"));
}

TEST(AppTitle, IsANameForPeople) {
  EXPECT_EQ(app_title("app-gnome-org.mozilla.firefox-4711.scope"), "org.mozilla.firefox");
  EXPECT_EQ(app_title("background.slice/app-org.gnome.Evolution@autostart.service"),
            "org.gnome.Evolution");
  EXPECT_EQ(app_title("app-gnome-vlc\\x2dplayer-1.scope"), "vlc-player");
  EXPECT_EQ(app_title("app-flatpak-org.example.App.desktop-1.scope"), "org.example.App");
  EXPECT_EQ(app_title("snap.firefox.firefox-0a1b.scope"), "firefox");
  EXPECT_EQ(app_title("lull.service"), "lull");
  EXPECT_EQ(app_title(""), "");
}

TEST(IsTerminal, IsTrueOfTerminalsAndWhatTheyStart) {
  for (const char* unit :
       {"app-gnome-org.gnome.Terminal-1.scope", "gnome-terminal-server.service",
        "app-org.kde.konsole-99.scope", "vte-spawn-0a1b-2c.scope", "tmux-spawn-0a1b.scope",
        "app-org.gnome.Terminal.slice/vte-spawn-1.scope", "run-r12.scope",
        "app-alacritty@1.service", "app-cosmic-com.system76.CosmicTerm-1.scope",
        "app-gnome-cool\\x2dretro\\x2dterm-3.scope", "app-dev.warp.Warp-1.scope",
        "app-gnome-org.gnome.Ptyxis-1.scope", "app-sakura-1.scope",
        "app-org.contourterminal.Contour-1.scope"})
    EXPECT_TRUE(is_terminal(unit)) << unit;
  for (const char* unit : {"app-gnome-firefox-1.scope", "pipewire.service", "stuff-1.scope"})
    EXPECT_FALSE(is_terminal(unit)) << unit;
}

}  // namespace
}  // namespace lull::relief
