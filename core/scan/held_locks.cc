// SPDX-License-Identifier: MIT
#include "core/scan/held_locks.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <sys/types.h>

#include "core/scan/device_numbers.h"

namespace lull::scan {
namespace {

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

bool take_number(std::string_view& text, int base, std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return true;
}

// "fe:00:10952913": hexadecimal device numbers, decimal inode.
bool parse_file(std::string_view word, HeldLocks& locks) {
  std::uint64_t major_number = 0, minor_number = 0, inode = 0;
  if (!take_number(word, 16, major_number) || !word.starts_with(':')) return false;
  word.remove_prefix(1);
  if (!take_number(word, 16, minor_number) || !word.starts_with(':')) return false;
  word.remove_prefix(1);
  if (!take_number(word, 10, inode) || !word.empty()) return false;
  constexpr std::uint64_t kMost = 0xffffffff;
  if (major_number > kMost || minor_number > kMost) return false;
  locks.add(make_device(static_cast<unsigned>(major_number), static_cast<unsigned>(minor_number)),
            static_cast<ino_t>(inode));
  return true;
}

// "1: FLOCK  ADVISORY  WRITE 18318 fe:00:10952913 0 EOF"; who waits for it: "1: -> FLOCK …".
bool parse_line(std::string_view line, HeldLocks& locks) {
  if (!take_word(line).ends_with(':')) return false;
  std::string_view kind = take_word(line);
  if (kind == "->") kind = take_word(line);
  if (kind.empty()) return false;
  for (int skipped = 0; skipped < 3; ++skipped) take_word(line);  // ADVISORY, WRITE, pid
  const std::string_view file = take_word(line);
  return file == "<none>:0" || parse_file(file, locks);  // a lock whose file is gone
}

}  // namespace

bool HeldLocks::contains(dev_t device, ino_t inode) const {
  return std::any_of(locks_.begin(), locks_.end(), [&](const Lock& lock) {
    return lock.inode == inode && may_be_one(lock.device, device);
  });
}

bool HeldLocks::may_be_on(dev_t device) const {
  return std::any_of(locks_.begin(), locks_.end(),
                     [&](const Lock& lock) { return may_be_one(lock.device, device); });
}

std::vector<ino_t> HeldLocks::inodes() const {
  std::vector<ino_t> inodes;
  for (const Lock& lock : locks_) inodes.push_back(lock.inode);
  std::sort(inodes.begin(), inodes.end());
  return inodes;
}

bool HeldLocks::may_be_one(dev_t lock, dev_t device) {
  return lock == device || major_of(lock) == 0 || major_of(device) == 0;
}

std::optional<HeldLocks> parse_locks(std::string_view text) {
  HeldLocks locks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0 && !parse_line(text.substr(0, end), locks)) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return locks;
}

}  // namespace lull::scan
