// SPDX-License-Identifier: MIT
#include "core/platform/mountinfo_parse.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "core/base/path_text.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

// "254:1".
bool take_device(std::string_view& rest, std::uint64_t& device) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t major_number = 0, minor_number = 0;
  if (!take_number(rest, major_number) || !rest.starts_with(':')) return false;
  rest.remove_prefix(1);
  if (!take_number(rest, minor_number) || major_number > kMax || minor_number > kMax) return false;
  device = major_number << 32 | minor_number;
  return true;
}

// Optional fields end at a lone "-".
bool skip_optional_fields(std::string_view& rest) {
  for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest))
    if (word == "-") return true;
  return false;
}

bool contains(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Served by another machine, or by a program that talks to one: asking may hang.
constexpr std::array<std::string_view, 27> kNetworkTypes = {"nfs",
                                                            "nfs4",
                                                            "cifs",
                                                            "smb3",
                                                            "smbfs",
                                                            "ncpfs",
                                                            "afs",
                                                            "coda",
                                                            "ceph",
                                                            "lustre",
                                                            "glusterfs",
                                                            "beegfs",
                                                            "orangefs",
                                                            "9p",
                                                            "fuse.sshfs",
                                                            "fuse.rclone",
                                                            "fuse.s3fs",
                                                            "fuse.davfs",
                                                            "fuse.glusterfs",
                                                            "fuse.ceph-fuse",
                                                            "fuse.curlftpfs",
                                                            "fuse.juicefs",
                                                            "fuse.gcsfuse",
                                                            "fuse.goofys",
                                                            "fuse.blobfuse2",
                                                            "fuse.smbnetfs",
                                                            "davfs"};
// Read-only images: always full, nothing to clean.
constexpr std::array<std::string_view, 6> kImageTypes = {"squashfs", "iso9660", "udf",
                                                         "erofs",    "cramfs",  "romfs"};
// Storage whose source is not a path under /dev.
constexpr std::array<std::string_view, 6> kStorageTypes = {"zfs",      "btrfs", "bcachefs",
                                                           "virtiofs", "ubifs", "jffs2"};

enum class Kind { kOther, kStorage, kNetwork };

Kind kind_of(const MountLine& mount) {
  if (contains(kNetworkTypes, mount.type)) return Kind::kNetwork;
  if (mount.mount == "/") return Kind::kStorage;  // whatever it is, it holds the system
  if (contains(kImageTypes, mount.type)) return Kind::kOther;
  if (contains(kStorageTypes, mount.type)) return Kind::kStorage;
  // devtmpfs and the like are called "udev" or "none"; "/dev/fuse" is a program's.
  const bool on_device = mount.source.starts_with("/dev/") && mount.source != "/dev/fuse";
  return on_device ? Kind::kStorage : Kind::kOther;
}

// What is one volume: the device number; for ZFS, whose data sets have one each, the pool; for
// network mounts the source.
struct Identity {
  std::uint64_t device = 0;
  std::string_view name;
  friend bool operator==(const Identity&, const Identity&) = default;
};
Identity identity_of(const MountLine& mount, Kind kind) {
  if (kind == Kind::kNetwork) return {0, mount.source};
  if (mount.type == "zfs") return {0, mount.source.substr(0, mount.source.find('/'))};
  return {mount.device, {}};
}

// A line worth counting.
struct Candidate {
  MountLine mount;
  Kind kind = Kind::kOther;
  Identity identity;
  bool ask = true;
  int rank() const {
    if (mount.mount == "/") return 0;
    return mount.root == "/" ? 1 : 2;
  }
};

// Every line whose place is not taken by a later one.
std::vector<MountLine> visible_mounts(std::string_view text) {
  std::vector<MountLine> mounts;
  std::string_view line;
  while (take_line(text, line)) {
    MountLine mount;
    if (!parse_mount_line(line, mount)) continue;
    std::erase_if(mounts, [&](const MountLine& other) { return other.mount == mount.mount; });
    mounts.push_back(mount);
  }
  return mounts;
}

std::vector<Candidate> candidates_of(const std::vector<MountLine>& mounts) {
  std::vector<Candidate> candidates;
  for (const MountLine& mount : mounts) {
    const Kind kind = kind_of(mount);
    if (kind == Kind::kOther) continue;
    const bool walks_through = std::any_of(mounts.begin(), mounts.end(), [&](const auto& other) {
      return may_hang(other) && base::is_below(mount.mount, other.mount);
    });
    const bool ask = mount.mount == "/" || (kind != Kind::kNetwork && !walks_through);
    candidates.push_back({mount, kind, identity_of(mount, kind), ask});
  }
  return candidates;
}

}  // namespace

bool may_hang(const MountLine& mount) {
  if (mount.mount == "/") return false;
  return contains(kNetworkTypes, mount.type) || mount.type == "fuse" || mount.type == "autofs" ||
         mount.type.starts_with("fuse.");
}

bool parse_mount_line(std::string_view line, MountLine& mount) {
  std::uint64_t id = 0, parent = 0;
  if (!take_number(line, id) || !take_number(line, parent)) return false;
  if (!take_device(line, mount.device)) return false;
  mount.root = take_word(line);
  mount.mount = take_word(line);
  mount.options = take_word(line);
  if (!mount.mount.starts_with('/') || !skip_optional_fields(line)) return false;
  mount.type = take_word(line);
  mount.source = take_word(line);
  mount.super_options = take_word(line);
  return !mount.type.empty() && !mount.source.empty();
}

std::vector<Volume> select_volumes(std::string_view mountinfo,
                                   const std::function<bool(const std::string&)>& is_directory) {
  const std::vector<MountLine> mounts = visible_mounts(mountinfo);
  const std::vector<Candidate> candidates = candidates_of(mounts);
  std::vector<std::size_t> chosen;
  // By rank, so that parts are looked at only where nothing better was found.
  for (int rank = 0; rank <= 2; ++rank)
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const Candidate& candidate = candidates[i];
      const bool taken = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t other) {
        return candidates[other].identity == candidate.identity;
      });
      if (candidate.rank() != rank || taken) continue;
      if (rank == 2 && candidate.ask && !is_directory(unescape_octal(candidate.mount.mount)))
        continue;
      chosen.push_back(i);
    }
  std::sort(chosen.begin(), chosen.end());
  std::vector<Volume> volumes;
  for (const std::size_t i : chosen) {
    const MountLine& mount = candidates[i].mount;
    volumes.push_back({unescape_octal(mount.mount), unescape_octal(mount.source),
                       std::string(mount.type), candidates[i].ask});
  }
  return volumes;
}

}  // namespace lull::platform
