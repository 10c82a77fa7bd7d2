// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstring>
#include <ctime>

#include <sys/attr.h>
#include <unistd.h>

#include "core/scan/bulk_attributes.h"
#include "core/scan/dir_reader.h"

namespace lull::scan {
namespace {

static_assert(bulk::kName == ATTR_CMN_NAME && bulk::kDevice == ATTR_CMN_DEVID &&
              bulk::kType == ATTR_CMN_OBJTYPE && bulk::kModified == ATTR_CMN_MODTIME &&
              bulk::kChanged == ATTR_CMN_CHGTIME && bulk::kAccessed == ATTR_CMN_ACCTIME &&
              bulk::kOwner == ATTR_CMN_OWNERID && bulk::kGroup == ATTR_CMN_GRPID &&
              bulk::kMode == ATTR_CMN_ACCESSMASK && bulk::kFileId == ATTR_CMN_FILEID &&
              bulk::kError == ATTR_CMN_ERROR && bulk::kReturned == ATTR_CMN_RETURNED_ATTRS);
static_assert(bulk::kLinks == ATTR_FILE_LINKCOUNT && bulk::kAllocated == ATTR_FILE_ALLOCSIZE &&
              bulk::kLength == ATTR_FILE_DATALENGTH);
static_assert(sizeof(attribute_set_t) == 20 && sizeof(attrreference_t) == 8 &&
              sizeof(timespec) == 16);

attrlist wanted() {
  attrlist list{};
  list.bitmapcount = ATTR_BIT_MAP_COUNT;
  list.commonattr = bulk::kCommon;
  list.fileattr = bulk::kFile;
  return list;
}

timespec time_of(std::int64_t nanoseconds) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t rest = nanoseconds % kSecond;
  if (rest < 0) rest += kSecond;
  return {static_cast<time_t>((nanoseconds - rest) / kSecond), static_cast<long>(rest)};
}

}  // namespace

struct DirReader::State {};

DirReader::DirReader(int fd, const DirTraits& traits) : fd_(fd), traits_(traits) {}
DirReader::~DirReader() = default;

ssize_t DirReader::fill(std::span<std::byte> buffer) {
  if (at_end_) return 0;
  attrlist list = wanted();
  const int count = ::getattrlistbulk(fd_, &list, buffer.data(), buffer.size(), 0);
  if (count < 0) return -errno;
  at_end_ = count == 0;
  if (at_end_) return 0;
  const std::size_t length = bulk_length(buffer, static_cast<std::size_t>(count));
  return length > 0 ? static_cast<ssize_t>(length) : -EIO;
}

bool next_entry(std::span<const std::byte>& filled, DirEntry& entry) {
  const std::byte* const record = filled.data();
  BulkEntry read;
  if (!take_bulk_entry(filled, read)) return false;
  entry.name = read.name;
  entry.type = read.type;
  entry.record = record;
  return true;
}

bool told_status(const DirEntry& entry, struct stat& status) {
  std::uint32_t length = 0;
  std::memcpy(&length, entry.record, sizeof length);
  std::span<const std::byte> record(entry.record, length);
  BulkEntry read;
  if (!take_bulk_entry(record, read) || !read.has_status) return false;
  status = {};
  status.st_dev = static_cast<dev_t>(read.device);
  status.st_ino = read.inode;
  status.st_mode = static_cast<mode_t>(read.mode);
  status.st_nlink = static_cast<nlink_t>(read.links);
  status.st_uid = read.owner;
  status.st_gid = read.group;
  status.st_size = read.length;
  status.st_blocks = (read.allocated + 511) / 512;
  status.st_mtimespec = time_of(read.times.mtime_ns);
  status.st_ctimespec = time_of(read.times.ctime_ns);
  status.st_atimespec = time_of(read.times.atime_ns);
  return true;
}

}  // namespace lull::scan
