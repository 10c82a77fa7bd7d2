// SPDX-License-Identifier: MIT
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/platform/scope_reclaim.h"

namespace lull::platform {
namespace {

ReclaimAnswer refused(std::string_view reason) {
  return {ReclaimOutcome::kRefused, 0, std::string(reason)};
}
ReclaimAnswer answer_of(int os_error) {
  if (os_error == 0) return {ReclaimOutcome::kReclaimed, 0, {}};
  return {reclaim_outcome_of(os_error), os_error, std::generic_category().message(os_error)};
}

// Of a way that was to be opened: a link or another file system on it is no failure of the kernel.
ReclaimAnswer opening_failed(int os_error) {
  if (os_error == ELOOP) return refused("a link is on the way to it");
  if (os_error == EXDEV) return refused("the way to it leaves the app slice");
  if (os_error == ENOTDIR) return refused("it is no directory");
  return answer_of(os_error);
}

base::UniqueFd open_without_links(int parent, const std::string& way, std::uint64_t flags,
                                  std::uint64_t more) {
  ::open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | more;
  return base::UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, parent, way.c_str(), &how, sizeof how)));
}

bool has_component(std::string_view path, std::string_view name) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == name) return true;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return false;
}

class LinuxScopeReclaim final : public ScopeReclaim {
 public:
  LinuxScopeReclaim(std::string app_slice, ReclaimRules rules)
      : app_slice_(std::move(app_slice)), rules_(rules) {}

  ReclaimAnswer reclaim(const ReclaimRequest& request) override {
    if (const auto reason = unfit(request)) return refused(*reason);
    const base::UniqueFd slice = open_without_links(AT_FDCWD, app_slice_, O_PATH | O_DIRECTORY, 0);
    if (!slice) return opening_failed(errno);
    if (const auto reason = foreign(slice.get())) return refused(*reason);
    const base::UniqueFd unit = open_without_links(slice.get(), request.unit, O_PATH | O_DIRECTORY,
                                                   RESOLVE_BENEATH | RESOLVE_NO_XDEV);
    if (!unit) return opening_failed(errno);
    if (const auto reason = foreign(unit.get())) return refused(*reason);
    if (!is_the_one(unit.get(), request.cgroup_id))
      return {ReclaimOutcome::kGone, 0, "another app has its name by now"};
    return write_to(unit.get(), reclaim_text(request));
  }

 private:
  using Reason = std::optional<std::string_view>;

  Reason unfit(const ReclaimRequest& request) const {
    if (rules_.user_id == 0) return "root has no apps to take from";
    if (!app_slice_.starts_with('/')) return "the app slice is not a whole path";
    if (has_component(app_slice_, "..")) return "the app slice leads elsewhere";
    if (!has_component(app_slice_, "user@" + std::to_string(rules_.user_id) + ".service"))
      return "the app slice is not below the user's own manager";
    if (const auto reason = unfit_unit(request.unit)) return reason;
    if (request.cgroup_id == 0) return "it is not said which app is meant";
    if (request.bytes == 0) return "nothing is asked for";
    if (request.bytes > kLargestReclaim) return "more is asked for than one write may take";
    if (request.swappiness.value_or(0) > kLargestSwappiness) return "no such swappiness";
    return std::nullopt;
  }

  // Why what is open is none of the user's cgroups.
  Reason foreign(int fd) const {
    struct ::stat status {};
    if (::fstat(fd, &status) != 0 || status.st_uid != rules_.user_id)
      return "it belongs to somebody else";
    struct ::statfs file_system {};
    if (!rules_.only_cgroup2) return std::nullopt;
    if (::fstatfs(fd, &file_system) != 0 || file_system.f_type != CGROUP2_SUPER_MAGIC)
      return "it is no control group of version 2";
    return std::nullopt;
  }

  static bool is_the_one(int unit, std::uint64_t cgroup_id) {
    struct ::stat status {};
    return ::fstat(unit, &status) == 0 && status.st_ino == cgroup_id;
  }

  ReclaimAnswer write_to(int unit, const std::string& text) const {
    const base::UniqueFd file =
        open_without_links(unit, "memory.reclaim", O_WRONLY | O_NONBLOCK | O_NOCTTY,
                           RESOLVE_BENEATH | RESOLVE_NO_XDEV);
    if (!file) return lever_failed(errno, unit);
    struct ::stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink > 1)
      return refused("its memory.reclaim is no plain file");
    if (const auto reason = foreign(file.get())) return refused(*reason);
    const auto write = rules_.write != nullptr ? rules_.write : ::write;
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0) return answer_of(errno);
    if (static_cast<std::size_t>(written) != text.size())
      return {ReclaimOutcome::kFailed, 0, "the request was not taken whole"};
    return answer_of(0);
  }

  // The file alone may be missing, or the unit ended since it was opened.
  static ReclaimAnswer lever_failed(int os_error, int unit) {
    const bool is_missing = os_error == ENOENT;
    if (!is_missing || ::faccessat(unit, "cgroup.procs", F_OK, 0) != 0)
      return opening_failed(os_error);
    return {ReclaimOutcome::kNoLever, os_error, "the kernel has no memory.reclaim for it"};
  }

  const std::string app_slice_;
  const ReclaimRules rules_;
};

}  // namespace

std::unique_ptr<ScopeReclaim> make_scope_reclaim(const std::string& app_slice,
                                                 const ReclaimRules& rules) {
  return std::make_unique<LinuxScopeReclaim>(app_slice, rules);
}

}  // namespace lull::platform
