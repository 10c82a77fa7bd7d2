// SPDX-License-Identifier: MIT
#include "agent/services/settings_service.h"

#include <gtest/gtest.h>

#include "scheduler/event.h"
#include "scheduler/executor.h"
#include "tests/support/temp_dir.h"

namespace lull::agent {
namespace {

using std::chrono::minutes;

class SettingsServiceTest : public ::testing::Test {
 protected:
  void on_engine(const std::function<void(scheduler::Engine&, SettingsService&)>& story) {
    scheduler::BlockingPool blocking;
    scheduler::Engine engine;
    engine.run([&] {
      auto settings = SettingsService::load(engine, blocking, {system_, user_});
      ASSERT_TRUE(settings) << settings.error().to_string();
      story(engine, **settings);
    });
  }
  const support::TempDir temp_;
  const std::string system_ = temp_ / "etc.toml";
  const std::string user_ = temp_ / "config.toml";
};

TEST_F(SettingsServiceTest, TheUsersFileOutweighsTheSystems) {
  temp_.write("etc.toml", "[automation]\nscan_interval = \"2 h\"\nrelief = false\n");
  temp_.write("config.toml", "[automation]\nscan_interval = \"30 min\"\n");
  on_engine([](auto&, SettingsService& settings) {
    EXPECT_EQ(settings.current().automation.scan_interval, minutes(30));
    EXPECT_FALSE(settings.current().automation.relief);
  });
}

TEST_F(SettingsServiceTest, ABrokenFileLeavesTheOldSettings) {
  temp_.write("config.toml", "[automation]\nscan_interval = \"2 h\"\n");
  on_engine([&](auto&, SettingsService& settings) {
    int changes = 0;
    settings.on_change([&] { ++changes; });
    temp_.write("config.toml", "[automation]\nscan_intervall = \"1 h\"\n");
    const base::Status status = settings.reload();
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().to_string().find("scan_interval"), std::string::npos);
    EXPECT_EQ(settings.current().automation.scan_interval, minutes(120));
    EXPECT_EQ(changes, 0);
  });
}

TEST_F(SettingsServiceTest, ObserversHearOfRealChangesOnly) {
  temp_.write("config.toml", "[performance]\ndir_cache_size = 10\n");
  on_engine([&](auto&, SettingsService& settings) {
    int changes = 0;
    settings.on_change([&] { ++changes; });
    temp_.write("config.toml", "# a comment\n[performance]\ndir_cache_size = 10\n");
    ASSERT_TRUE(settings.reload());
    EXPECT_EQ(changes, 0);
    temp_.write("config.toml", "[performance]\ndir_cache_size = 11\n");
    ASSERT_TRUE(settings.reload());
    EXPECT_EQ(changes, 1);
    EXPECT_EQ(settings.current().performance.dir_cache_size, 11);
  });
}

TEST_F(SettingsServiceTest, SetWritesTheUsersFileAndHolds) {
  temp_.write("config.toml", "# mine\n");
  on_engine([&](auto&, SettingsService& settings) {
    ASSERT_TRUE(settings.set("automation.idle_cpu_percent", "55"));
    EXPECT_EQ(settings.current().automation.idle_cpu_percent, 55);
    EXPECT_NE(temp_.read("config.toml").find("# mine"), std::string::npos);
    EXPECT_FALSE(settings.set("automation.idle_cpu_percent", "555"));
    EXPECT_EQ(settings.current().automation.idle_cpu_percent, 55);
  });
}

TEST_F(SettingsServiceTest, AChangedFileIsReadByItself) {
  temp_.write("config.toml", "[performance]\ndir_cache_size = 10\n");
  on_engine([&](scheduler::Engine& engine, SettingsService& settings) {
    scheduler::Event changed(engine);
    settings.on_change([&] { changed.set(); });
    settings.watch();
    temp_.write("config.toml", "[performance]\ndir_cache_size = 12\n");
    ASSERT_TRUE(changed.wait());
    EXPECT_EQ(settings.current().performance.dir_cache_size, 12);
    settings.stop_watching();
  });
}

TEST_F(SettingsServiceTest, AFileChangedBeforeItWasWatchedIsReadToo) {
  temp_.write("config.toml", "[performance]\ndir_cache_size = 10\n");
  on_engine([&](auto&, SettingsService& settings) {
    temp_.write("config.toml", "[performance]\ndir_cache_size = 12\n");
    settings.watch();
    EXPECT_EQ(settings.current().performance.dir_cache_size, 12);
    settings.stop_watching();
  });
}

TEST_F(SettingsServiceTest, WhatTheMachineLocksCannotBeSet) {
  temp_.write("etc.toml", "locked = [\"automation.clean\"]\n");
  temp_.write("config.toml", "[automation]\nclean = \"on\"\n");
  on_engine([&](auto&, SettingsService& settings) {
    EXPECT_EQ(settings.current().automation.clean, "rehearse");
    ASSERT_EQ(settings.remarks().size(), 1u);
    EXPECT_NE(settings.remarks()[0].find(user_ + ":2:1: automation.clean is locked by " + system_),
              std::string::npos)
        << settings.remarks()[0];
    const base::Status status = settings.set("automation.clean", "on");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_EQ(settings.current().automation.clean, "rehearse");
  });
}

TEST_F(SettingsServiceTest, ALockThatComesWhileItRunsCounts) {
  temp_.write("config.toml", "[automation]\nclean = \"on\"\n");
  on_engine([&](auto&, SettingsService& settings) {
    EXPECT_EQ(settings.current().automation.clean, "on");
    temp_.write("etc.toml", "locked = [\"automation.clean\"]\n[automation]\nclean = \"off\"\n");
    EXPECT_FALSE(settings.set("automation.clean", "on")) << "not even before it was read again";
    ASSERT_TRUE(settings.reload());
    EXPECT_EQ(settings.current().automation.clean, "off");
  });
}

TEST_F(SettingsServiceTest, AMachinesFileThatBreaksWhileItRunsLeavesTheLastLocks) {
  temp_.write("etc.toml", "locked = [\"ui.theme\"]\n[ui]\ntheme = \"light\"\n");
  temp_.write("config.toml", "[automation]\nclean = \"on\"\n");
  on_engine([&](auto&, SettingsService& settings) {
    temp_.write("etc.toml", "locked = [\n");
    temp_.write("config.toml", "[automation]\nclean = \"on\"\n[ui]\nicon = \"bars\"\n");
    ASSERT_TRUE(settings.reload());
    EXPECT_EQ(settings.current().ui.theme, "light");
    EXPECT_EQ(settings.current().ui.icon, "bars") << "the user's part goes on";
    EXPECT_EQ(settings.current().automation.clean, "on");
    EXPECT_FALSE(settings.set("ui.theme", "dark"));
    ASSERT_EQ(settings.remarks().size(), 1u);
    EXPECT_NE(settings.remarks()[0].find("last good settings stay"), std::string::npos);
  });
}

TEST_F(SettingsServiceTest, WithAMachinesFileThatIsBrokenAtStartNothingActsByItself) {
  temp_.write("etc.toml", "locked = [\n");
  temp_.write("config.toml", "[automation]\nclean = \"on\"\nrelief = true\n");
  on_engine([&](auto&, SettingsService& settings) {
    EXPECT_EQ(settings.current().automation.clean, "off");
    EXPECT_FALSE(settings.current().automation.relief);
    temp_.write("etc.toml", "locked = []\n");
    ASSERT_TRUE(settings.reload());
    EXPECT_EQ(settings.current().automation.clean, "on") << "mended";
    EXPECT_TRUE(settings.remarks().empty());
  });
}

TEST_F(SettingsServiceTest, ABrokenFileAtStartIsAnError) {
  temp_.write("config.toml", "[performance\n");
  scheduler::BlockingPool blocking;
  scheduler::Engine engine;
  engine.run([&] {
    const auto settings = SettingsService::load(engine, blocking, {system_, user_});
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().code, base::ErrorCode::kInvalidArgument);
  });
}

}  // namespace
}  // namespace lull::agent
