// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libproc.h>
#include <mach/mach_time.h>
#include <string.h>
#include <sys/proc_info.h>
#include <sys/resource.h>

#include "core/platform/mac_ticks.h"
#include "core/platform/process_probe.h"

namespace lull::platform {
namespace {

// Room for what is started while the kernel is asked.
constexpr std::size_t kSpare = 64;

std::uint64_t started_us(const proc_bsdinfo& info) {
  return info.pbi_start_tvsec * 1'000'000 + info.pbi_start_tvusec;
}

// Microseconds since 1970 at the start of the process; nothing if it has ended or is not ours to
// ask.
std::optional<proc_taskallinfo> look_at(pid_t pid) {
  proc_taskallinfo info{};
  const int got = ::proc_pidinfo(pid, PROC_PIDTASKALLINFO, 0, &info, sizeof info);
  if (got != static_cast<int>(sizeof info)) return std::nullopt;
  return info;
}

std::optional<std::uint64_t> footprint_of(pid_t pid) {
  rusage_info_v4 usage{};
  if (::proc_pid_rusage(pid, RUSAGE_INFO_V4, reinterpret_cast<rusage_info_t*>(&usage)) != 0)
    return std::nullopt;
  return usage.ri_phys_footprint;
}

// Other users' processes are left out: without being root the kernel tells nothing of them but
// their names, and a row with zeros would be wrong.
class MacProcessProbe final : public ProcessProbe {
 public:
  MacProcessProbe() { ::mach_timebase_info(&base_); }

  base::Status list(std::vector<model::RawProcess>& out) override {
    LULL_TRY(find_pids());
    std::size_t rows = 0;
    for (const pid_t pid : pids_) {
      if (rows == out.size()) out.emplace_back();
      if (read_row(pid, out[rows])) ++rows;
    }
    out.resize(rows);
    return {};
  }

  base::Result<std::uint64_t> proportional_bytes(const model::ProcessId& id) override {
    const auto bytes = footprint_of(id.pid);
    const int failed = errno;
    const auto info = look_at(id.pid);
    if (!info || started_us(info->pbsd) != id.start_ticks)
      return base::fail(base::ErrorCode::kNotFound, "the process has ended");
    if (!bytes) return base::fail_errno(failed, {}, "asking for a footprint");
    return *bytes;
  }

  // Start times are wall-clock times already.
  std::optional<base::WallTime> started_at(const model::ProcessId& id) override {
    return base::WallTime(std::chrono::duration_cast<base::WallTime::duration>(
        std::chrono::microseconds(id.start_ticks)));
  }

  void shed() override { pids_ = std::vector<pid_t>(); }

 private:
  base::Status find_pids() {
    for (;;) {
      const int bytes = static_cast<int>(pids_.size() * sizeof(pid_t));
      const int count = ::proc_listallpids(pids_.empty() ? nullptr : pids_.data(), bytes);
      if (count <= 0) return base::fail_errno(errno, {}, "listing processes");
      const auto found = static_cast<std::size_t>(count);
      // A full answer may be a cut one.
      const bool whole = !pids_.empty() && found < pids_.size();
      pids_.resize(whole ? found : found + kSpare);
      if (whole) break;
    }
    std::sort(pids_.begin(), pids_.end());
    // Number 0 is the kernel.
    pids_.erase(pids_.begin(), std::upper_bound(pids_.begin(), pids_.end(), 0));
    return {};
  }

  bool read_row(pid_t pid, model::RawProcess& row) const {
    const auto info = look_at(pid);
    if (!info) return false;
    const proc_bsdinfo& process = info->pbsd;
    const proc_taskinfo& task = info->ptinfo;
    row.id = {pid, started_us(process)};
    // The longer of the two names the kernel keeps; 32 bytes, ends in a zero if there is room.
    const char* name = process.pbi_name[0] != '\0' ? process.pbi_name : process.pbi_comm;
    const std::size_t most =
        process.pbi_name[0] != '\0' ? sizeof process.pbi_name : sizeof process.pbi_comm;
    row.name.assign(name, ::strnlen(name, most));
    row.cpu_time_ns =
        ns_of_mach_time(task.pti_total_user + task.pti_total_system, base_.numer, base_.denom);
    row.resident_bytes = footprint_of(pid).value_or(task.pti_resident_size);
    row.threads = static_cast<std::uint32_t>(std::max(task.pti_threadnum, 0));
    row.uid = process.pbi_uid;
    return true;
  }

  mach_timebase_info_data_t base_{};
  std::vector<pid_t> pids_;
};

}  // namespace

std::unique_ptr<ProcessProbe> make_process_probe(const SystemRoots&) {
  return std::make_unique<MacProcessProbe>();
}

}  // namespace lull::platform
