// SPDX-License-Identifier: MIT
#include "core/scan/git_index.h"

#include <algorithm>

#include "core/base/path_text.h"

namespace lull::scan {
namespace {

constexpr std::size_t kStatBytes = 40;  // ten 32-bit fields of stat before the hash
constexpr std::uint16_t kExtended = 0x4000, kNameMask = 0x0fff;
constexpr std::size_t kLongestPath = 4096;

// A cursor that never leaves its bytes.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::size_t left() const { return bytes_.size() - at_; }
  std::size_t at() const { return at_; }
  bool skip(std::size_t count) {
    if (count > left()) return false;
    at_ += count;
    return true;
  }
  template <class Number>
  bool big_endian(Number& number) {
    if (left() < sizeof(Number)) return false;
    number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      number = static_cast<Number>(number << 8 | static_cast<unsigned char>(bytes_[at_++]));
    return true;
  }
  bool take(std::size_t count, std::string_view& taken) {
    if (count > left()) return false;
    taken = bytes_.substr(at_, count);
    at_ += count;
    return true;
  }
  // Up to the next NUL, which is taken too.
  bool take_text(std::string_view& text) {
    const std::size_t end = bytes_.find('\0', at_);
    if (end == std::string_view::npos) return false;
    text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

// The offset encoding of pack files: each further byte adds one.
bool take_varint(Bytes& bytes, std::size_t& value) {
  std::uint8_t byte = 0;
  if (!bytes.big_endian(byte)) return false;
  value = byte & 0x7f;
  while ((byte & 0x80) != 0) {
    if (value > kLongestPath || !bytes.big_endian(byte)) return false;
    value = ((value + 1) << 7) | (byte & 0x7f);
  }
  return true;
}

class IndexReader {
 public:
  IndexReader(std::string_view index, std::string_view path, std::size_t hash_bytes)
      : bytes_(index), path_(path), hash_bytes_(hash_bytes) {}

  Tracking read() {
    std::string_view signature;
    std::uint32_t entries = 0;
    if (!bytes_.take(4, signature) || signature != "DIRC" || !bytes_.big_endian(version_) ||
        version_ < 2 || version_ > 4 || !bytes_.big_endian(entries))
      return Tracking::kUnknown;
    bool tracked = false;
    for (std::uint32_t i = 0; i < entries; ++i) {
      if (!read_entry()) return Tracking::kUnknown;
      tracked = tracked || concerns_path();
    }
    // What was found stands, whatever follows; that nothing was found only if all was understood.
    if (tracked) return Tracking::kTracked;
    return rest_is_known() ? Tracking::kNot : Tracking::kUnknown;
  }

 private:
  bool read_entry() {
    const std::size_t begun = bytes_.at();
    std::uint16_t flags = 0, more = 0;
    if (!bytes_.skip(kStatBytes + hash_bytes_) || !bytes_.big_endian(flags)) return false;
    if ((flags & kExtended) != 0 && (version_ == 2 || !bytes_.big_endian(more))) return false;
    if (!(version_ == 4 ? read_packed_name() : read_name(begun, flags))) return false;
    return !name_.empty() && name_.size() <= kLongestPath && name_.front() != '/';
  }

  // Padded with one to eight NULs to a multiple of eight.
  bool read_name(std::size_t begun, std::uint16_t flags) {
    std::string_view name;
    if (!bytes_.take_text(name)) return false;
    const std::size_t stated = flags & kNameMask;
    if (stated < kNameMask && stated != name.size()) return false;
    name_ = name;
    const std::size_t length = bytes_.at() - begun;
    std::string_view padding;
    return bytes_.take((8 - length % 8) % 8, padding) &&
           padding.find_first_not_of('\0') == std::string_view::npos;
  }

  // So many bytes off the end of the name before, then more.
  bool read_packed_name() {
    std::size_t removed = 0;
    std::string_view added;
    if (!take_varint(bytes_, removed) || removed > name_.size() || !bytes_.take_text(added))
      return false;
    name_.resize(name_.size() - removed);
    name_ += added;
    return true;
  }

  bool concerns_path() const {
    const std::string_view name = name_;
    if (base::is_at_or_below(name, path_)) return true;
    return name.ends_with('/') && base::is_at_or_below(path_, name.substr(0, name.size() - 1));
  }

  // Extensions, then the hash of it all. Small first letter: it must be understood to read on.
  bool rest_is_known() {
    while (bytes_.left() > hash_bytes_) {
      std::string_view signature;
      std::uint32_t length = 0;
      if (!bytes_.take(4, signature) || !bytes_.big_endian(length) || !bytes_.skip(length))
        return false;
      const bool optional = signature.front() >= 'A' && signature.front() <= 'Z';
      if (!optional && signature != "sdir") return false;
    }
    return bytes_.left() == hash_bytes_;
  }

  Bytes bytes_;
  const std::string_view path_;
  const std::size_t hash_bytes_;
  std::uint32_t version_ = 0;
  std::string name_;
};

}  // namespace

Tracking find_in_index(std::string_view index, std::string_view path, std::size_t hash_bytes) {
  if (path.empty()) return Tracking::kUnknown;
  return IndexReader(index, path, hash_bytes).read();
}

}  // namespace lull::scan
