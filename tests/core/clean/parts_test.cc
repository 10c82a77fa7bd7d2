// SPDX-License-Identifier: MIT
#include "core/clean/parts.h"

#include <atomic>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include "core/clean/in_use.h"

namespace lull::clean {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::vector<std::size_t>> parts_of(const std::vector<std::string>& paths) {
  return clean::parts_of(paths.size(),
                         [&](std::size_t index) { return std::string_view(paths[index]); });
}

TEST(Parts, keep_what_is_in_a_directory_of_a_few_things_together) {
  EXPECT_THAT(parts_of({"/a/x", "/a/y", "/a/b/x", "/c"}),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2), ElementsAre(3)));
  EXPECT_THAT(parts_of(std::vector<std::string>{}), IsEmpty());
}

TEST(Parts, have_everything_once_and_each_the_things_of_one_directory) {
  std::vector<std::string> paths;
  for (int d = 0; d < 3; ++d)
    for (int f = 0; f < 100 * (d + 1); ++f)
      paths.push_back("/" + std::to_string(d) + "/" + std::to_string(f));
  const auto parts = parts_of(paths);
  EXPECT_THAT(parts, SizeIs(Ge(20)));
  std::map<std::size_t, int> seen;
  for (const auto& part : parts)
    for (const std::size_t index : part) {
      ++seen[index];
      EXPECT_EQ(paths[index][1], paths[part.front()][1]);
    }
  EXPECT_THAT(seen, SizeIs(paths.size()));
}

TEST(Parts, do_not_divide_a_database) {
  std::vector<std::string> paths;
  for (int f = 0; f < 200; ++f)
    for (const char* suffix : {"", "-journal", "-shm", "-wal", "-wal-shm"})
      paths.push_back("/d/" + std::to_string(f) + ".db" + suffix);
  std::map<std::string, std::size_t> part_of;
  const auto parts = parts_of(paths);
  for (std::size_t part = 0; part < parts.size(); ++part)
    for (const std::size_t index : parts[part]) {
      const std::string database(database_of(paths[index]));
      EXPECT_EQ(part_of.emplace(database, part).first->second, part) << paths[index];
    }
  EXPECT_THAT(part_of, SizeIs(200));
}

TEST(SideBySide, does_both) {
  for (const int threads : {1, 2}) {
    tbb::task_arena arena(threads);
    std::atomic<int> done{0};
    arena.execute([&] { side_by_side([&] { done += 1; }, [&] { done += 10; }); });
    EXPECT_EQ(done, 11) << threads;
  }
}

}  // namespace
}  // namespace lull::clean
