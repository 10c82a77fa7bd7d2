// SPDX-License-Identifier: MIT
// The control socket: a call from a client's thread to the engine and back, beside its floor (the
// same bytes echoed by a thread that does nothing else), and what a snapshot costs as JSON.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <sys/socket.h>

#include "agent/control/client.h"
#include "agent/control/json_codec.h"
#include "agent/control/protocol.h"
#include "agent/control/server.h"
#include "core/base/unique_fd.h"
#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "tests/support/temp_dir.h"

namespace lull::control {
namespace {

// As on a desktop: ten processes, five jobs, three disks.
model::Snapshot typical_snapshot() {
  const base::WallTime then{std::chrono::milliseconds(1'795'468'145'000)};
  model::Snapshot snapshot;
  snapshot.taken_at = then;
  snapshot.version = "0.1.0";
  snapshot.agent = {4242, std::chrono::hours(30), 3'500'000, 12.25};
  snapshot.memory.emplace();
  snapshot.memory->total_bytes = 16'643'145'728;
  snapshot.memory->available_bytes = 6'543'145'728;
  snapshot.pressure.emplace();
  snapshot.cpu = {37.5, 8, 0.75};
  for (const char* mount : {"/", "/home", "/mnt/backup"})
    snapshot.disks.push_back({mount, "/dev/sda1", "ext4", 500'000'000'000, 123'456'789'012});
  for (int i = 0; i < 10; ++i) {
    model::ProcessInfo process;
    process.id = {1000 + i, 12345};
    process.name = "Web Content";
    process.memory_bytes = 812'345'678;
    process.cpu_percent = 3.25;
    process.threads = 42;
    process.user = "ada";
    process.started_at = then;
    snapshot.top.push_back(std::move(process));
  }
  for (const char* name : {"scan", "refresh-cache", "relief", "history", "size"})
    snapshot.jobs.push_back(
        {name, "periodic", "background", "deferred", then, then, "done", {"cpu-busy"}});
  snapshot.last_run = {17, "relief", "automatic", then, {}, 3, 4096, false, "freed", "freed 4 KiB"};
  snapshot.reclaimable = {1'234'567'890, then};
  return snapshot;
}

// A server on an engine of its own thread.
class Agent {
 public:
  Agent() {
    methods_.add("Ping", [](Call&) { return Object{}; });
    methods_.add("GetSnapshot", [](Call&) {
      static const model::Snapshot snapshot = typical_snapshot();
      return encode(snapshot);
    });
    std::promise<bool> listening;
    thread_ = std::thread([this, &listening] {
      engine_.run([&] {
        Server server(engine_, methods_, "0");
        listening.set_value(server.listen(path()).has_value());
        end_.wait();
        server.stop({});
      });
    });
    if (!listening.get_future().get()) std::abort();
  }
  ~Agent() {
    engine_.post([this] { end_.set(); });
    thread_.join();
  }
  std::string path() const { return directory_ / "control"; }

 private:
  support::TempDir directory_;
  MethodTable methods_;
  scheduler::Engine engine_;
  scheduler::Event end_{engine_};
  std::thread thread_;
};

void call_again_and_again(benchmark::State& state, const char* method) {
  const Agent agent;
  auto client = Client::connect(agent.path());
  if (!client) return state.SkipWithError("no agent");
  for (auto _ : state) {
    auto result = (*client)->call(method, {});
    if (!result) return state.SkipWithError("no answer");
    benchmark::DoNotOptimize(result);
  }
}

// Two threads, blocking reads and writes, the bytes of a ping both ways.
void floor_echo(benchmark::State& state) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) return state.SkipWithError("socket");
  base::UniqueFd here(ends[0]);
  std::thread echo([there = ends[1]] {
    const base::UniqueFd owned(there);
    std::array<char, 256> bytes{};
    for (ssize_t size = 0; (size = ::recv(there, bytes.data(), bytes.size(), 0)) > 0;)
      if (::send(there, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) < 0) break;
  });
  const std::string ping = to_text(make_request({"org.lull.Agent.Ping", {}, false, false}));
  std::array<char, 256> bytes{};
  for (auto _ : state) {
    if (::send(here.get(), ping.data(), ping.size(), MSG_NOSIGNAL) < 0 ||
        ::recv(here.get(), bytes.data(), bytes.size(), 0) <= 0)
      state.SkipWithError("echo");
  }
  here.reset();
  echo.join();
}

void ping(benchmark::State& state) { call_again_and_again(state, "Ping"); }
void get_snapshot(benchmark::State& state) { call_again_and_again(state, "GetSnapshot"); }

void encode_snapshot(benchmark::State& state) {
  const model::Snapshot snapshot = typical_snapshot();
  for (auto _ : state) benchmark::DoNotOptimize(encode(snapshot));
}

void snapshot_to_text(benchmark::State& state) {
  const Object object = encode(typical_snapshot());
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string text = to_text(object);
    bytes += text.size();
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void parse_snapshot(benchmark::State& state) {
  const std::string text = to_text(encode(typical_snapshot()));
  for (auto _ : state) benchmark::DoNotOptimize(parse_message(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}

BENCHMARK(floor_echo)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ping)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(get_snapshot)->UseRealTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(encode_snapshot)->Unit(benchmark::kMicrosecond);
BENCHMARK(snapshot_to_text)->Unit(benchmark::kMicrosecond);
BENCHMARK(parse_snapshot)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lull::control
