// SPDX-License-Identifier: MIT
#include "agent/services/metrics_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class MetricsFileTest : public ::testing::Test {
 protected:
  static Settings naming(const std::string& path) {
    Settings settings;
    settings.metrics.textfile = path;
    return settings;
  }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(temp_ / ""), {}); }

  support::TempDir temp_;
  lull::testing::VirtualEngine world_;
  int asked_ = 0;
  MetricsFile file_{world_.engine, world_.executor,
                    [this] { return "lull_asked " + std::to_string(++asked_) + "\n# EOF\n"; }};
};

TEST_F(MetricsFileTest, IsWrittenAtOnceAndEveryMinute) {
  world_.run([&](scheduler::TaskGroup&) {
    file_.apply_settings(naming(temp_ / "lull.prom"));
    world_.sleep(std::chrono::seconds(1));
    EXPECT_EQ(contents(temp_ / "lull.prom"), "lull_asked 1\n# EOF\n");
    world_.sleep(minutes(10));
    EXPECT_GE(asked_, 8);
    EXPECT_LE(asked_, 11);
    EXPECT_EQ(contents(temp_ / "lull.prom"), "lull_asked " + std::to_string(asked_) + "\n# EOF\n");
    file_.stop();
  });
}

TEST_F(MetricsFileTest, WithoutTheSettingNothingIsAskedOrWritten) {
  world_.run([&](scheduler::TaskGroup&) {
    file_.apply_settings(naming(""));
    world_.sleep(minutes(10));
    EXPECT_EQ(asked_, 0);
  });
  EXPECT_EQ(files(), 0);
}

TEST_F(MetricsFileTest, AChangedSettingMovesIt) {
  world_.run([&](scheduler::TaskGroup&) {
    file_.apply_settings(naming(temp_ / "a.prom"));
    world_.sleep(minutes(2));
    file_.apply_settings(naming(temp_ / "b.prom"));
    const std::string last = contents(temp_ / "a.prom");
    world_.sleep(minutes(2));
    EXPECT_EQ(contents(temp_ / "a.prom"), last);
    EXPECT_FALSE(contents(temp_ / "b.prom").empty());
    file_.apply_settings(naming(""));
    const int asked = asked_;
    world_.sleep(minutes(10));
    EXPECT_EQ(asked_, asked);
  });
}

TEST_F(MetricsFileTest, IsWrittenAgainWhenItsDirectoryIsThere) {
  world_.run([&](scheduler::TaskGroup&) {
    file_.apply_settings(naming(temp_ / "collector/lull.prom"));
    world_.sleep(minutes(2));
    fs::create_directory(temp_ / "collector");
    world_.sleep(minutes(2));
    EXPECT_FALSE(contents(temp_ / "collector/lull.prom").empty());
    file_.stop();
  });
}

TEST_F(MetricsFileTest, OthersMayReadItAndNothingElseIsLeftBeside) {
  const std::string path = temp_ / "lull.prom";
  const mode_t before = ::umask(0077);
  ASSERT_TRUE(replace_metrics_file(path, "a 1\n"));
  ASSERT_TRUE(replace_metrics_file(path, "a 2\n"));
  ::umask(before);
  EXPECT_EQ(contents(path), "a 2\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0644));
  EXPECT_EQ(files(), 1);
}

TEST_F(MetricsFileTest, ADirectoryOfThatNameStaysAndIsAnError) {
  fs::create_directory(temp_ / "lull.prom");
  const auto written = replace_metrics_file(temp_ / "lull.prom", "a 1\n");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().to_string().find("lull.prom"), std::string::npos);
  EXPECT_EQ(files(), 1);
}

TEST_F(MetricsFileTest, ALinkOfThatNameIsReplacedAndNotFollowed) {
  const std::string victim = temp_.write("victim", "precious");
  fs::create_symlink(victim, temp_ / "lull.prom");
  ASSERT_TRUE(replace_metrics_file(temp_ / "lull.prom", "a 1\n"));
  EXPECT_EQ(contents(victim), "precious");
  EXPECT_FALSE(fs::is_symlink(temp_ / "lull.prom"));
}

}  // namespace
}  // namespace lull::agent
