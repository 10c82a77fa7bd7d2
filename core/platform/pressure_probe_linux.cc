// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/psi_parse.h"

namespace lull::platform {
namespace {

// Never write into a file that is not the kernel's: a recorded tree would be damaged.
bool is_kernel_file(int fd) {
  struct ::statfs status {};
  if (::fstatfs(fd, &status) != 0) return false;
  return status.f_type == PROC_SUPER_MAGIC || status.f_type == CGROUP2_SUPER_MAGIC;
}

std::string trigger_text(const PressureTrigger& trigger) {
  const char* kind = trigger.kind == PressureTrigger::Kind::kSome ? "some " : "full ";
  return kind + std::to_string(trigger.stall_us) + " " + std::to_string(trigger.window_us);
}

class LinuxPressureProbe final : public PressureProbe {
 public:
  LinuxPressureProbe(std::string path, const base::Clock& clock)
      : path_(std::move(path)), clock_(clock) {}

  base::Result<model::PressureReading> read() override {
    if (!file_) {
      auto file = KeptFile::open(path_);
      if (!file) return unavailable(std::move(file).error());
      file_ = std::move(*file);
    }
    const base::SteadyTime now = clock_.now();
    std::array<char, 512> buffer;
    auto text = file_->read(buffer);
    if (!text) return unavailable(std::move(text).error());
    auto reading = parse_psi(*text, path_);
    if (reading) reading->taken_at = now;
    return reading;
  }

  base::Result<base::UniqueFd> open_trigger(const PressureTrigger& trigger) override {
    base::UniqueFd fd(::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd) return trigger_failed(errno);
    if (!is_kernel_file(fd.get()))
      return base::fail(base::ErrorCode::kUnavailable, "is not the kernel's, it has no triggers",
                        path_);
    // The kernel wants the terminating NUL as part of the write.
    const std::string text = trigger_text(trigger);
    if (::write(fd.get(), text.c_str(), text.size() + 1) < 0) return trigger_failed(errno);
    return fd;
  }

 private:
  // No file: not built in. EOPNOTSUPP: turned off with psi=0.
  static tl::unexpected<base::Error> unavailable(base::Error error) {
    if (error.os_error == ENOENT || error.os_error == ENOTDIR || error.os_error == EOPNOTSUPP) {
      error.code = base::ErrorCode::kUnavailable;
      error.message = "the kernel has no pressure stall information";
    }
    return tl::unexpected(std::move(error));
  }

  tl::unexpected<base::Error> trigger_failed(int os_error) const {
    base::Error error = base::fail_errno(os_error, path_, "setting a pressure trigger").value();
    return unavailable(std::move(error));
  }

  const std::string path_;
  const base::Clock& clock_;
  std::optional<KeptFile> file_;
};

}  // namespace

std::unique_ptr<PressureProbe> make_pressure_probe(const SystemRoots& roots,
                                                   const base::Clock& clock) {
  return std::make_unique<LinuxPressureProbe>(roots.proc + "/pressure/memory", clock);
}

std::unique_ptr<PressureProbe> make_io_pressure_probe(const SystemRoots& roots,
                                                      const base::Clock& clock) {
  return std::make_unique<LinuxPressureProbe>(roots.proc + "/pressure/io", clock);
}

std::unique_ptr<PressureProbe> make_scope_pressure_probe(const std::string& cgroup,
                                                         const base::Clock& clock) {
  return std::make_unique<LinuxPressureProbe>(cgroup + "/memory.pressure", clock);
}

}  // namespace lull::platform
