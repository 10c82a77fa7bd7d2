// SPDX-License-Identifier: MIT
// Claim: when the watcher of status items is back after a restart, so is the item, within 50 ms at
// the median of all rounds. Measured by the watcher itself, a small one on a session bus of its
// own, from the moment when it asks the bus for its name until the agent has registered its item.
//   item_return [ROUNDS]              50 if nothing else is said
// The floor beside it, in the same run: a call from the watcher to the bus and its answer, of which
// a registration needs at least one and a half. Ends with 1 if the claim does not hold.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <systemd/sd-bus.h>

#include "benchmarks/support/bare_desktop.h"
#include "tests/support/sandbox.h"

namespace lull::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMostMilliseconds = 50;
constexpr const char* kWatcher = "org.kde.StatusNotifierWatcher";
constexpr auto kPatience = std::chrono::seconds(30);

int must(int result, const char* what) {
  if (result < 0)
    throw std::runtime_error(std::string(what) + ": error " + std::to_string(-result));
  return result;
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// The watcher; one thread.
class Watcher {
 public:
  explicit Watcher(const std::string& address) {
    must(sd_bus_new(&bus_), "a connection");
    must(sd_bus_set_address(bus_, address.c_str()), "the bus's address");
    must(sd_bus_set_bus_client(bus_, 1), "a client");
    must(sd_bus_start(bus_), "the bus");
    must(
        sd_bus_add_object_vtable(bus_, nullptr, "/StatusNotifierWatcher", kWatcher, kMembers, this),
        "the watcher's object");
  }
  ~Watcher() { sd_bus_flush_close_unref(bus_); }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // From the request for its name to the item, in milliseconds.
  double begin() {
    registered_ = false;
    const auto start = Clock::now();
    must(sd_bus_request_name(bus_, kWatcher, 0), "the watcher's name");
    while (!registered_) {
      if (Clock::now() - start > kPatience) throw std::runtime_error("never: the item");
      if (must(sd_bus_process(bus_, nullptr), "messages") == 0)
        must(sd_bus_wait(bus_, 1'000'000), "waiting");
    }
    const double took = milliseconds_since(start);
    while (must(sd_bus_process(bus_, nullptr), "messages") > 0) {
    }
    return took;
  }
  void end() { must(sd_bus_release_name(bus_, kWatcher), "the end of the name"); }
  double round_trip() {
    const auto start = Clock::now();
    must(sd_bus_call_method(bus_, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                            "org.freedesktop.DBus.Peer", "Ping", nullptr, nullptr, ""),
         "a ping");
    return milliseconds_since(start);
  }

 private:
  static int register_item(sd_bus_message* call, void* self, sd_bus_error*) {
    static_cast<Watcher*>(self)->registered_ = true;
    return sd_bus_reply_method_return(call, "");
  }
  static int has_host(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply, void*,
                      sd_bus_error*) {
    return sd_bus_message_append(reply, "b", 1);
  }
  static constexpr sd_bus_vtable kMembers[] = {
      SD_BUS_VTABLE_START(0),
      SD_BUS_PROPERTY("IsStatusNotifierHostRegistered", "b", has_host, 0, 0),
      SD_BUS_METHOD("RegisterStatusNotifierItem", "s", "", register_item,
                    SD_BUS_VTABLE_UNPRIVILEGED),
      SD_BUS_VTABLE_END};

  sd_bus* bus_ = nullptr;
  bool registered_ = false;
};

struct Times {
  std::vector<double> all;
  double print(const char* name) {
    std::sort(all.begin(), all.end());
    const double median = all[all.size() / 2];
    std::printf("%-44s %8.2f %8.2f %8.2f\n", name, all.front(), median, all.back());
    return median;
  }
};

std::string address_of(const support::Process& bus) {
  await("a session bus", [&] { return bus.output_so_far().find('\n') != std::string::npos; });
  const std::string said = bus.output_so_far();
  return said.substr(0, said.find('\n'));
}

int run(int rounds) {
  support::Sandbox user;
  const auto bus =
      user.start_program({"/usr/bin/dbus-daemon", "--session", "--nofork", "--print-address=1"});
  const std::string address = address_of(*bus);
  user.set("DBUS_SESSION_BUS_ADDRESS", address);
  const auto agent = user.start_agent();
  Watcher watcher(address);
  watcher.begin();
  Times back, floor;
  for (int round = 0; round < rounds; ++round) {
    watcher.end();
    floor.all.push_back(watcher.round_trip());
    back.all.push_back(watcher.begin());
  }
  std::printf("%-44s %8s %8s %8s ms\n", "", "least", "median", "most");
  const double took = back.print("from a watcher to its item");
  const double least = floor.print("floor: a call to the bus and its answer");
  std::printf("%.1f times the floor; %.2f ms, goal %.0f: %s\n", took / least, took,
              kMostMilliseconds, took <= kMostMilliseconds ? "met" : "missed");
  return took <= kMostMilliseconds ? 0 : 1;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) {
  try {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 50;
    if (rounds < 1) throw std::runtime_error("usage: item_return [ROUNDS]");
    return lull::benchmarks::run(rounds);
  } catch (const std::exception& error) {
    std::cerr << "item_return: " << error.what() << '\n';
    return 1;
  }
}
