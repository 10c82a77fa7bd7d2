// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/scan/status_values.h"

// Reader of what macOS's getattrlistbulk(2) leaves in a buffer: the entries of a directory with
// their attributes. Pure, and safe on any bytes; the same on every system, so that it is tested
// where there is no such call.
namespace lull::scan {

// What is asked for; the values of <sys/attr.h>, which dir_reader_macos.cc holds against them.
namespace bulk {
inline constexpr std::uint32_t kName = 0x00000001, kDevice = 0x00000002, kType = 0x00000008;
inline constexpr std::uint32_t kModified = 0x00000400, kChanged = 0x00000800;
inline constexpr std::uint32_t kAccessed = 0x00001000, kOwner = 0x00008000, kGroup = 0x00010000;
inline constexpr std::uint32_t kMode = 0x00020000, kFileId = 0x02000000, kError = 0x20000000;
inline constexpr std::uint32_t kReturned = 0x80000000;
inline constexpr std::uint32_t kCommon = kName | kDevice | kType | kModified | kChanged |
                                         kAccessed | kOwner | kGroup | kMode | kFileId | kError |
                                         kReturned;
// Of everything but directories.
inline constexpr std::uint32_t kLinks = 0x00000001, kAllocated = 0x00000004, kLength = 0x00000200;
inline constexpr std::uint32_t kFile = kLinks | kAllocated | kLength;
}  // namespace bulk

// One entry. Views into the buffer.
struct BulkEntry {
  const char* name = nullptr;  // NUL-terminated
  std::uint8_t type = 0;       // DT_*; DT_UNKNOWN where it is not told
  // Everything below was told: true for what is no directory, if nothing failed.
  bool has_status = false;
  std::uint32_t device = 0, mode = 0, owner = 0, group = 0, links = 0;  // mode with its type
  std::uint64_t inode = 0;
  std::int64_t length = 0;     // of the data fork, which is what stat(2) calls the size
  std::int64_t allocated = 0;  // bytes, all forks
  StatusTimes times;
};

// How many bytes the first `count` records take; 0 if one of them does not fit into the buffer or
// cannot be read, so that nothing is left out silently.
std::size_t bulk_length(std::span<const std::byte> buffer, std::size_t count);
// Takes the next record off the front. One that makes no sense ends the list: false, as at the end.
bool take_bulk_entry(std::span<const std::byte>& rest, BulkEntry& entry);

}  // namespace lull::scan
