// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

// Numbers and names as packed bytes, the same on every machine: fixed values are little-endian,
// the others are LEB128 (seven bits a byte), signed ones zigzag before that.
namespace lull::cache {

class ByteWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
  void fixed(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
    byte(static_cast<std::uint8_t>(value));
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    varint(value.size());
    const auto* begin = reinterpret_cast<const std::byte*>(value.data());
    bytes_.insert(bytes_.end(), begin, begin + value.size());
  }
  // Overwrites what was written at `at`.
  void patch(std::size_t at, std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i)
      bytes_[at + static_cast<std::size_t>(i)] =
          std::byte{static_cast<std::uint8_t>(value >> (8 * i))};
  }
  void clear() { bytes_.clear(); }
  std::size_t size() const { return bytes_.size(); }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// Reads foreign bytes: after the first thing that does not fit everything is zero, and ok() says
// so.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::uint8_t byte() {
    if (at_ == end_) return fail();
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t fixed(int width) {
    if (left() < static_cast<std::size_t>(width)) return fail();
    std::uint64_t value = 0;
    for (int i = 0; i < width; ++i)
      value |= std::uint64_t{static_cast<std::uint8_t>(at_[i])} << (8 * i);
    at_ += width;
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 0x7fu} << shift;
      if (part < 0x80) return value;
    }
    return fail();
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  std::string_view text() {
    const std::uint64_t length = varint();
    if (length > left()) {
      fail();
      return {};
    }
    const auto* begin = reinterpret_cast<const char*>(at_);
    at_ += length;
    return {begin, static_cast<std::size_t>(length)};
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool ok() const { return ok_; }
  std::uint8_t fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

 private:
  const std::byte* at_;
  const std::byte* end_;
  bool ok_ = true;
};

// Tells damaged bytes from whole ones; protects against accidents, not against malice. About a
// byte's worth of multiplications for eight bytes.
inline std::uint64_t checksum_of(std::span<const std::byte> bytes, std::uint64_t seed = 0) {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ull;
  std::uint64_t sum = seed ^ (bytes.size() * kPrime);
  const auto mix = [&sum](std::uint64_t word) {
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  for (unsigned shift = 0; at < bytes.size(); ++at, shift += 8)
    rest |= std::uint64_t{static_cast<std::uint8_t>(bytes[at])} << shift;
  mix(rest);
  return (sum ^ (sum >> 32)) * kPrime;
}

}  // namespace lull::cache
