// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

// The way from a rule's root down to the directory of an item, by descriptors: whatever is swapped
// on it meanwhile, no link is followed and no mount crossed. Paths have passed path_refusal(); they
// may be longer than PATH_MAX. Any thread; blocks.
namespace lull::clean {

// How: one openat2(2) for the whole way where there is such a call; or name by name, each compared
// with the root's device and asked whether something is mounted there. Both refuse the same.
enum class Descent : std::uint8_t { kOneCall, kNameByName };

// A descriptor of the directory `root` that only serves as a parent (O_PATH where there is that).
// From "/" without following a link; mounts may be crossed, as the plan says where the root is.
base::Result<base::UniqueFd> open_root(const std::string& root, Descent descent);

// Likewise of the directory that `path` is in, which must be `root` or below it; for the root
// itself, of what is above. os_error is ELOOP for a link on the way, EXDEV for a mount, and the
// message says it.
base::Result<base::UniqueFd> open_parent(const std::string& root, const std::string& path,
                                         Descent descent);

// The same, and makes (0700) the directories below the root that are missing: for giving back.
base::Result<base::UniqueFd> make_parent(const std::string& root, const std::string& path,
                                         Descent descent);

// The directory of items that come one after the other: the way down is gone once for up to kMost
// of them in one directory, and held. One thread at a time.
class HeldParent {
 public:
  static constexpr unsigned kMost = 32;

  explicit HeldParent(Descent descent) : descent_(descent) {}

  // As open_parent(); the descriptor is good until the next call.
  base::Result<int> open(const std::string& root, const std::string& path);
  // As make_parent(), likewise.
  base::Result<int> make(const std::string& root, const std::string& path);
  // The next one goes down again: something was not as it should be.
  void drop() { uses_left_ = 0; }

 private:
  base::Result<int> hold(base::Result<base::UniqueFd> opened, const std::string& root,
                         const std::string& path);

  const Descent descent_;
  base::UniqueFd fd_;
  std::string root_, directory_;
  unsigned uses_left_ = 0;
};

// The last name of a plain absolute path; ends with a NUL as `path` does.
inline std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
inline const char* name_in(const std::string& path) { return path.c_str() + (path.rfind('/') + 1); }

}  // namespace lull::clean
