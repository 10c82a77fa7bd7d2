// SPDX-License-Identifier: MIT
// The rules that are the same on every system.
#include "core/platform/scope_reclaim.h"

#include <cerrno>

#include "core/platform/scope_parse.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

constexpr std::size_t kLongestUnit = 1024;
constexpr std::size_t kLongestName = 255;

}  // namespace

ReclaimOutcome reclaim_outcome_of(int os_error) {
  switch (os_error) {
    case 0:
      return ReclaimOutcome::kReclaimed;
    case EAGAIN:
      return ReclaimOutcome::kShort;
    case EINVAL:
      return ReclaimOutcome::kNotAccepted;
    case EACCES:
    case EPERM:
      return ReclaimOutcome::kDenied;
    case ENOENT:
    case ENODEV:
      return ReclaimOutcome::kGone;
    case EINTR:
      return ReclaimOutcome::kInterrupted;
    default:
      return ReclaimOutcome::kFailed;
  }
}

std::optional<std::string_view> unfit_unit(std::string_view unit) {
  if (unit.empty()) return "no app is named";
  if (unit.size() > kLongestUnit) return "the name is too long";
  if (unit.find('\0') != std::string_view::npos) return "the name has a zero byte";
  for (std::size_t slash = unit.find('/');; slash = unit.find('/')) {
    const std::string_view name = unit.substr(0, slash);
    const bool is_last = slash == std::string_view::npos;
    if (name.empty() || name == "." || name == "..") return "the name leads elsewhere";
    if (name.size() > kLongestName) return "the name is too long";
    if (unit_kind(name) != (is_last ? UnitKind::kUnit : UnitKind::kSlice))
      return "only a scope or service below the app slice may be asked";
    if (is_last) return std::nullopt;
    unit.remove_prefix(slash + 1);
  }
}

bool reclaim_overshoots(std::string_view release) {
  std::uint64_t major = 0, minor = 0;
  if (!take_number(release, major) || !release.starts_with('.')) return true;
  release.remove_prefix(1);
  if (!take_number(release, minor)) return true;
  return major < 6 || (major == 6 && minor < 9);
}

std::string reclaim_text(const ReclaimRequest& request) {
  std::string text = std::to_string(request.bytes);
  if (request.swappiness) text += " swappiness=" + std::to_string(*request.swappiness);
  return text;
}

}  // namespace lull::platform
