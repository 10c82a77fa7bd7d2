// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/platform/disk_probe.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

constexpr std::size_t kFirstGuess = 4096;
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

constexpr const char* kOwnMounts = "/proc/self/mountinfo";

std::optional<dev_t> device_of(const std::string& path) {
  struct ::stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_dev;
}

// After chroot(2) into a directory that is no mount, the table has no line for "/"
// (proc_pid_mountinfo(5): what cannot be reached from the process's root is left out). The volume
// it lies on may be listed by another of its places, or is not listed at all.
void name_root(std::vector<Volume>& volumes) {
  const auto is_root = [](const Volume& volume) { return volume.mount == "/"; };
  const auto device = device_of("/");
  if (!device || std::any_of(volumes.begin(), volumes.end(), is_root)) return;
  const auto same = std::find_if(volumes.begin(), volumes.end(), [&](const Volume& volume) {
    return volume.ask && device_of(volume.mount) == device;
  });
  if (same == volumes.end())
    volumes.insert(volumes.begin(), Volume{"/", "unknown", "unknown", true});
  else
    same->mount = "/";
}

bool is_directory(const std::string& path) {
  struct ::stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

class LinuxDiskProbe final : public DiskProbe {
 public:
  explicit LinuxDiskProbe(const SystemRoots& roots) : path_(roots.proc + "/self/mountinfo") {}

  base::Result<std::vector<model::DiskSpace>> list() override {
    const auto text = read_mounts();
    if (!text) return tl::unexpected(text.error());
    if (!has_mount(*text)) return base::fail(base::ErrorCode::kMalformed, "lists no mount", path_);
    std::vector<model::DiskSpace> disks;
    std::vector<Volume> volumes = select_volumes(*text, is_directory);
    if (path_ == kOwnMounts) name_root(volumes);
    for (Volume& volume : volumes) add(std::move(volume), disks);
    return disks;
  }

 private:
  base::Result<std::string_view> read_mounts() {
    if (!file_) {
      auto file = KeptFile::open(path_);
      if (!file) return tl::unexpected(file.error());
      file_ = std::move(*file);
    }
    for (;;) {
      auto text = file_->read_all(buffer_);
      if (!text || text->size() < buffer_.size()) return text;
      if (buffer_.size() >= kMostBytes)
        return base::fail(base::ErrorCode::kTooLarge, "lists too many mounts", path_);
      buffer_.resize(buffer_.size() * 2);
    }
  }

  static bool has_mount(std::string_view text) {
    std::string_view line;
    MountLine mount;
    while (take_line(text, line))
      if (parse_mount_line(line, mount)) return true;
    return false;
  }

  // A volume that cannot be asked, or has no blocks (it only looks like storage), is left out.
  static void add(Volume volume, std::vector<model::DiskSpace>& disks) {
    model::DiskSpace disk{
        std::move(volume.mount), std::move(volume.device), std::move(volume.type), 0, 0, 0};
    if (volume.ask) {
      struct ::statvfs space {};
      if (::statvfs(disk.mount.c_str(), &space) != 0 || space.f_blocks == 0) return;
      disk.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize;
      disk.available_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
      disk.used_bytes =
          std::uint64_t{space.f_blocks - std::min(space.f_bfree, space.f_blocks)} * space.f_frsize;
    }
    disks.push_back(std::move(disk));
  }

  const std::string path_;
  std::optional<KeptFile> file_;
  std::vector<char> buffer_ = std::vector<char>(kFirstGuess);
};

}  // namespace

std::unique_ptr<DiskProbe> make_disk_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxDiskProbe>(roots);
}

}  // namespace lull::platform
