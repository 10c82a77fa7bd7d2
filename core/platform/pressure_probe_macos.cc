// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <dispatch/dispatch.h>
#include <fcntl.h>
#include <sys/sysctl.h>
#include <unistd.h>

#include "core/platform/mac_pressure.h"
#include "core/platform/pressure_probe.h"

namespace lull::platform {
namespace {

static_assert(pressure_level_of(DISPATCH_MEMORYPRESSURE_NORMAL) == model::PressureLevel::kNormal &&
              pressure_level_of(DISPATCH_MEMORYPRESSURE_WARN) == model::PressureLevel::kWarning &&
              pressure_level_of(DISPATCH_MEMORYPRESSURE_CRITICAL) ==
                  model::PressureLevel::kCritical);

constexpr const char* kLevel = "kern.memorystatus_vm_pressure_level";

base::Result<model::PressureLevel> level_now() {
  int told = 0;
  std::size_t size = sizeof told;
  if (::sysctlbyname(kLevel, &told, &size, nullptr, 0) != 0)
    return base::fail_errno(errno, kLevel, "reading memory pressure");
  const auto level = pressure_level_of(told);
  if (!level) return base::fail(base::ErrorCode::kMalformed, "is " + std::to_string(told), kLevel);
  return *level;
}

// Both ends keep from blocking, and a reader that is gone is no signal for the whole process.
base::Status make_pipe(base::UniqueFd& reader, base::UniqueFd& writer) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return base::fail_errno(errno, {}, "making a pressure trigger");
  reader.reset(ends[0]);
  writer.reset(ends[1]);
  for (const int end : ends) {
    if (::fcntl(end, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(end, F_SETFL, O_NONBLOCK) != 0)
      return base::fail_errno(errno, {}, "making a pressure trigger");
  }
  if (::fcntl(ends[1], F_SETNOSIGPIPE, 1) != 0)
    return base::fail_errno(errno, {}, "making a pressure trigger");
  return {};
}

// The kernel's notes of changes: for each a byte into a pipe, written on a thread of the system's.
class Source {
 public:
  Source(uintptr_t levels, base::UniqueFd writer)
      : source_(::dispatch_source_create(DISPATCH_SOURCE_TYPE_MEMORYPRESSURE, 0, levels,
                                         ::dispatch_get_global_queue(QOS_CLASS_UTILITY, 0))),
        writer_(writer.release()) {
    if (source_ == nullptr) {
      ::close(writer_);
      return;
    }
    ::dispatch_set_context(source_, reinterpret_cast<void*>(static_cast<intptr_t>(writer_)));
    ::dispatch_source_set_event_handler_f(source_, [](void* context) {
      // A full pipe says enough.
      (void)!::write(descriptor(context), "!", 1);
    });
    // After the last event handler: nobody writes into a descriptor that is another's by then.
    ::dispatch_source_set_cancel_handler_f(source_,
                                           [](void* context) { ::close(descriptor(context)); });
    ::dispatch_activate(source_);
  }
  ~Source() {
    if (source_ == nullptr) return;
    ::dispatch_source_cancel(source_);
    ::dispatch_release(source_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  explicit operator bool() const { return source_ != nullptr; }

 private:
  static int descriptor(void* context) {
    return static_cast<int>(reinterpret_cast<intptr_t>(context));
  }
  const dispatch_source_t source_;
  const int writer_;
};

class MacPressureProbe final : public PressureProbe {
 public:
  explicit MacPressureProbe(const base::Clock& clock) : clock_(clock) {}

  base::Result<model::PressureReading> read() override {
    const base::SteadyTime now = clock_.now();
    const auto level = level_now();
    if (!level) return tl::unexpected(level.error());
    model::PressureReading reading;
    reading.taken_at = now;
    reading.told = *level;
    return reading;
  }

  base::Result<base::UniqueFd> open_trigger(const PressureTrigger& trigger) override {
    const auto level = level_for(trigger);
    if (!level)
      return base::fail(base::ErrorCode::kUnavailable, "the system tells no finer pressure");
    base::UniqueFd reader, writer;
    LULL_TRY(make_pipe(reader, writer));
    const uintptr_t critical = DISPATCH_MEMORYPRESSURE_CRITICAL;
    const uintptr_t levels = *level == model::PressureLevel::kCritical
                                 ? critical
                                 : critical | DISPATCH_MEMORYPRESSURE_WARN;
    auto source = std::make_unique<Source>(levels, std::move(writer));
    if (!*source)
      return base::fail(base::ErrorCode::kUnavailable, "no memory pressure source can be made");
    sources_.push_back(std::move(source));
    return reader;
  }

  TriggerSignal trigger_signal() const override { return TriggerSignal::kReadable; }

 private:
  const base::Clock& clock_;
  std::vector<std::unique_ptr<Source>> sources_;
};

class NoPressureProbe final : public PressureProbe {
 public:
  base::Result<model::PressureReading> read() override { return unavailable(); }
  base::Result<base::UniqueFd> open_trigger(const PressureTrigger&) override {
    return unavailable();
  }

 private:
  static tl::unexpected<base::Error> unavailable() {
    return base::fail(base::ErrorCode::kUnavailable, "this system tells memory pressure alone");
  }
};

}  // namespace

std::unique_ptr<PressureProbe> make_pressure_probe(const SystemRoots&, const base::Clock& clock) {
  return std::make_unique<MacPressureProbe>(clock);
}

std::unique_ptr<PressureProbe> make_io_pressure_probe(const SystemRoots&, const base::Clock&) {
  return std::make_unique<NoPressureProbe>();
}

std::unique_ptr<PressureProbe> make_scope_pressure_probe(const std::string&, const base::Clock&) {
  return std::make_unique<NoPressureProbe>();
}

}  // namespace lull::platform
