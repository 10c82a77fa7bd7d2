// SPDX-License-Identifier: MIT
#include <cerrno>

#include "tests/core/clean/clean_world.h"

// What trash.h promises of one trash, asked of the product's and of the one that most tests of
// runs stand on: what those prove holds for the product only if the two agree.
namespace lull::clean {
namespace {

namespace fs = std::filesystem;

class TrashContract : public CleanWorld, public ::testing::WithParamInterface<WhichTrash> {
 protected:
  TrashContract() {
    which_ = GetParam();
    trash_ = *open_trash();
    directory_ =
        base::UniqueFd(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }

  base::Result<std::string> reserve(const std::string& wanted, const std::string& token = "t1") {
    return trash_->reserve(wanted, token, root_ + "/" + wanted, kThen);
  }
  base::Status take(const std::string& name, const std::string& reserved) {
    return trash_->take(directory_.get(), name.c_str(), reserved);
  }
  // What is in the trash as `name`, and was `name` in the root.
  TrashedItem thing(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::lstat(file(name).c_str(), &status), 0);
    return {trash_path_, name, root_ + "/" + name, kThen, status.st_dev, status.st_ino, false};
  }
  base::Status give_back(const TrashedItem& item, const std::string& name) {
    return trash_->give_back(item, directory_.get(), name.c_str());
  }
  void discard(const std::string& name, const std::string& text = "junk") {
    write(name, text);
    ASSERT_EQ(reserve(name).value_or(""), name);
    ASSERT_TRUE(take(name, name));
  }
  std::string file(const std::string& name) const { return trash_path_ + "/files/" + name; }
  std::string info(const std::string& name) const {
    return trash_path_ + "/info/" + name + ".trashinfo";
  }
  void put(const std::string& path, const std::string& text) const {
    temp_.write(path.substr(temp_.path().size() + 1), text);
  }
  std::string text_of(const std::string& path) const {
    return temp_.read(path.substr(temp_.path().size() + 1));
  }

  std::unique_ptr<Trash> trash_;
  base::UniqueFd directory_;
};
INSTANTIATE_TEST_SUITE_P(, TrashContract, kBothTrashes, name_of_param);

TEST_P(TrashContract, it_knows_its_path_and_device) {
  struct stat status {};
  ASSERT_EQ(::stat((trash_path_ + "/files").c_str(), &status), 0);
  EXPECT_EQ(trash_->path(), trash_path_);
  EXPECT_EQ(trash_->device(), status.st_dev);
}

TEST_P(TrashContract, opened_again_it_must_be_there) {
  EXPECT_TRUE(open_home_trash(which_, trash_path_, {}, false));
  fs::remove_all(trash_path_);
  const auto missing = open_home_trash(which_, trash_path_, {}, false);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(exists(trash_path_)) << "and is not made";
}

TEST_P(TrashContract, a_reservation_is_an_info_and_nothing_else) {
  EXPECT_EQ(reserve("a").value_or(""), "a");
  EXPECT_EQ(original_of("a"), root_ + "/a");
  EXPECT_FALSE(exists(file("a")));
}

TEST_P(TrashContract, a_name_that_is_reserved_has_a_second_one_by_its_token_and_no_third) {
  ASSERT_TRUE(reserve("a.txt", "t1"));
  EXPECT_EQ(reserve("a.txt", "t2").value_or(""), fallback_name("a.txt", "t2"));
  const auto third = reserve("a.txt", "t2");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().os_error, EEXIST);
}

TEST_P(TrashContract, what_lies_in_files_without_an_info_keeps_its_name) {
  put(file("a"), "stray");
  EXPECT_EQ(reserve("a").value_or(""), fallback_name("a", "t1"));
  EXPECT_FALSE(exists(info("a")));
}

TEST_P(TrashContract, a_name_that_leaves_no_room_for_the_info_is_shortened) {
  const std::string longest(255, 'n');
  const std::string name = reserve(longest).value_or("");
  EXPECT_EQ(name, fallback_name(longest, "t1"));
  EXPECT_EQ(original_of(name), root_ + "/" + longest);
}

TEST_P(TrashContract, a_place_that_is_none_gets_no_reservation) {
  for (const std::string original : {"", "relative", "/a/../b"}) {
    const auto reserved = trash_->reserve("a", "t1", original, kThen);
    ASSERT_FALSE(reserved) << original;
    EXPECT_EQ(reserved.error().code, base::ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(fs::is_empty(trash_path_ + "/info"));
}

TEST_P(TrashContract, every_byte_of_a_name_and_place_is_kept) {
  for (const std::string name : {"per%41cent", "new\nline", "\xff\xfe", "#;=", " lead"}) {
    discard(name, name);
    EXPECT_EQ(original_of(name), root_ + "/" + name);
    EXPECT_EQ(text_of(file(name)), name);
  }
}

TEST_P(TrashContract, taking_replaces_nothing_and_leaves_the_reservation) {
  write("a", "mine");
  ASSERT_TRUE(reserve("a"));
  put(file("a"), "somebody was faster");
  EXPECT_EQ(take("a", "a").error().os_error, EEXIST);
  EXPECT_EQ(text_of(file("a")), "somebody was faster");
  EXPECT_EQ(text_of(root_ + "/a"), "mine");
  EXPECT_TRUE(exists(info("a")));
}

TEST_P(TrashContract, taking_what_is_gone_says_so) {
  ASSERT_TRUE(reserve("a"));
  EXPECT_EQ(take("a", "a").error().os_error, ENOENT);
  EXPECT_FALSE(exists(file("a")));
}

TEST_P(TrashContract, names_that_leave_the_trash_are_refused_everywhere) {
  write("a");
  put(trash_path_ + "/outside.trashinfo", "no info");
  for (const std::string name : {"", ".", "..", "../outside", "sub/name"}) {
    EXPECT_EQ(take("a", name).error().code, base::ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(trash_->release(name).error().code, base::ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(trash_->repair_info(name, root_ + "/a", kThen).error().code,
              base::ErrorCode::kInvalidArgument)
        << name;
  }
  EXPECT_EQ(text_of(trash_path_ + "/outside.trashinfo"), "no info");
  EXPECT_TRUE(exists(root_ + "/a"));
}

TEST_P(TrashContract, a_reservation_can_be_taken_back_and_twice_is_no_failure) {
  ASSERT_TRUE(reserve("a"));
  EXPECT_TRUE(trash_->release("a"));
  EXPECT_FALSE(exists(info("a")));
  EXPECT_TRUE(trash_->release("a"));
}

TEST_P(TrashContract, what_was_taken_keeps_its_info) {
  discard("a");
  const auto released = trash_->release("a");
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().os_error, EEXIST);
  EXPECT_EQ(original_of("a"), root_ + "/a");
}

TEST_P(TrashContract, it_knows_things_by_what_they_are) {
  discard("a");
  const TrashedItem item = thing("a");
  EXPECT_TRUE(trash_->has("a", item.device, item.inode));
  EXPECT_FALSE(trash_->has("a", item.device, item.inode + 1));
  EXPECT_FALSE(trash_->has("b", item.device, item.inode));
  EXPECT_FALSE(trash_->has("../files/a", item.device, item.inode));
}

TEST_P(TrashContract, an_info_that_is_missing_or_garbage_is_written_anew) {
  discard("a");
  for (const std::string text : {"", "[Trash Info]\nPath=", "\0\0\0\0"}) {
    put(info("a"), text);
    EXPECT_TRUE(trash_->repair_info("a", root_ + "/a", kThen));
    EXPECT_EQ(original_of("a"), root_ + "/a");
  }
  fs::remove(info("a"));
  EXPECT_TRUE(trash_->repair_info("a", root_ + "/a", kThen));
  EXPECT_EQ(trashed(), std::set<std::string>{"a"});
}

TEST_P(TrashContract, an_info_that_is_valid_stays_whatever_it_says) {
  discard("a");
  const std::string valid = "[Trash Info]\nPath=/elsewhere\nDeletionDate=2020-01-01T00:00:00\n";
  put(info("a"), valid);
  EXPECT_TRUE(trash_->repair_info("a", root_ + "/a", kThen));
  EXPECT_EQ(text_of(info("a")), valid);
}

TEST_P(TrashContract, what_is_given_back_is_the_same_and_its_info_is_gone) {
  discard("a", "mine");
  const TrashedItem item = thing("a");
  EXPECT_TRUE(give_back(item, "a"));
  struct stat status {};
  ASSERT_EQ(::lstat((root_ + "/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_ino, item.inode);
  EXPECT_EQ(text_of(root_ + "/a"), "mine");
  EXPECT_FALSE(exists(info("a")));
}

TEST_P(TrashContract, giving_back_replaces_nothing) {
  discard("a", "old");
  write("a", "new");
  EXPECT_EQ(give_back(thing("a"), "a").error().os_error, EEXIST);
  EXPECT_EQ(text_of(root_ + "/a"), "new");
  EXPECT_EQ(text_of(file("a")), "old");
  EXPECT_EQ(original_of("a"), root_ + "/a");
}

TEST_P(TrashContract, another_thing_of_the_name_is_not_given_back) {
  discard("a");
  TrashedItem item = thing("a");
  ++item.inode;
  EXPECT_EQ(give_back(item, "a").error().code, base::ErrorCode::kNotFound);
  EXPECT_TRUE(exists(file("a")) && exists(info("a")));
  item.name = "vanished";
  EXPECT_EQ(give_back(item, "a").error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(exists(root_ + "/a"));
}

TEST_P(TrashContract, sizes_may_be_noted_of_what_is_no_longer_there) {
  trash_->note_size("never was", 4096);
  EXPECT_TRUE(trash_->save_sizes());
}

}  // namespace
}  // namespace lull::clean
