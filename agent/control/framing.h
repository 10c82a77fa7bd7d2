// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lull::control {

// Cuts a stream of bytes into messages, each ended by a NUL (https://varlink.org/Protocol). Keeps
// nothing but the beginning of the message that is not complete yet. One thread at a time.
class FrameReader {
 public:
  enum class Outcome {
    kOk,
    kStopped,  // `take` wanted no more
    kTooLong,  // a message has more than `limit` bytes
  };

  // `limit` is for one message, its NUL not counted.
  explicit FrameReader(std::size_t limit) : limit_(limit) {}

  // Calls `take` with every message that `bytes` completes, in their order, until it returns false.
  // The text is valid during the call. After anything but kOk the reader is of no further use.
  Outcome feed(std::string_view bytes, const std::function<bool(std::string_view)>& take);

  // Bytes of the message that is not complete yet.
  std::size_t pending() const { return partial_.size(); }

 private:
  bool finish(std::string_view end, const std::function<bool(std::string_view)>& take);

  const std::size_t limit_;
  std::string partial_;
};

}  // namespace lull::control
