// SPDX-License-Identifier: MIT
// Against a real bus, with a resolver that counts what it is told.
#include "agent/presence/resolver_flush.h"

#include <atomic>
#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "agent/presence/sdbus_compat.h"
#include "scheduler/executor.h"
#include "tests/agent/presence/private_bus.h"
#include "tests/support/temp_dir.h"

namespace lull::agent::presence {
namespace {

using base::ErrorCode;

class FakeResolver {
 public:
  explicit FakeResolver(bool refuses) {
    connection_ = sdbus::createSystemBusConnection();
    compat::InterfaceTable table;
    table.name = "org.freedesktop.resolve1.Manager";
    table.methods.push_back({"FlushCaches", "", "", [this, refuses](auto&, auto&) -> base::Status {
                               ++calls;
                               if (refuses) return base::fail(ErrorCode::kIo, "not today");
                               return {};
                             }});
    object_ = compat::make_object(*connection_, "/org/freedesktop/resolve1", table);
    compat::request_name(*connection_, "org.freedesktop.resolve1");
    connection_->enterEventLoopAsync();
  }
  ~FakeResolver() { connection_->leaveEventLoop(); }
  std::atomic<int> calls{0};

 private:
  std::unique_ptr<sdbus::IConnection> connection_;
  std::unique_ptr<sdbus::IObject> object_;
};

class ResolverFlush : public ::testing::Test {
 protected:
  ResolverFlush() {
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + directory_ / "bus").c_str(), 1);
  }
  ~ResolverFlush() override { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }
  void start_bus() { bus_ = start_private_bus(directory_ / "bus"); }
  base::Status flush(const base::CancelToken& cancel = {}) {
    base::Status status = base::fail(ErrorCode::kInternal, "it did not run");
    scheduler::BlockingPool blocking;
    scheduler::Engine engine;
    engine.run([&] { status = flush_resolver(engine, blocking, cancel); });
    return status;
  }
  ErrorCode failure() {
    const auto status = flush();
    EXPECT_FALSE(status);
    return status ? ErrorCode::kInternal : status.error().code;
  }
  support::TempDir directory_;
  std::unique_ptr<Child> bus_;
};

TEST_F(ResolverFlush, TellsTheResolver) {
  start_bus();
  FakeResolver resolver(false);
  const auto status = flush();
  EXPECT_TRUE(status) << status.error().to_string();
  EXPECT_EQ(resolver.calls, 1);
}

TEST_F(ResolverFlush, WithoutABusOrAResolverItIsUnavailable) {
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  start_bus();
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
}

TEST_F(ResolverFlush, ARefusalIsAnError) {
  start_bus();
  FakeResolver resolver(true);
  EXPECT_EQ(failure(), ErrorCode::kIo);
}

TEST_F(ResolverFlush, ABusThatIsStuckHoldsUpNothingForLong) {
  start_bus();
  bus_->stop();
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  bus_->go_on();
}

TEST_F(ResolverFlush, CanBeCancelled) {
  start_bus();
  bus_->stop();
  base::CancelSource source;
  source.cancel(base::CancelReason::kUser);
  EXPECT_EQ(flush(source.token()).error().code, ErrorCode::kCancelled);
  bus_->go_on();
}

}  // namespace
}  // namespace lull::agent::presence
