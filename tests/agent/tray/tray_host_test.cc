// SPDX-License-Identifier: MIT
#include "agent/tray/tray_host.h"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "tests/agent/presence/child.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::tray {
namespace {

using presence::Child;
using namespace std::chrono_literals;

class TrayHostTest : public ::testing::Test {
 protected:
  ~TrayHostTest() override { ::unsetenv("DBUS_SESSION_BUS_ADDRESS"); }

  std::string socket() const { return directory_.path() + "/bus"; }
  std::string address() const { return "unix:path=" + socket(); }

  void start_bus() { bus_ = presence::start_private_bus(socket()); }

  void start_watcher(const std::string& answer) {
    ::setenv("DBUS_SESSION_BUS_ADDRESS", address().c_str(), 1);
    watcher_ = std::make_unique<Child>(std::vector<std::string>{LULL_FAKE_WATCHER, answer});
    ASSERT_EQ(watcher_->read_line(), "ok");
  }

  TrayHost find(base::Duration patience = 1min) {
    return find_in({{"DBUS_SESSION_BUS_ADDRESS", address()}}, patience);
  }
  TrayHost find_in(const std::vector<std::pair<std::string_view, std::string>>& environment,
                   base::Duration patience = 1min) {
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
      for (const auto& [key, value] : environment)
        if (key == name) return value;
      return std::nullopt;
    };
    TrayHost found = TrayHost::kNone;
    engine_.run([&] { found = find_tray_host(engine_, blocking_, lookup, patience, {}); });
    return found;
  }

  support::TempDir directory_;
  scheduler::BlockingPool blocking_{1};
  scheduler::Engine engine_;
  std::unique_ptr<Child> bus_, watcher_;
};

TEST_F(TrayHostTest, APanelThatShowsItemsIsFound) {
  start_bus();
  start_watcher("yes");
  EXPECT_EQ(find(), TrayHost::kFound);
}

TEST_F(TrayHostTest, TheBusIsLookedForInTheRuntimeDirectoryToo) {
  start_bus();
  start_watcher("yes");
  EXPECT_EQ(find_in({{"XDG_RUNTIME_DIR", directory_.path()}}), TrayHost::kFound);
}

TEST_F(TrayHostTest, AWatcherNobodyShowsItemsForIsNoHost) {
  start_bus();
  start_watcher("no");
  EXPECT_EQ(find(), TrayHost::kNone);
}

TEST_F(TrayHostTest, AWatcherThatTalksNonsenseIsNoHost) {
  start_bus();
  start_watcher("nonsense");
  EXPECT_EQ(find(), TrayHost::kNone);
}

TEST_F(TrayHostTest, ABusWithoutAWatcherHasNoHost) {
  start_bus();
  EXPECT_EQ(find(), TrayHost::kNone);
}

TEST_F(TrayHostTest, WithoutASessionBusThereIsNoHost) {
  EXPECT_EQ(find(), TrayHost::kNone);
  EXPECT_EQ(find_in({}), TrayHost::kNone);
  EXPECT_EQ(find_in({{"DBUS_SESSION_BUS_ADDRESS", "tcp:host=localhost"}}), TrayHost::kNone);
}

TEST_F(TrayHostTest, AStuckBusIsGivenUp) {
  start_bus();
  bus_->stop();
  EXPECT_EQ(find(1ms), TrayHost::kNone);
  bus_->go_on();
}

}  // namespace
}  // namespace lull::agent::tray
