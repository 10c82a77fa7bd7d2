// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/services/relief_senses.h"
#include "core/base/bytes.h"
#include "tests/support/fake_platform.h"

namespace lull::support {

// The user's apps, made of values. Taking from one moves its memory to what is available; every
// request is noted as "UNIT BYTES [swappiness]". The facilities refer to it.
class FakeApps {
 public:
  explicit FakeApps(FakePlatform& machine) : machine_(machine) {}
  FakeApps(const FakeApps&) = delete;
  FakeApps& operator=(const FakeApps&) = delete;

  std::vector<model::ScopeReading> scopes;
  std::vector<std::string> requests;
  model::SwapState swap{model::SwapKind::kSolidState, 0, false};
  model::PressureReading stall;
  // Instead of taking; nullptr: it takes all that is asked.
  std::function<platform::ReclaimOutcome(const platform::ReclaimRequest&)> on_reclaim;
  std::function<void()> on_read;  // before the apps are read; not on the engine's thread
  int reads = 0;
  std::string with_terminal;  // a unit
  int terminals_asked = 0;

  model::ScopeReading& add(const std::string& unit, std::uint64_t id) {
    model::ScopeReading reading;
    reading.unit = unit;
    reading.cgroup_id = id;
    reading.state = model::ScopeState::kRead;
    reading.current_bytes = base::kGiB;
    reading.inactive_anonymous_bytes = 800 * base::kMiB;
    reading.cpu_us = 1'000'000;
    scopes.push_back(reading);
    return scopes.back();
  }
  void take(std::uint64_t cgroup_id, std::uint64_t bytes) {
    for (auto& scope : scopes)
      if (scope.cgroup_id == cgroup_id) {
        scope.current_bytes -= bytes;
        scope.pages_reclaimed += bytes / 4096;
      }
    machine_.memory->available_bytes += bytes;
    swap.swapped_out_bytes += bytes;
  }

  agent::ReliefFacilities facilities() {
    agent::ReliefFacilities made;
    made.scopes = std::make_unique<Probe>(*this);
    made.reclaim = std::make_unique<Lever>(*this);
    made.swap = std::make_unique<Swap>(*this);
    made.memory_stall = std::make_unique<Stall>(*this);
    made.io_stall = std::make_unique<Stall>(*this);
    made.app_slice = "/nowhere/user@1000.service/app.slice";
    made.own_unit = "lull.service";
    made.has_terminal = [this](const std::string& unit) {
      ++terminals_asked;
      return unit == with_terminal;
    };
    return made;
  }

 private:
  struct Probe final : platform::ScopeProbe {
    explicit Probe(FakeApps& owner) : apps(owner) {}
    base::Status read(model::ScopeTree& tree) override {
      ++apps.reads;
      if (apps.on_read) apps.on_read();
      tree.taken_at = apps.machine_.clock.now();
      tree.scopes = apps.scopes;
      return {};
    }
    FakeApps& apps;
  };
  struct Lever final : platform::ScopeReclaim {
    explicit Lever(FakeApps& owner) : apps(owner) {}
    platform::ReclaimAnswer reclaim(const platform::ReclaimRequest& request) override {
      apps.requests.push_back(request.unit + " " + platform::reclaim_text(request));
      if (apps.on_reclaim) return {apps.on_reclaim(request), 0, {}};
      apps.take(request.cgroup_id, request.bytes);
      return {platform::ReclaimOutcome::kReclaimed, 0, {}};
    }
    FakeApps& apps;
  };
  struct Swap final : platform::SwapProbe {
    explicit Swap(FakeApps& owner) : apps(owner) {}
    base::Result<model::SwapState> read() override { return apps.swap; }
    FakeApps& apps;
  };
  struct Stall final : platform::PressureProbe {
    explicit Stall(FakeApps& owner) : apps(owner) {}
    base::Result<model::PressureReading> read() override {
      model::PressureReading reading = apps.stall;
      reading.taken_at = apps.machine_.clock.now();
      return reading;
    }
    base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger&) override {
      return base::fail(base::ErrorCode::kUnavailable, "none here");
    }
    FakeApps& apps;
  };

  FakePlatform& machine_;
};

}  // namespace lull::support
