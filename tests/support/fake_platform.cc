// SPDX-License-Identifier: MIT
#include "tests/support/fake_platform.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "core/base/bytes.h"

namespace lull::support {
namespace {

using base::kGiB;
using base::kMiB;

class FakeMemoryProbe final : public platform::MemoryProbe {
 public:
  explicit FakeMemoryProbe(FakePlatform& fake) : fake_(fake) {}
  base::Result<model::MemorySample> sample() override {
    fake_.calls.emplace_back("memory.sample");
    auto sample = fake_.memory;
    if (sample) sample->taken_at = fake_.clock.now();
    return sample;
  }

 private:
  FakePlatform& fake_;
};

class FakeCpuProbe final : public platform::CpuProbe {
 public:
  explicit FakeCpuProbe(FakePlatform& fake) : fake_(fake) {}
  base::Result<Reading> read() override {
    fake_.calls.emplace_back("cpu.read");
    return fake_.cpu;
  }

 private:
  FakePlatform& fake_;
};

class FakeDiskProbe final : public platform::DiskProbe {
 public:
  explicit FakeDiskProbe(FakePlatform& fake) : fake_(fake) {}
  base::Result<std::vector<model::DiskSpace>> list() override {
    fake_.calls.emplace_back("disks.list");
    return fake_.disks;
  }

 private:
  FakePlatform& fake_;
};

class FakeProcessProbe final : public platform::ProcessProbe {
 public:
  explicit FakeProcessProbe(FakePlatform& fake) : fake_(fake) {}
  base::Status list(std::vector<model::RawProcess>& out) override {
    fake_.calls.emplace_back("processes.list");
    out.clear();
    if (!fake_.processes) return tl::unexpected(fake_.processes.error());
    out = *fake_.processes;
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.id.pid < b.id.pid; });
    return {};
  }
  base::Result<std::uint64_t> proportional_bytes(const model::ProcessId& id) override {
    fake_.calls.push_back("processes.proportional_bytes " + std::to_string(id.pid));
    if (!has(id)) return base::fail(base::ErrorCode::kNotFound, "the process has ended");
    const auto known = fake_.proportional.find(id.pid);
    return known != fake_.proportional.end() ? known->second
                                             : static_cast<std::uint64_t>(id.pid) * 2 * kMiB;
  }
  std::optional<base::WallTime> started_at(const model::ProcessId& id) override {
    return fake_.boot + std::chrono::milliseconds(id.start_ticks * 10);
  }
  void shed() override { fake_.calls.emplace_back("processes.shed"); }

 private:
  bool has(const model::ProcessId& id) const {
    return fake_.processes && std::any_of(fake_.processes->begin(), fake_.processes->end(),
                                          [&](const auto& process) { return process.id == id; });
  }
  FakePlatform& fake_;
};

class FakePressureProbe final : public platform::PressureProbe {
 public:
  explicit FakePressureProbe(FakePlatform& fake) : fake_(fake) {}
  base::Result<model::PressureReading> read() override {
    fake_.calls.emplace_back("pressure.read");
    fake_.end_signals();
    auto reading = fake_.pressure;
    if (reading) reading->taken_at = fake_.clock.now();
    return reading;
  }
  base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger& trigger) override {
    return fake_.open_trigger(trigger);
  }

 private:
  FakePlatform& fake_;
};

class FakePowerProbe final : public platform::PowerProbe {
 public:
  explicit FakePowerProbe(FakePlatform& fake) : fake_(fake) {}
  model::PowerState read() override {
    fake_.calls.emplace_back("power.read");
    return fake_.power;
  }

 private:
  FakePlatform& fake_;
};

class FakeThermalProbe final : public platform::ThermalProbe {
 public:
  explicit FakeThermalProbe(FakePlatform& fake) : fake_(fake) {}
  model::ThermalState read() override {
    fake_.calls.emplace_back("thermal.read");
    return fake_.thermal;
  }

 private:
  FakePlatform& fake_;
};

class FakeUserIdleProbe final : public platform::UserIdleProbe {
 public:
  explicit FakeUserIdleProbe(FakePlatform& fake) : fake_(fake) {}
  model::UserIdle read() override {
    fake_.calls.emplace_back("user_idle.read");
    return fake_.user_idle;
  }

 private:
  FakePlatform& fake_;
};

model::MemorySample healthy_memory() {
  model::MemorySample sample;
  sample.total_bytes = 16 * kGiB;
  sample.available_bytes = 8 * kGiB;
  sample.free_bytes = 2 * kGiB;
  sample.cached_bytes = 6 * kGiB;
  sample.swap_total_bytes = 4 * kGiB;
  return sample;
}

}  // namespace

FakePlatform::FakePlatform(const base::Clock& clock_in)
    : memory(healthy_memory()),
      cpu(platform::CpuProbe::Reading{{1'000, 10'000}, 4, 0.5}),
      disks(std::vector<model::DiskSpace>{{"/", "/dev/vda1", "ext4", 100 * kGiB, 40 * kGiB}}),
      processes(std::vector<model::RawProcess>{fake_process(1, "init", 10 * kMiB, {}, 0),
                                               fake_process(200, "editor", 300 * kMiB),
                                               fake_process(300, "browser", 900 * kMiB)}),
      boot(std::chrono::seconds(1'767'000'000)),
      pressure(model::PressureReading{}),
      power{model::PowerSource::kMains, std::nullopt},
      thermal{model::ThermalLevel::kNominal, 40.0},
      clock(clock_in) {}

std::size_t FakePlatform::count(std::string_view prefix) const {
  return static_cast<std::size_t>(
      std::count_if(calls.begin(), calls.end(),
                    [&](const std::string& call) { return call.starts_with(prefix); }));
}

// Out-of-band data makes a socket signal what a PSI file does. The byte sent the other way is never
// read, so that closing the far end is an error and not an end.
base::Result<base::UniqueFd> FakePlatform::open_trigger(const platform::PressureTrigger& trigger) {
  const bool some = trigger.kind == platform::PressureTrigger::Kind::kSome;
  calls.push_back(std::string("pressure.open_trigger ") + (some ? "some " : "full ") +
                  std::to_string(trigger.stall_us) + " " + std::to_string(trigger.window_us));
  LULL_TRY(base::Status(triggers));
  if (!pressure) return tl::unexpected(pressure.error());
  constexpr unsigned kSecond = 1'000'000;
  const bool window_is_allowed = trigger.window_us >= 2 * kSecond &&
                                 trigger.window_us <= 10 * kSecond &&
                                 trigger.window_us % (2 * kSecond) == 0;
  if (!window_is_allowed || trigger.stall_us == 0 || trigger.stall_us > trigger.window_us)
    return base::fail_errno(EINVAL, "/proc/pressure/memory", "setting a pressure trigger");
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return base::fail_errno(errno, {}, "making a trigger");
  base::UniqueFd near(ends[0]);
  open_triggers_.push_back({base::UniqueFd(ends[1]), base::UniqueFd(::dup(near.get()))});
  if (::write(near.get(), "", 1) != 1) return base::fail_errno(errno, {}, "making a trigger");
  return near;
}

void FakePlatform::fire_triggers() {
  for (const Trigger& trigger : open_triggers_)
    ::send(trigger.far.get(), "!", 1, MSG_OOB | MSG_NOSIGNAL);
}

void FakePlatform::end_signals() {
  char signal = 0;
  for (const Trigger& trigger : open_triggers_)
    ::recv(trigger.near.get(), &signal, 1, MSG_OOB | MSG_DONTWAIT);
}

void FakePlatform::break_triggers() { open_triggers_.clear(); }

std::unique_ptr<platform::MemoryProbe> FakePlatform::memory_probe() {
  return std::make_unique<FakeMemoryProbe>(*this);
}
std::unique_ptr<platform::CpuProbe> FakePlatform::cpu_probe() {
  return std::make_unique<FakeCpuProbe>(*this);
}
std::unique_ptr<platform::DiskProbe> FakePlatform::disk_probe() {
  return std::make_unique<FakeDiskProbe>(*this);
}
std::unique_ptr<platform::ProcessProbe> FakePlatform::process_probe() {
  return std::make_unique<FakeProcessProbe>(*this);
}
std::unique_ptr<platform::PressureProbe> FakePlatform::pressure_probe() {
  return std::make_unique<FakePressureProbe>(*this);
}
std::unique_ptr<platform::PowerProbe> FakePlatform::power_probe() {
  return std::make_unique<FakePowerProbe>(*this);
}
std::unique_ptr<platform::ThermalProbe> FakePlatform::thermal_probe() {
  return std::make_unique<FakeThermalProbe>(*this);
}
std::unique_ptr<platform::UserIdleProbe> FakePlatform::user_idle_probe() {
  return std::make_unique<FakeUserIdleProbe>(*this);
}

model::RawProcess fake_process(pid_t pid, std::string name, std::uint64_t resident_bytes,
                               base::Duration cpu_time, uid_t uid) {
  model::RawProcess process;
  process.id = {pid, static_cast<std::uint64_t>(pid) * 100};
  process.name = std::move(name);
  process.cpu_time_ns = static_cast<std::uint64_t>(cpu_time.count());
  process.resident_bytes = resident_bytes;
  process.threads = 1;
  process.uid = uid;
  return process;
}

}  // namespace lull::support
