// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>
#include <fstream>
#include <set>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tests/core/clean/journal_fixture.h"

namespace lull::clean {
namespace {

namespace fs = std::filesystem;

enum Answer { kFine = 0, kNotAllowed = 90 };

// Writes until the disk refuses; then everything written before must still be readable, and writing
// must work again once `make_room` has run. The answer tells which step failed.
int fill_up(const std::string& path, const std::set<int>& expected,
            const std::function<void()>& make_room) {
  auto journal = Journal::open(path, nullptr);
  if (!journal) return 1;
  std::size_t written = 0;
  base::Result<std::int64_t> id = 0;
  model::HistoryEntry entry;
  entry.summary = std::string(2000, 'x');
  while (id && written < 10'000) {
    id = (*journal)->add_run(entry);
    if (id) ++written;
  }
  if (id) return 2;
  if (id.error().code != base::ErrorCode::kIo || !expected.contains(id.error().os_error)) return 3;
  if (const auto again = (*journal)->add_run(entry); again) return 4;
  const auto runs = (*journal)->history(0);
  if (!runs || runs->size() != written || written == 0) return 5;
  make_room();
  if (!(*journal)->add_run(entry)) return 6;
  journal->reset();
  std::string notice;
  const auto reopened = Journal::open(path, &notice);
  if (!reopened || !notice.empty()) return 7;
  const auto all = (*reopened)->history(0);
  return all && all->size() == written + 1 ? kFine : 8;
}

TEST_F(JournalTest, a_file_that_may_not_grow_is_an_error_value_and_loses_nothing) {
  EXPECT_EQ(in_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              rlimit limit{};
              ::getrlimit(RLIMIT_FSIZE, &limit);
              const rlim_t before = limit.rlim_cur;
              limit.rlim_cur = 256 * 1024;
              if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return int{kNotAllowed};
              // SQLite 3.40 loses the EFBIG on its way, 3.46 does not.
              return fill_up(path_, {0, EFBIG}, [&] {
                limit.rlim_cur = before;
                ::setrlimit(RLIMIT_FSIZE, &limit);
              });
            }),
            kFine);
}

TEST_F(JournalTest, a_full_disk_is_an_error_value_and_loses_nothing) {
  const int answer = in_child([&] {
    const fs::path small = root_ / "small";
    fs::create_directories(small);
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=512k") != 0)
      return int{kNotAllowed};
    write(small / "ballast", std::string(200'000, 'b'));
    return fill_up((small / "lull/journal.db").string(), {ENOSPC},
                   [&] { fs::remove(small / "ballast"); });
  });
  if (answer == kNotAllowed) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, kFine);
}

TEST_F(JournalTest, a_disk_without_any_room_is_an_error_value_at_once) {
  const int answer = in_child([&] {
    const fs::path small = root_ / "small";
    fs::create_directories(small);
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=16k") != 0)
      return int{kNotAllowed};
    write(small / "ballast", std::string(16'384, 'b'));
    const auto journal = Journal::open((small / "journal.db").string(), nullptr);
    if (journal) return 1;
    return journal.error().code == base::ErrorCode::kIo ? int{kFine} : 2;
  });
  if (answer == kNotAllowed) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, kFine);
}

// Permissions mean nothing to root: the act happens as nobody in particular.
int as_ordinary_user(const std::function<int()>& act) {
  if (::geteuid() != 0) return act();
  if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
    return kNotAllowed;
  return act();
}

void give_away(const fs::path& tree) {
  if (::geteuid() != 0) return;
  EXPECT_EQ(::chown(tree.c_str(), 65534, 65534), 0);
  for (const auto& entry : fs::recursive_directory_iterator(tree))
    EXPECT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
}

int refused_with(base::ErrorCode code, const std::string& path) {
  std::string notice;
  const auto journal = Journal::open(path, &notice);
  if (journal) return 1;
  if (!notice.empty()) return 2;
  return journal.error().code == code ? kFine : 3;
}

TEST_F(JournalTest, a_read_only_directory_is_an_error_value) {
  fs::create_directories(root_ / "state");
  give_away(root_);
  fs::permissions(root_ / "state", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(in_child([&] {
              return as_ordinary_user(
                  [&] { return refused_with(base::ErrorCode::kPermissionDenied, path_); });
            }),
            kFine);
}

TEST_F(JournalTest, a_read_only_or_unreadable_file_is_an_error_value_and_stays) {
  ASSERT_TRUE(open()->add_run(run_named("kept")));
  give_away(root_);
  const std::string bytes = read(path_);
  for (const fs::perms mode : {fs::perms::owner_read, fs::perms::none}) {
    fs::permissions(path_, mode);
    EXPECT_EQ(in_child([&] {
                return as_ordinary_user(
                    [&] { return refused_with(base::ErrorCode::kPermissionDenied, path_); });
              }),
              kFine);
  }
  fs::permissions(path_, fs::perms::owner_read);
  EXPECT_EQ(read(path_), bytes);
}

// Null: it reads the one run that was written, and refuses another.
const char* wrong_with_reading(const std::string& path) {
  const auto journal = Journal::open_to_read(path);
  if (!journal) return "not opened";
  const auto runs = (*journal)->history(0);
  if (!runs || runs->size() != 1 || runs->front().summary != "kept") return "other runs";
  if ((*journal)->add_run(runs->front())) return "written to";
  return nullptr;
}

TEST_F(JournalTest, reading_reads_and_makes_sets_aside_and_writes_nothing) {
  EXPECT_EQ(Journal::open_to_read(path_).error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(path_));
  ASSERT_TRUE(open()->add_run(run_named("kept")));
  const std::string bytes = read(path_);
  EXPECT_STREQ(wrong_with_reading(path_), nullptr);
  EXPECT_EQ(read(path_), bytes);
  std::ofstream(path_) << "something else, and long enough to be looked at by anybody who reads it";
  const std::string foreign = read(path_);
  EXPECT_FALSE(Journal::open_to_read(path_));
  EXPECT_EQ(read(path_), foreign);
}

TEST_F(JournalTest, a_read_only_file_system_is_an_error_value) {
  ASSERT_TRUE(open()->add_run(run_named("kept")));
  const int answer = in_child([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(root_.c_str(), root_.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, root_.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
      return int{kNotAllowed};
    if (wrong_with_reading(path_) != nullptr) return 4;
    return refused_with(base::ErrorCode::kPermissionDenied, path_);
  });
  if (answer == kNotAllowed) GTEST_SKIP() << "mounting is not allowed here";
  EXPECT_EQ(answer, kFine) << "4: it could not even be read";
}

}  // namespace
}  // namespace lull::clean
