// SPDX-License-Identifier: MIT
#include "core/platform/cgroup_parse.h"

#include <array>

#include "core/platform/mountinfo_parse.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

// v1 says "unlimited" as the largest multiple of the page size below 2^63, older kernels as 2^63−1.
constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 60;

bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

struct Membership {
  CgroupVersion version;
  std::string_view path;
};

// Lines are "4:memory:/path" or "0::/path"; the path may contain anything but a line end. A memory
// controller of v1 is nowhere else.
std::optional<Membership> find_membership(std::string_view text) {
  std::optional<Membership> found;
  std::string_view line;
  while (take_line(text, line)) {
    const std::size_t first = line.find(':');
    if (first == std::string_view::npos) continue;
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view path = line.substr(second + 1);
    if (!path.starts_with('/')) continue;
    if (list_has(controllers, "memory")) return Membership{CgroupVersion::kV1, path};
    if (line.starts_with("0::")) found = Membership{CgroupVersion::kV2, path};
  }
  return found;
}

bool mounts_hierarchy(const MountLine& mount, CgroupVersion version) {
  if (version == CgroupVersion::kV2) return mount.type == "cgroup2";
  return mount.type == "cgroup" && list_has(mount.super_options, "memory");
}

// `path` relative to `root`, without a slash in front; nullopt if it is not within.
std::optional<std::string> relative_to(std::string_view path, std::string_view root) {
  while (root.ends_with('/')) root.remove_suffix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!path.starts_with(root)) return std::nullopt;
  std::string_view rest = path.substr(root.size());
  if (!rest.empty() && rest.front() != '/') return std::nullopt;
  if (!rest.empty()) rest.remove_prefix(1);
  // A cgroup outside the namespace is shown as "/../other".
  if (rest == ".." || rest.starts_with("../")) return std::nullopt;
  return std::string(rest);
}

std::vector<std::string> directories_up(const std::string& mount, std::string relative) {
  std::vector<std::string> directories;
  while (!relative.empty()) {
    directories.push_back(mount + "/" + relative);
    const std::size_t slash = relative.rfind('/');
    relative.resize(slash == std::string::npos ? 0 : slash);
  }
  directories.push_back(mount);
  return directories;
}

}  // namespace

std::optional<CgroupPlace> find_memory_cgroup(std::string_view cgroup, std::string_view mountinfo) {
  const auto membership = find_membership(cgroup);
  if (!membership) return std::nullopt;
  std::optional<CgroupPlace> best;
  std::string_view line;
  while (take_line(mountinfo, line)) {
    MountLine mount;
    if (!parse_mount_line(line, mount) || !mounts_hierarchy(mount, membership->version)) continue;
    const auto relative = relative_to(membership->path, unescape_octal(mount.root));
    if (!relative) continue;
    auto directories = directories_up(unescape_octal(mount.mount), *relative);
    // The mount that shows most parents.
    if (!best || directories.size() > best->directories.size())
      best = CgroupPlace{membership->version, std::move(directories)};
  }
  return best;
}

base::Result<std::optional<std::uint64_t>> parse_cgroup_limit(std::string_view text,
                                                              std::string_view file) {
  if (text == "max\n" || text == "max") return std::optional<std::uint64_t>{};
  const auto number = to_number(text);
  if (!number)
    return base::fail(base::ErrorCode::kMalformed, "is not a memory limit", std::string(file));
  return *number >= kUnlimited ? std::optional<std::uint64_t>{} : number;
}

CgroupMemoryStat parse_cgroup_memory_stat(std::string_view text, CgroupVersion version) {
  struct Key {
    std::string_view v1, v2;
    std::uint64_t CgroupMemoryStat::*field;
  };
  static constexpr std::array kKeys = {
      Key{"total_inactive_file", "inactive_file", &CgroupMemoryStat::inactive_file},
      Key{"total_cache", "file", &CgroupMemoryStat::file},
      Key{"total_shmem", "shmem", &CgroupMemoryStat::shared},
      Key{"-", "slab_reclaimable", &CgroupMemoryStat::reclaimable_slab},
  };
  CgroupMemoryStat stat;
  std::string_view line;
  while (take_line(text, line)) {
    const std::string_view name = take_word(line);
    std::uint64_t value = 0;
    if (!take_number(line, value)) continue;
    for (const Key& key : kKeys)
      if (name == (version == CgroupVersion::kV1 ? key.v1 : key.v2)) stat.*key.field = value;
    if (version == CgroupVersion::kV1 && name == "hierarchical_memory_limit" && value < kUnlimited)
      stat.hierarchical_limit = value;
  }
  return stat;
}

}  // namespace lull::platform
