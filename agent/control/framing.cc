// SPDX-License-Identifier: MIT
#include "agent/control/framing.h"

#include <utility>

namespace lull::control {

FrameReader::Outcome FrameReader::feed(std::string_view bytes,
                                       const std::function<bool(std::string_view)>& take) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    const std::string_view piece = bytes.substr(0, end);
    if (piece.size() > limit_ - partial_.size()) return Outcome::kTooLong;
    if (end == std::string_view::npos) {
      partial_ += piece;
      break;
    }
    if (!finish(piece, take)) return Outcome::kStopped;
    bytes.remove_prefix(end + 1);
  }
  return Outcome::kOk;
}

// Most messages come in one piece and are never copied; the room a long one took is given back.
bool FrameReader::finish(std::string_view end, const std::function<bool(std::string_view)>& take) {
  if (partial_.empty()) return take(end);
  std::string message = std::exchange(partial_, {});
  message += end;
  return take(message);
}

}  // namespace lull::control
