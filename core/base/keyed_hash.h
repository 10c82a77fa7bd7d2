// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

namespace lull::base {

// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits by which
// texts can be told apart even if somebody chooses them on purpose, as long as the key is secret.
class KeyedHash {
 public:
  KeyedHash(std::uint64_t key_low, std::uint64_t key_high) : low_(key_low), high_(key_high) {}
  // With a key nobody knows.
  static KeyedHash random();

  std::uint64_t operator()(std::string_view bytes) const;

 private:
  std::uint64_t low_, high_;
};

}  // namespace lull::base
