// SPDX-License-Identifier: MIT
#include "core/base/result.h"

#include <cerrno>
#include <system_error>

namespace lull::base {
namespace {

ErrorCode code_of_errno(int os_error) {
  switch (os_error) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case ENOSYS:
    case EOPNOTSUPP:
    case ENODEV:
      return ErrorCode::kUnavailable;
    case EBUSY:
    case EAGAIN:
    case EADDRINUSE:
      return ErrorCode::kBusy;
    case ECANCELED:
      return ErrorCode::kCancelled;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    case EINVAL:
    case ENAMETOOLONG:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid-argument";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kPermissionDenied:
      return "permission-denied";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kBusy:
      return "busy";
    case ErrorCode::kNoAgent:
      return "no-agent";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kTooLarge:
      return "too-large";
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::to_string() const {
  std::string text;
  for (auto step = trail.rbegin(); step != trail.rend(); ++step) text += *step + ": ";
  if (!path.empty()) text += path + ": ";
  return text + message;
}

Error&& Error::while_doing(std::string what) && {
  trail.push_back(std::move(what));
  return std::move(*this);
}

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string path) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(path), 0, {}});
}

tl::unexpected<Error> fail_errno(int os_error, std::string path, std::string what) {
  Error error{code_of_errno(os_error),
              std::generic_category().message(os_error),
              std::move(path),
              os_error,
              {}};
  if (!what.empty()) error.trail.push_back(std::move(what));
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace lull::base
