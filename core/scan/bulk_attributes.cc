// SPDX-License-Identifier: MIT
#include "core/scan/bulk_attributes.h"

#include <array>
#include <cstring>
#include <type_traits>

#include <dirent.h>
#include <sys/stat.h>

namespace lull::scan {
namespace {

// A record: its length, what was returned (five bitmaps), then the attributes: the error first if
// there is one, the others in the order of their bits, aligned to four bytes.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kReturnedBytes = 20;

// vnode types (sys/vnode.h) from 1 on: file, directory, block and character device, link, socket,
// FIFO.
constexpr std::array<std::uint8_t, 8> kEntryTypes = {DT_UNKNOWN, DT_REG, DT_DIR,  DT_BLK,
                                                     DT_CHR,     DT_LNK, DT_SOCK, DT_FIFO};
constexpr std::array<mode_t, 8> kModes = {0,       S_IFREG, S_IFDIR,  S_IFBLK,
                                          S_IFCHR, S_IFLNK, S_IFSOCK, S_IFIFO};

// The fields of one record, one after the other.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> record) : record_(record) {}

  template <class Value>
  bool take(Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    if (record_.size() - at_ < sizeof value) return false;
    std::memcpy(&value, record_.data() + at_, sizeof value);
    at_ += sizeof value;
    return true;
  }
  // The same, if it is there at all.
  template <class Value>
  bool take_if(bool there, Value& value) {
    return !there || take(value);
  }

  // A reference to a text further on: where from here, and how long with its NUL.
  bool take_text(const char*& text) {
    const std::size_t here = at_;
    std::int32_t offset = 0;
    std::uint32_t length = 0;
    if (!take(offset) || !take(length) || offset < 0 || length == 0) return false;
    const std::size_t from = here + static_cast<std::size_t>(offset);
    if (from >= record_.size() || record_.size() - from < length) return false;
    if (record_[from + length - 1] != std::byte{0}) return false;
    text = reinterpret_cast<const char*>(record_.data() + from);
    return *text != '\0';
  }

  bool take_time_if(bool there, std::int64_t& nanoseconds) {
    std::int64_t seconds = 0, rest = 0;  // struct timespec of a 64-bit program
    if (!there) return true;
    if (!take(seconds) || !take(rest)) return false;
    nanoseconds = static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * 1'000'000'000u +
                                            static_cast<std::uint64_t>(rest));
    return true;
  }

 private:
  std::span<const std::byte> record_;
  std::size_t at_ = 0;
};

bool take_common(Fields& fields, std::uint32_t told, std::uint32_t& type, BulkEntry& entry) {
  const auto there = [told](std::uint32_t attribute) { return (told & attribute) != 0; };
  return fields.take_if(there(bulk::kDevice), entry.device) &&
         fields.take_if(there(bulk::kType), type) &&
         fields.take_time_if(there(bulk::kModified), entry.times.mtime_ns) &&
         fields.take_time_if(there(bulk::kChanged), entry.times.ctime_ns) &&
         fields.take_time_if(there(bulk::kAccessed), entry.times.atime_ns) &&
         fields.take_if(there(bulk::kOwner), entry.owner) &&
         fields.take_if(there(bulk::kGroup), entry.group) &&
         fields.take_if(there(bulk::kMode), entry.mode) &&
         fields.take_if(there(bulk::kFileId), entry.inode);
}

bool take_file(Fields& fields, std::uint32_t told, BulkEntry& entry) {
  const auto there = [told](std::uint32_t attribute) { return (told & attribute) != 0; };
  return fields.take_if(there(bulk::kLinks), entry.links) &&
         fields.take_if(there(bulk::kAllocated), entry.allocated) &&
         fields.take_if(there(bulk::kLength), entry.length);
}

// What was not asked for would stand in between: such a record is none of ours.
bool is_ours(const std::array<std::uint32_t, 5>& told) {
  return (told[0] & ~bulk::kCommon) == 0 && told[1] == 0 && told[2] == 0 &&
         (told[3] & ~bulk::kFile) == 0 && told[4] == 0;
}

bool read_record(std::span<const std::byte> record, BulkEntry& entry) {
  Fields fields(record);
  std::uint32_t length = 0, error = 0, type = 0;
  std::array<std::uint32_t, 5> told{};  // common, volume, directory, file, fork
  if (!fields.take(length) || !fields.take(told) || !is_ours(told)) return false;
  if (!fields.take_if((told[0] & bulk::kError) != 0, error)) return false;
  if ((told[0] & bulk::kName) == 0 || !fields.take_text(entry.name)) return false;
  if (!take_common(fields, told[0], type, entry) || !take_file(fields, told[3], entry))
    return false;
  if (error != 0 || type == 0 || type >= kEntryTypes.size()) return true;
  entry.type = kEntryTypes[type];
  entry.mode = (entry.mode & 07777) | kModes[type];
  constexpr std::uint32_t kAll = bulk::kCommon & ~(bulk::kError | bulk::kReturned);
  entry.has_status = (told[0] & kAll) == kAll && told[3] == bulk::kFile;
  return true;
}

// 0: not one.
std::size_t record_length(std::span<const std::byte> rest) {
  std::uint32_t length = 0;
  if (rest.size() < kLengthBytes + kReturnedBytes) return 0;
  std::memcpy(&length, rest.data(), sizeof length);
  return length >= kLengthBytes + kReturnedBytes && length <= rest.size() ? length : 0;
}

}  // namespace

std::size_t bulk_length(std::span<const std::byte> buffer, std::size_t count) {
  std::span<const std::byte> rest = buffer;
  BulkEntry entry;
  for (; count > 0; --count)
    if (!take_bulk_entry(rest, entry)) return 0;
  return buffer.size() - rest.size();
}

bool take_bulk_entry(std::span<const std::byte>& rest, BulkEntry& entry) {
  entry = {};
  const std::size_t length = record_length(rest);
  if (length == 0 || !read_record(rest.first(length), entry)) {
    rest = {};
    return false;
  }
  rest = rest.subspan(length);
  return true;
}

}  // namespace lull::scan
