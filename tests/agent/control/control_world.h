// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "agent/control/framing.h"
#include "agent/control/method.h"
#include "agent/control/server.h"
#include "core/base/unique_fd.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "tests/support/temp_dir.h"

namespace lull::control {

// So long a test waits for what must come before it says that it did not.
inline constexpr int kPatienceMs = 60'000;

// A client of plain blocking sockets that can say anything.
class RawClient {
 public:
  RawClient() = default;
  explicit RawClient(const std::string& path) { connect(path); }

  void connect(const std::string& path);
  // Adds the NUL.
  bool send(std::string_view message) const;
  // False once the other end is closed.
  bool send_raw(std::string_view bytes) const;
  // Without blocking, as much as fits; the number of bytes.
  std::size_t stuff(std::string_view bytes) const;
  // The next message; nullopt at the end of the connection. Fails the test if nothing comes.
  std::optional<Object> receive();
  // Sends, and gives the reply.
  std::optional<Object> ask(std::string_view message);
  void shut_writing() const;
  void close() { socket_.reset(); }
  int fd() const { return socket_.get(); }

 private:
  base::UniqueFd socket_;
  FrameReader frames_{std::size_t{64} << 20};
  std::vector<std::string> messages_;
};

// Counts how often the engine had a timer to wait for.
class CountingTime final : public scheduler::EngineTime {
 public:
  base::SteadyTime now() const override { return base::system_clock().now(); }
  base::WallTime wall_now() const override { return base::system_clock().wall_now(); }
  bool advance_to(base::SteadyTime due) override {
    ++timers;
    return now() >= due;
  }
  std::atomic<int> timers{0};
};

// A server on a real engine in a thread of its own, with methods made for tests:
//   Echo {…}        gives its parameters
//   Count {n}       sends {i: 0} … {i: n-1}, with turns for others between them; gives {n}
//   Burst {n}       sends as Count, without a pause
//   Hold            sends {begun} and waits to be cancelled; gives {partial, reason}
//   Gate            sends {begun} and waits for open_gate(), or to be cancelled; gives {opened}
//   Work            as Gate, but outlives its caller; `id` tells works apart
//   Fail            is not found, with a path and a trail
//   Throw           throws
//   Big {bytes}     gives {text}
//   Watch           as Count with n = 3
//   Keep            keeps its `send` in kept_send
//   Nap             sleeps for a moment
class World {
 public:
  explicit World(const std::string& name = "control") : World(scheduler::real_time(), name) {}
  World(scheduler::EngineTime& time, const std::string& name);
  ~World() { stop(); }

  // Ends the server with so much grace and the engine; idempotent.
  void stop(base::Duration grace = std::chrono::milliseconds(100));
  // On the engine's thread, outside of any fiber.
  template <class Function>
  auto on_engine(Function function) {
    std::promise<decltype(function())> promise;
    auto result = promise.get_future();
    engine_.post([&] { promise.set_value(function()); });
    return result.get();
  }
  std::size_t client_count() {
    return on_engine([this] { return server_->client_count(); });
  }
  std::vector<model::OperationStatus> operations() {
    return on_engine([this] { return server_->operations(); });
  }
  // Waits for it; false if it never came true.
  bool eventually(const std::function<bool()>& condition) const;
  void open_gate() {
    engine_.post([this] { gate_.set(); });
  }
  // To whoever listens to a Work.
  void tell(std::int64_t progress) {
    engine_.post([this, progress] { kept_send({{"i", progress}}); });
  }

  const std::string& path() const { return path_; }
  const support::TempDir& directory() const { return directory_; }
  scheduler::Engine& engine() { return engine_; }
  std::function<void(Object)> kept_send;  // of the last Keep or Work; engine thread
  std::atomic<int> holding{0};            // Holds that run
  std::atomic<int> cancelled{0};          // Holds, Gates and Works that were
  std::atomic<int> begun{0};              // calls, all methods
  std::atomic<int> finished{0};           // Works whose gate was opened

 private:
  void add_methods();
  void add(std::string name, std::function<base::Result<Object>(Call&)> body);
  Object hold(Call& call);
  Object work(Call& call);

  support::TempDir directory_;
  std::string path_;
  MethodTable methods_;
  scheduler::Engine engine_;
  scheduler::Event gate_{engine_};
  scheduler::Event ending_{engine_};
  base::Duration grace_{};
  std::optional<Server> server_;
  std::thread thread_;
};

// {"method": "org.lull.Agent.NAME", "parameters": PARAMETERS, MORE}
std::string call_text(std::string_view name, std::string_view parameters = "{}",
                      std::string_view more = "");
inline std::string call_more(std::string_view name, std::string_view parameters = "{}") {
  return call_text(name, parameters, R"(,"more":true)");
}

// {"parameters": …} of a reply, or {} if it has none.
Object parameters_of(const std::optional<Object>& reply);
std::string error_of(const std::optional<Object>& reply);    // the name, or ""
std::string failure_of(const std::optional<Object>& reply);  // code of org.lull.Agent.Failed, or ""
bool continues(const std::optional<Object>& reply);

}  // namespace lull::control
