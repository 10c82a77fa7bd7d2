// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdint>

#include <libproc.h>
#include <sys/proc_info.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/scan/open_files.h"
#include "core/scan/open_list_macos.h"

namespace lull::scan {
namespace {

constexpr std::size_t kSpare = 64;  // for what is opened or started meanwhile

std::optional<std::vector<pid_t>> all_processes() {
  const int about = ::proc_listallpids(nullptr, 0);
  if (about <= 0) return std::nullopt;
  std::vector<pid_t> pids(static_cast<std::size_t>(about) * 2 + kSpare);
  const int got = ::proc_listallpids(pids.data(), static_cast<int>(pids.size() * sizeof(pid_t)));
  // A full answer may be a cut one.
  if (got <= 0 || static_cast<std::size_t>(got) >= pids.size()) return std::nullopt;
  pids.resize(static_cast<std::size_t>(got));
  return pids;
}

class Collector {
 public:
  Collector(pid_t pid, std::vector<FileKey>& files)
      : pid_(pid), ourselves_(pid == ::getpid()), files_(files) {}

  // False: it may have more than could be seen.
  bool descriptors() {
    const int about = ::proc_pidinfo(pid_, PROC_PIDLISTFDS, 0, nullptr, 0);  // bytes
    if (about <= 0) return hides_nothing();
    std::vector<proc_fdinfo> open(static_cast<std::size_t>(about) / sizeof(proc_fdinfo) + kSpare);
    const int room = static_cast<int>(open.size() * sizeof(proc_fdinfo));
    const int got = ::proc_pidinfo(pid_, PROC_PIDLISTFDS, 0, open.data(), room);
    if (got <= 0) return hides_nothing();
    if (got >= room) return false;
    open.resize(static_cast<std::size_t>(got) / sizeof(proc_fdinfo));
    for (const proc_fdinfo& one : open) {
      vnode_fdinfo info{};
      if (one.proc_fdtype != PROX_FDTYPE_VNODE) continue;
      if (::proc_pidfdinfo(pid_, one.proc_fd, PROC_PIDFDVNODEINFO, &info, sizeof info) ==
          static_cast<int>(sizeof info))
        add(info.pvi.vi_stat);
    }
    return true;
  }

  void working_directory() {
    proc_vnodepathinfo info{};
    if (::proc_pidinfo(pid_, PROC_PIDVNODEPATHINFO, 0, &info, sizeof info) !=
        static_cast<int>(sizeof info))
      return;
    add(info.pvi_cdir.vip_vi.vi_stat);
    add(info.pvi_rdir.vip_vi.vi_stat);
  }

  // The region at an address, or the next one; most have no file.
  void mappings() {
    std::uint64_t address = 0;
    proc_regionwithpathinfo region{};
    while (::proc_pidinfo(pid_, PROC_PIDREGIONPATHINFO, address, &region, sizeof region) ==
           static_cast<int>(sizeof region)) {
      add(region.prp_vip.vip_vi.vi_stat);
      const std::uint64_t next = region.prp_prinfo.pri_address + region.prp_prinfo.pri_size;
      if (next <= address) return;
      address = next;
    }
  }

 private:
  // Others' processes and those that have ended have nothing to show.
  static bool hides_nothing() { return errno == ESRCH || errno == EPERM || errno == 0; }

  void add(const vinfo_stat& status) {
    if (S_ISDIR(status.vst_mode) ? ourselves_ : !S_ISREG(status.vst_mode)) return;
    files_.push_back({static_cast<dev_t>(status.vst_dev), status.vst_ino});
  }

  const pid_t pid_;
  const bool ourselves_;
  std::vector<FileKey>& files_;
};

}  // namespace

std::optional<std::vector<FileKey>> list_open_files(const base::CancelToken& cancel) {
  const auto processes = all_processes();
  if (!processes) return std::nullopt;
  std::vector<FileKey> files;
  for (const pid_t pid : *processes) {
    if (cancel.cancelled()) return std::nullopt;
    errno = 0;
    Collector collector(pid, files);
    if (!collector.descriptors()) return std::nullopt;
    collector.working_directory();
    collector.mappings();
  }
  return files;
}

std::optional<OpenFiles> find_open_files(const platform::SystemRoots&, const WalkOptions& options) {
  const auto files = list_open_files(options.cancel);
  if (!files) return std::nullopt;
  OpenFiles open;
  for (const FileKey& file : *files) open.add(file.device, file.inode);
  return open;
}

}  // namespace lull::scan
