// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

// Errors are values that gain context on their way up. Nothing in core throws; exceptions of
// third-party code are caught where that code is called.
namespace lull::base {

// What kind of failure it was; stable words, shown as `error.code` in JSON.
enum class ErrorCode {
  kInvalidArgument,   // the caller's words are wrong (exit 2)
  kNotFound,          // the named thing does not exist
  kPermissionDenied,  // EACCES, EPERM
  kUnavailable,       // the system has no such facility (no PSI, no battery, no bus)
  kBusy,              // somebody else holds it (lock, second agent)
  kNoAgent,           // needs a running agent and there is none (exit 4)
  kCancelled,         // the operation was cancelled (exit 130)
  kTimeout,           // a deadline passed
  kTooLarge,          // a limit of ours was exceeded
  kMalformed,         // bytes that could not be understood
  kIo,                // any other failed system call
  kInternal,          // a defect of ours
};

// The stable word of a code: "not-found", "permission-denied", …
std::string_view error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one sentence without a full stop; says what to do next if that is known
  std::string path;     // the file concerned, empty if none; raw bytes
  int os_error = 0;     // errno, 0 if none
  std::vector<std::string> trail;  // what was being done, innermost first

  // "reading settings: /home/u/.config/lull/config.toml: permission denied"
  std::string to_string() const;
  // Adds what was being done; returns itself so that a return statement can say it in one line.
  Error&& while_doing(std::string what) &&;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string path = {});

// From errno; picks the code (ENOENT → kNotFound, EACCES/EPERM → kPermissionDenied, …) and the
// message of strerror. `what` joins the trail if not empty.
tl::unexpected<Error> fail_errno(int os_error, std::string path = {}, std::string what = {});

}  // namespace lull::base

// Returns the error of `expression` (a Result or Status) from the enclosing function.
#define LULL_TRY(expression)                                                            \
  do {                                                                                  \
    if (auto lull_try_status = (expression); !lull_try_status)                          \
      return ::tl::unexpected<::lull::base::Error>(std::move(lull_try_status).error()); \
  } while (false)
