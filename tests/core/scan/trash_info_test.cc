// SPDX-License-Identifier: MIT
#include "core/scan/trash_info.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace lull::scan {
namespace {

const std::string kHead = "[Trash Info]\n";
const std::string kPath = "Path=/home/u/a%20file\n";
const std::string kDate = "DeletionDate=2024-02-29T13:04:05\n";

class TrashInfoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
};

TEST_F(TrashInfoTest, ReadsPathAndDate) {
  const auto info = parse_trash_info(kHead + kPath + kDate);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->path, "/home/u/a file");
  EXPECT_EQ(base::format_rfc3339(info->deleted_at), "2024-02-29T13:04:05Z");
}

TEST_F(TrashInfoTest, ReadsTheDateAsLocalTime) {
  ::setenv("TZ", "XYZ-3", 1);
  ::tzset();
  const auto info = parse_trash_info(kHead + kPath + kDate);
  ASSERT_TRUE(info);
  EXPECT_EQ(base::format_rfc3339(info->deleted_at), "2024-02-29T10:04:05Z");
}

TEST_F(TrashInfoTest, TakesWhatOthersWrite) {
  EXPECT_TRUE(parse_trash_info("[Trash Info]\r\nPath=a\r\nDeletionDate=2024-01-01T00:00:00\r\n"));
  EXPECT_TRUE(parse_trash_info(kHead + kDate + kPath));
  EXPECT_TRUE(parse_trash_info(kHead + "X-Other=1\n" + kPath + kDate + "[Other]\nPath=/no\n"));
  EXPECT_TRUE(parse_trash_info(kHead + kPath + "DeletionDate=2024-01-01T00:00:00.123"));
  EXPECT_EQ(parse_trash_info(kHead + "Path=%FF%e4\n" + kDate)->path, "\xFF\xE4");
}

TEST_F(TrashInfoTest, RefusesEverythingElse) {
  for (const std::string& text : {std::string(),
                                  kHead,
                                  kHead + kPath,
                                  kHead + kDate,
                                  kPath + kDate,
                                  "x\n" + kHead + kPath + kDate,
                                  kHead + "Path=\n" + kDate,
                                  kHead + "Path=%2\n" + kDate,
                                  kHead + "Path=%zz\n" + kDate,
                                  kHead + "Path=a%00b\n" + kDate,
                                  kHead + kPath + kPath + kDate,
                                  kHead + kPath + kDate + kDate,
                                  kHead + kPath + "DeletionDate=\n",
                                  kHead + kPath + "DeletionDate=yesterday\n",
                                  kHead + kPath + "DeletionDate=2024-02-30T00:00:00\n",
                                  kHead + kPath + "DeletionDate=2024-13-01T00:00:00\n",
                                  kHead + kPath + "DeletionDate=2024-01-01T24:00:00\n",
                                  kHead + kPath + "DeletionDate=2024-01-01 00:00:00\n",
                                  kHead + kPath + "DeletionDate=2024-01-01T00:00:00Z\n",
                                  kHead + kPath + "DeletionDate=2024-01-01T00:00:00.\n",
                                  kHead + kPath + "DeletionDate=1901-01-01T00:00:00\n",
                                  kHead + kPath + "DeletionDate=2262-01-01T00:00:00\n",
                                  kHead + kPath + "DeletionDate=9354-11-23T21:09:05\n",
                                  kHead + kPath + "DeletionDate=-024-01-01T00:00:00\n"})
    EXPECT_FALSE(parse_trash_info(text)) << text;
}

}  // namespace
}  // namespace lull::scan
