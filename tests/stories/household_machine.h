// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/stats/system_monitor.h"
#include "tests/support/fake_platform.h"
#include "tests/support/virtual_engine.h"

// The machine that a household lives on, and the person before it, in virtual time.
namespace lull::testing {

// Well and calm: four cores three percent busy, and what support::FakePlatform says besides.
// Stories change what is public.
class HouseholdMachine {
 public:
  explicit HouseholdMachine(const VirtualTime& time) : fake(time), time_(time) {}

  support::FakePlatform fake;
  double busy_percent = 3;                                  // of everybody's processors, not ours
  std::function<std::optional<base::Duration>()> idle_for;  // null: nobody knows
  std::vector<std::string> idle_inhibitors;

  // A stall as of a machine with nearly no memory left, seen by the kernel's triggers; and its end.
  void run_short() {
    fake.memory->available_bytes = fake.memory->total_bytes / 16;
    fake.pressure->some_avg10 = stall_percent_ = 40;
    fake.fire_triggers();
  }
  void recover() {
    fake.memory->available_bytes = fake.memory->total_bytes / 2;
    fake.pressure->some_avg10 = stall_percent_ = 0;
  }

  std::unique_ptr<platform::CpuProbe> cpu_probe() { return std::make_unique<Cpu>(*this); }
  std::unique_ptr<platform::PressureProbe> pressure_probe() {
    return std::make_unique<Stalls>(*this);
  }
  std::unique_ptr<platform::UserIdleProbe> user_idle_probe() {
    return std::make_unique<Person>(*this);
  }
  stats::Probes probes() {
    return {fake.memory_probe(), cpu_probe(),        fake.disk_probe(),   fake.process_probe(),
            pressure_probe(),    fake.power_probe(), fake.thermal_probe()};
  }

 private:
  static constexpr unsigned kCores = 4;
  static constexpr double kTicksPerSecond = 100;

  // Ticks go on with time.
  class Cpu final : public platform::CpuProbe {
   public:
    explicit Cpu(const HouseholdMachine& machine) : machine_(machine), at_(machine.time_.now()) {}
    base::Result<Reading> read() override {
      const base::SteadyTime now = machine_.time_.now();
      const double ticks =
          base::to_seconds(now - std::exchange(at_, now)) * kCores * kTicksPerSecond;
      total_ += ticks;
      busy_ += ticks * machine_.busy_percent / 100;
      return Reading{{static_cast<std::uint64_t>(busy_), static_cast<std::uint64_t>(total_)},
                     kCores,
                     machine_.busy_percent / 100 * kCores};
    }

   private:
    const HouseholdMachine& machine_;
    base::SteadyTime at_;
    double busy_ = 0, total_ = 0;
  };

  // So does the time that was lost, while memory is short.
  class Stalls final : public platform::PressureProbe {
   public:
    explicit Stalls(HouseholdMachine& machine)
        : machine_(machine), probe_(machine.fake.pressure_probe()), at_(machine.time_.now()) {}
    base::Result<model::PressureReading> read() override {
      const base::SteadyTime now = machine_.time_.now();
      lost_us_ += base::to_seconds(now - std::exchange(at_, now)) * machine_.stall_percent_ * 1e4;
      auto reading = probe_->read();
      if (reading) reading->some_total_us += static_cast<std::uint64_t>(lost_us_);
      return reading;
    }
    base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger& trigger) override {
      return probe_->open_trigger(trigger);
    }

   private:
    const HouseholdMachine& machine_;
    const std::unique_ptr<platform::PressureProbe> probe_;
    base::SteadyTime at_;
    double lost_us_ = 0;
  };

  class Person final : public platform::UserIdleProbe {
   public:
    explicit Person(const HouseholdMachine& machine) : machine_(machine) {}
    model::UserIdle read() override {
      return {machine_.idle_for ? machine_.idle_for() : std::nullopt};
    }

   private:
    const HouseholdMachine& machine_;
  };

  const VirtualTime& time_;
  double stall_percent_ = 0;  // of the time somebody waits for memory
};

}  // namespace lull::testing
