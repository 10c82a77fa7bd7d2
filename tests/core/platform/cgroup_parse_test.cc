// SPDX-License-Identifier: MIT
#include "core/platform/cgroup_parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/platform/fixture.h"

namespace lull::platform {
namespace {

using testing::ElementsAre;

std::optional<CgroupPlace> place_in(const std::string& machine) {
  return find_memory_cgroup(golden_text(machine + "/proc/self/cgroup"),
                            golden_text(machine + "/proc/self/mountinfo"));
}

TEST(CgroupPlace, HasAllParentsUpToTheMountPoint) {
  const auto place = place_in("slice-v2");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, CgroupVersion::kV2);
  const std::string root = "/sys/fs/cgroup";
  const std::string user = root + "/user.slice/user-1000.slice";
  EXPECT_THAT(place->directories,
              ElementsAre(user + "/user@1000.service/app.slice/app-term.scope",
                          user + "/user@1000.service/app.slice", user + "/user@1000.service", user,
                          root + "/user.slice", root));
}

TEST(CgroupPlace, OfAContainerWithoutNamespaceIsItsMountPoint) {
  const auto place = place_in("container-v1");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->version, CgroupVersion::kV1);
  EXPECT_THAT(place->directories, ElementsAre("/sys/fs/cgroup/memory"));
}

TEST(CgroupPlace, OfAContainerWithNamespaceIsItsRoot) {
  const auto place = place_in("container-v2");
  ASSERT_TRUE(place);
  EXPECT_THAT(place->directories, ElementsAre("/sys/fs/cgroup"));
}

const std::string kMount2 = "33 25 0:29 / /cg rw shared:9 - cgroup2 cgroup2 rw\n";

TEST(CgroupPlace, AMemoryControllerOfTheFirstVersionIsNowhereElse) {
  const std::string mounts = kMount2 +
                             "36 25 0:30 / /cg1 rw - cgroup cgroup rw,hugetlb,memory\n"
                             "37 25 0:31 / /cg3 rw - cgroup cgroup rw,memory_other\n";
  const auto place = find_memory_cgroup("0::/two\n5:hugetlb,memory:/one\n", mounts);
  ASSERT_TRUE(place);
  EXPECT_THAT(place->directories, ElementsAre("/cg1/one", "/cg1"));
}

TEST(CgroupPlace, OfTheMountThatShowsMostParents) {
  const auto place =
      find_memory_cgroup("0::/a/b/c\n", "1 1 0:29 /a/b /part rw - cgroup2 c rw\n" + kMount2 +
                                            "2 1 0:29 /a/b/c /own rw - cgroup2 c rw\n");
  ASSERT_TRUE(place);
  EXPECT_THAT(place->directories, ElementsAre("/cg/a/b/c", "/cg/a/b", "/cg/a", "/cg"));
}

TEST(CgroupPlace, PathsMayHoldColonsAndBlanks) {
  const auto place =
      find_memory_cgroup("0::/a b:c\n", "1 1 0:29 /a\\040b:c /my\\040cg rw - cgroup2 c rw\n");
  ASSERT_TRUE(place);
  EXPECT_THAT(place->directories, ElementsAre("/my cg"));
}

TEST(CgroupPlace, OutsideOfWhatIsMountedIsUnknown) {
  EXPECT_FALSE(find_memory_cgroup("0::/../sibling\n", kMount2));
  EXPECT_FALSE(find_memory_cgroup("0::/..\n", kMount2));
  EXPECT_FALSE(find_memory_cgroup("0::/other\n", "1 1 0:29 /docker/x /cg rw - cgroup2 c rw\n"));
  EXPECT_FALSE(find_memory_cgroup("0::/docker/xy\n", "1 1 0:29 /docker/x /cg rw - cgroup2 c rw\n"));
  EXPECT_FALSE(find_memory_cgroup("0::/\n", ""));
  EXPECT_FALSE(find_memory_cgroup("", kMount2));
  EXPECT_FALSE(find_memory_cgroup("garbage\n0:x\n::\n0::relative\n", kMount2));
}

TEST(CgroupLimit, ManyWordsMeanUnlimited) {
  for (const char* text : {"max\n", "max", "9223372036854771712\n", "9223372036854775807\n",
                           "18446744073709551615\n"}) {
    const auto limit = parse_cgroup_limit(text, "memory.max");
    ASSERT_TRUE(limit) << text;
    EXPECT_EQ(*limit, std::nullopt) << text;
  }
}

TEST(CgroupLimit, ANumberIsBytes) {
  const auto limit = parse_cgroup_limit("2147483648\n", "memory.max");
  ASSERT_TRUE(limit);
  EXPECT_EQ(*limit, 2147483648u);
  EXPECT_EQ(parse_cgroup_limit("0\n", "memory.max").value_or(1), 0u);
}

TEST(CgroupLimit, AnythingElseIsMalformedAndNamesItsFile) {
  for (const char* text : {"", "\n", "maximum\n", "-1\n", "12 34\n", "0x10\n"}) {
    const auto limit = parse_cgroup_limit(text, "/s/memory.max");
    ASSERT_FALSE(limit) << text;
    EXPECT_EQ(limit.error().path, "/s/memory.max");
  }
}

TEST(CgroupMemoryStat, OfTheFirstVersionCountsChildren) {
  const auto stat = parse_cgroup_memory_stat(
      golden_text("container-v1/sys/fs/cgroup/memory/memory.stat"), CgroupVersion::kV1);
  EXPECT_EQ(stat.inactive_file, 400000000u);
  EXPECT_EQ(stat.file, 600000000u);
  EXPECT_EQ(stat.shared, 50000000u);
  EXPECT_EQ(stat.hierarchical_limit, 2147483648u);
}

TEST(CgroupMemoryStat, OfTheSecondVersionAlwaysDoes) {
  const auto stat = parse_cgroup_memory_stat(golden_text("container-v2/sys/fs/cgroup/memory.stat"),
                                             CgroupVersion::kV2);
  EXPECT_EQ(stat.inactive_file, 250000000u);
  EXPECT_EQ(stat.file, 350000000u);
  EXPECT_EQ(stat.shared, 30000000u);
  EXPECT_EQ(stat.reclaimable_slab, 25000000u);
  EXPECT_EQ(stat.hierarchical_limit, std::nullopt);
}

}  // namespace
}  // namespace lull::platform
