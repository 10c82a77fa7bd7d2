// SPDX-License-Identifier: MIT
#include "core/scan/bulk_attributes.h"

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace lull::scan {
namespace {

constexpr std::uint32_t kAllCommon = bulk::kCommon & ~bulk::kError;
constexpr std::uint32_t kRegular = 1, kDirectory = 2, kLink = 5;

// One record, written down as getattrlist(2) and getattrlistbulk(2) describe it.
class Record {
 public:
  Record(std::uint32_t common, std::uint32_t file) : common_(common) {
    put<std::uint32_t>(0);  // the length, known at the end
    for (const std::uint32_t bits : {common, 0U, 0U, file, 0U}) put(bits);
  }
  template <class Value>
  Record& put(Value value) {
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), from, from + sizeof value);
    return *this;
  }
  Record& name_reference() {
    reference_ = bytes_.size();
    return put<std::int32_t>(0).put<std::uint32_t>(0);
  }
  // The text at the end, where the reference points to, padded to eight bytes.
  std::vector<std::byte> end(const std::string& name) {
    set(reference_, static_cast<std::int32_t>(bytes_.size() - reference_));
    set(reference_ + 4, static_cast<std::uint32_t>(name.size() + 1));
    for (const char letter : name) put(letter);
    put('\0');
    while (bytes_.size() % 8 != 0) put('\0');
    set(0, static_cast<std::uint32_t>(bytes_.size()));
    return bytes_;
  }
  std::uint32_t common() const { return common_; }

 private:
  template <class Value>
  void set(std::size_t at, Value value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  std::vector<std::byte> bytes_;
  std::size_t reference_ = 0;
  std::uint32_t common_;
};

Record with_common(std::uint32_t type, std::uint32_t file) {
  Record record(kAllCommon, file);
  record.name_reference();
  record.put<std::uint32_t>(0x01000004);  // device
  record.put(type);
  for (const std::int64_t seconds : {100, 200, 300})  // modified, changed, accessed
    record.put(seconds).put<std::int64_t>(5);
  record.put<std::uint32_t>(501).put<std::uint32_t>(20).put<std::uint32_t>(0100644);
  record.put<std::uint64_t>(0x1122334455667788);
  return record;
}

std::vector<std::byte> a_file(const std::string& name) {
  return with_common(kRegular, bulk::kFile)
      .put<std::uint32_t>(2)    // links
      .put<std::int64_t>(8192)  // allocated
      .put<std::int64_t>(5000)  // length
      .end(name);
}
std::vector<std::byte> a_directory(const std::string& name) {
  return with_common(kDirectory, 0).end(name);
}

std::vector<std::byte> joined(std::initializer_list<std::vector<std::byte>> records) {
  std::vector<std::byte> buffer;
  for (const auto& record : records) buffer.insert(buffer.end(), record.begin(), record.end());
  return buffer;
}

TEST(BulkAttributes, AFileTellsItsWholeStatus) {
  const auto buffer = a_file("notes.txt");
  std::span<const std::byte> rest(buffer);
  BulkEntry entry;
  ASSERT_TRUE(take_bulk_entry(rest, entry));
  EXPECT_STREQ(entry.name, "notes.txt");
  EXPECT_EQ(entry.type, DT_REG);
  ASSERT_TRUE(entry.has_status);
  EXPECT_EQ(entry.device, 0x01000004U);
  EXPECT_EQ(entry.mode, static_cast<std::uint32_t>(S_IFREG | 0644));
  EXPECT_EQ(entry.owner, 501U);
  EXPECT_EQ(entry.group, 20U);
  EXPECT_EQ(entry.inode, 0x1122334455667788U);
  EXPECT_EQ(entry.links, 2U);
  EXPECT_EQ(entry.allocated, 8192);
  EXPECT_EQ(entry.length, 5000);
  EXPECT_EQ(entry.times.mtime_ns, 100'000'000'005);
  EXPECT_EQ(entry.times.ctime_ns, 200'000'000'005);
  EXPECT_EQ(entry.times.atime_ns, 300'000'000'005);
  EXPECT_FALSE(take_bulk_entry(rest, entry));
}

TEST(BulkAttributes, ADirectoryHasATypeButNoStatus) {
  const auto buffer = a_directory("src");
  std::span<const std::byte> rest(buffer);
  BulkEntry entry;
  ASSERT_TRUE(take_bulk_entry(rest, entry));
  EXPECT_STREQ(entry.name, "src");
  EXPECT_EQ(entry.type, DT_DIR);
  EXPECT_FALSE(entry.has_status);
}

TEST(BulkAttributes, RecordsFollowOneAnother) {
  const auto buffer = joined({a_file("a"), a_directory("b"), a_file("a longer name")});
  EXPECT_EQ(bulk_length(buffer, 3), buffer.size());
  EXPECT_EQ(bulk_length(buffer, 1), a_file("a").size());
  std::span<const std::byte> rest(buffer);
  std::vector<std::string> names;
  for (BulkEntry entry; take_bulk_entry(rest, entry);) names.emplace_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "a longer name"}));
}

TEST(BulkAttributes, AnEntryThatFailedHasItsNameAlone) {
  Record record(bulk::kReturned | bulk::kError | bulk::kName, 0);
  record.put<std::uint32_t>(13);  // before everything else
  const auto buffer = record.name_reference().end("secret");
  std::span<const std::byte> rest(buffer);
  BulkEntry entry;
  ASSERT_TRUE(take_bulk_entry(rest, entry));
  EXPECT_STREQ(entry.name, "secret");
  EXPECT_EQ(entry.type, DT_UNKNOWN);
  EXPECT_FALSE(entry.has_status);
}

TEST(BulkAttributes, WhatTheFileSystemDoesNotTellIsAskedFor) {
  // No inode number: a FAT stick.
  Record record(bulk::kReturned | bulk::kName | bulk::kType, 0);
  const auto buffer = record.name_reference().put(kLink).end("link");
  std::span<const std::byte> rest(buffer);
  BulkEntry entry;
  ASSERT_TRUE(take_bulk_entry(rest, entry));
  EXPECT_EQ(entry.type, DT_LNK);
  EXPECT_FALSE(entry.has_status);
}

TEST(BulkAttributes, AKindNobodyKnowsIsUnknown) {
  for (const std::uint32_t type : {0U, 8U, 4'000'000'000U}) {
    const auto buffer = with_common(type, 0).end("odd");
    std::span<const std::byte> rest(buffer);
    BulkEntry entry;
    ASSERT_TRUE(take_bulk_entry(rest, entry)) << type;
    EXPECT_EQ(entry.type, DT_UNKNOWN) << type;
    EXPECT_FALSE(entry.has_status) << type;
  }
}

TEST(BulkAttributes, BrokenRecordsEndTheListAndHaveNoLength) {
  const auto good = a_file("good");
  const auto broken = [&](std::size_t at, std::uint32_t value) {
    auto buffer = good;
    std::memcpy(buffer.data() + at, &value, sizeof value);
    EXPECT_EQ(bulk_length(buffer, 1), 0U) << at << ' ' << value;
    std::span<const std::byte> rest(buffer);
    BulkEntry entry;
    EXPECT_FALSE(take_bulk_entry(rest, entry)) << at << ' ' << value;
    EXPECT_TRUE(rest.empty());
  };
  broken(0, 0);                          // no length
  broken(0, 23);                         // shorter than its head
  broken(0, 0xFFFFFFFF);                 // beyond the buffer
  broken(4, kAllCommon | 0x00200000);    // an attribute nobody asked for
  broken(4, kAllCommon & ~bulk::kName);  // no name
  broken(12, 1);                         // attributes of directories
  broken(24, 0xFFFFFFFF);                // the name before the record
  broken(24, 100'000);                   // or behind it
  broken(28, 0);                         // an empty reference
  broken(28, 4);                         // without its end
  broken(28, 0xFFFFFFFF);
}

TEST(BulkAttributes, MoreRecordsThanThereAreHaveNoLength) {
  const auto buffer = joined({a_file("a"), a_file("b")});
  EXPECT_EQ(bulk_length(buffer, 3), 0U);
  EXPECT_EQ(bulk_length(std::span(buffer).first(buffer.size() - 1), 2), 0U);
  EXPECT_EQ(bulk_length(buffer, 0), 0U);
}

TEST(BulkAttributes, AnEmptyNameIsNoEntry) {
  const auto buffer = with_common(kRegular, 0).end("");
  EXPECT_EQ(bulk_length(buffer, 1), 0U);
}

TEST(BulkAttributes, NoBytesMakeItReadBeyondTheBuffer) {
  std::mt19937 random(7);
  const auto whole = joined({a_file("one"), a_directory("two"), a_file("three")});
  for (int round = 0; round < 20'000; ++round) {
    // Of exactly this size, so that a sanitizer sees a step too far.
    std::vector<std::byte> buffer(
        whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(random() % (whole.size() + 1)));
    for (unsigned i = 0; i < 4 && !buffer.empty(); ++i)
      buffer[random() % buffer.size()] = static_cast<std::byte>(random());
    std::span<const std::byte> rest(buffer);
    std::size_t length = 0;
    for (BulkEntry entry; take_bulk_entry(rest, entry);) length += std::strlen(entry.name);
    EXPECT_LE(length, buffer.size());
  }
}

}  // namespace
}  // namespace lull::scan
