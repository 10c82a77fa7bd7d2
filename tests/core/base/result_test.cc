// SPDX-License-Identifier: MIT
#include "core/base/result.h"

#include <cerrno>
#include <set>

#include <gtest/gtest.h>

namespace lull::base {
namespace {

TEST(Error, TellsItsTrailOutermostFirst) {
  Error error{ErrorCode::kPermissionDenied, "permission denied", "/etc/x", EACCES, {}};
  const Error full = std::move(error).while_doing("opening").while_doing("reading settings");
  EXPECT_EQ(full.to_string(), "reading settings: opening: /etc/x: permission denied");
}

TEST(Error, FromErrnoKnowsTheKind) {
  EXPECT_EQ(fail_errno(ENOENT).value().code, ErrorCode::kNotFound);
  EXPECT_EQ(fail_errno(EACCES).value().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(fail_errno(EOPNOTSUPP).value().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fail_errno(EIO).value().code, ErrorCode::kIo);
  EXPECT_EQ(fail_errno(ENOSPC, "/f", "writing").value().to_string(),
            "writing: /f: No space left on device");
}

TEST(Error, EveryCodeHasItsOwnWord) {
  std::set<std::string_view> words;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code)
    words.insert(error_code_name(static_cast<ErrorCode>(code)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

Status fails() { return fail(ErrorCode::kBusy, "held"); }
Result<int> passes_on() {
  LULL_TRY(fails());
  return 1;
}

TEST(LullTry, ReturnsTheErrorOfAnotherKindOfResult) {
  const auto result = passes_on();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBusy);
}

}  // namespace
}  // namespace lull::base
