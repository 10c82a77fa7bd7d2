// SPDX-License-Identifier: MIT
// What comes in through the control socket, from bytes to replies: framing, JSON, calls, the queue
// of what is owed and the router (with no methods of its own); and the client's side of it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/control/call_queue.h"
#include "agent/control/framing.h"
#include "agent/control/protocol.h"
#include "agent/control/router.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace lull::control;
using lull::fuzz::must;

// Whatever was understood says the same once more.
void check_text(const Object& message) {
  const auto again = parse_message(to_text(message));
  must(again && *again == message);
}

void answer_all(CallQueue& queue) {
  static const MethodTable kNoMethods;
  static const Router kRouter(kNoMethods, "0");
  while (CallQueue::Item* item = queue.front()) {
    if (item->request) {
      Call call{item->request->parameters, item->request->more, item->cancel.token(),
                [](Object) {}};
      check_text(kRouter.answer(*item->request, call));
    }
    queue.pop();
  }
}

bool take(CallQueue& queue, std::string_view text) {
  auto message = parse_call(text);
  if (!message) return false;
  check_text(*message);
  (void)read_reply(*message);
  auto request = read_request(*std::move(message));
  if (!request) return queue.add_reply(std::move(request).error());
  if (request->method == kCancelMethod)
    return queue.add_reply(
        make_reply({{"cancelled", queue.cancel_all(lull::base::CancelReason::kUser)}}, false));
  return queue.add_call(*std::move(request), text.size());
}

}  // namespace

// The first byte says how long the pieces are in which the rest arrives; a newline stands for NUL,
// so that inputs stay readable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  std::string stream(lull::fuzz::text_of(data + 1, size - 1));
  for (char& byte : stream)
    if (byte == '\n') byte = '\0';
  FrameReader frames(1024);
  CallQueue queue;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const auto outcome = frames.feed(std::string_view(stream).substr(at, piece),
                                     [&](std::string_view text) { return take(queue, text); });
    must(frames.pending() <= 1024);
    if (outcome != FrameReader::Outcome::kOk) break;
    if (at % 3 == 0) answer_all(queue);
  }
  answer_all(queue);
  return 0;
}
