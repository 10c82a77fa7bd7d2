// SPDX-License-Identifier: MIT
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/cache/memory_tree_store.h"
#include "core/cache/tree_measure.h"
#include "core/scan/tree_size.h"
#include "tests/core/clean/failing_calls.h"
#include "tests/support/temp_dir.h"

// A file that gets another name while a tree is measured, at every moment of it.
namespace lull::cache {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kSettle = 20ms;  // longer than any kernel's tick
constexpr int kTrees = 320;

class LateLinks : public ::testing::Test {
 protected:
  LateLinks() {
    for (int i = 0; i < kTrees; ++i) {
      temp_.write(tree_name(i) + "/a/file", std::string(5'000, 'x'));
      temp_.write(tree_name(i) + "/b/other", "x");
      temp_.write(tree_name(i) + "/c/file", std::string(9'000, 'x'));
    }
    let_settle();
  }
  static std::string tree_name(int i) { return "t" + std::to_string(i); }
  std::string tree(int i) const { return temp_ / tree_name(i); }

  // Until what was made is old by the file system's own clock.
  void let_settle() const {
    const auto change_of = [&](const std::string& path) {
      struct stat status {};
      EXPECT_EQ(::stat(path.c_str(), &status), 0);
      return std::chrono::seconds(status.st_ctim.tv_sec) +
             std::chrono::nanoseconds(status.st_ctim.tv_nsec);
    };
    const auto made = change_of(tree(kTrees - 1) + "/c");
    while (change_of(temp_.write("clock", "x")) < made + 2 * kSettle) {
    }
  }
  // Only the directory of the new name changes.
  void link(int i, const std::string& from, const std::string& to) const {
    fs::create_hard_link(tree(i) + "/" + from + "/file", tree(i) + "/" + to + "/second");
  }
  MeasureReport measure_once(MemoryTreeStore& store, int i) const {
    MeasureRequest request;
    request.path = tree(i);
    request.now = base::WallTime(1'800'000'000s);
    request.believe = 300s;
    request.settle = kSettle;
    scan::WalkOptions alone;
    alone.width = 1;
    auto report = measure(store, request, alone);
    EXPECT_TRUE(report.has_value());
    return report ? *report : MeasureReport{};
  }
  static void expect_as_walked(const MeasureReport& report, const std::string& path) {
    const auto walked = scan::measure_tree(path, {});
    ASSERT_TRUE(walked);
    EXPECT_EQ(report.size.allocated_bytes, walked->allocated_bytes);
    EXPECT_EQ(report.size.files, walked->files);
  }

  const support::TempDir temp_;
};

// Whichever of the two directories is read first.
TEST_F(LateLinks, count_once_in_every_answer) {
  const std::pair<const char*, const char*> ways[] = {{"a", "c"}, {"c", "a"}};
  std::uint64_t moments = 1;
  for (std::uint64_t moment = 1; moment <= moments; ++moment)
    for (int way = 0; way < 2; ++way) {
      ASSERT_LT(2 * moment + 1, std::uint64_t{kTrees}) << "more trees are needed";
      const int i = static_cast<int>(2 * moment) + way;
      SCOPED_TRACE(testing::Message() << "before call " << moment << ", way " << way);
      MemoryTreeStore store{std::size_t{8} << 20};
      MeasureReport report;
      clean::FailingCall call;
      call.nth = moment;
      call.meanwhile = [&] { link(i, ways[way].first, ways[way].second); };
      const auto calls = clean::with_failing_call(call, [&] { report = measure_once(store, i); });
      if (!calls) GTEST_SKIP() << "the machine does not allow this";
      if (moment == 1) moments = *calls;
      expect_as_walked(report, tree(i));
      expect_as_walked(measure_once(store, i), tree(i));
      if (HasFailure()) return;
    }
  std::cout << moments << " moments\n";
  EXPECT_GT(moments, 10u) << "or the calls were not told";
}

// Whose other name is elsewhere and changes all the time: the tree is remembered all the same.
TEST_F(LateLinks, that_are_made_before_do_not_keep_a_tree_from_being_remembered) {
  fs::create_hard_link(tree(0) + "/a/file", temp_ / "outside");
  MemoryTreeStore store{std::size_t{8} << 20};
  const MeasureReport report = measure_once(store, 0);
  EXPECT_TRUE(report.stored);
  expect_as_walked(report, tree(0));
}

}  // namespace
}  // namespace lull::cache
