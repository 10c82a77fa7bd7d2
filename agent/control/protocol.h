// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "agent/control/method.h"
#include "core/base/bytes.h"
#include "core/base/result.h"

// Messages of Varlink (https://varlink.org/Protocol) as JSON objects: a call is {"method",
// "parameters", "more", "oneway"}, an answer {"parameters", "continues"} or {"error",
// "parameters"}. Pure; any thread.
namespace lull::control {

inline constexpr std::string_view kInterface = "org.lull.Agent";
inline constexpr std::string_view kServiceInterface = "org.varlink.service";
inline constexpr std::string_view kCancelMethod = "org.lull.Agent.Cancel";
inline constexpr std::string_view kFollowMethod = "org.lull.Agent.Follow";

// What the agent accepts in one message. (Its replies may be longer: a scan with all its items.)
inline constexpr std::size_t kMaxMessageBytes = base::kMiB;
inline constexpr unsigned kMaxDepth = 64;
// A mebibyte of empty arrays would hold the engine for a tenth of a second; this many values take
// less than some milliseconds, and the longest honest call (Size) has a thousand.
inline constexpr std::size_t kMaxValues = 10'000;

// Standard errors of org.varlink.service, and ours, which carries a base::Error.
namespace error {
inline constexpr std::string_view kInterfaceNotFound = "org.varlink.service.InterfaceNotFound";
inline constexpr std::string_view kMethodNotFound = "org.varlink.service.MethodNotFound";
inline constexpr std::string_view kMethodNotImplemented =
    "org.varlink.service.MethodNotImplemented";
inline constexpr std::string_view kInvalidParameter = "org.varlink.service.InvalidParameter";
inline constexpr std::string_view kExpectedMore = "org.varlink.service.ExpectedMore";
inline constexpr std::string_view kFailed = "org.lull.Agent.Failed";
}  // namespace error

struct Request {
  std::string method;  // with its interface: "org.lull.Agent.Jobs"
  Object parameters;
  bool more = false;    // wants intermediate replies
  bool oneway = false;  // wants no reply at all
};

// One message without its NUL. kMalformed if it is not a JSON object in UTF-8, kTooLarge if it is
// nested deeper than kMaxDepth.
base::Result<Object> parse_message(std::string_view text);
// As parse_message(), and kTooLarge if it has more than kMaxValues: for what clients send.
base::Result<Object> parse_call(std::string_view text);
// Without its NUL.
std::string to_text(const Object& message);

// Takes a call apart; unknown members are ignored. What is wrong comes as the error reply to send.
tl::expected<Request, Object> read_request(Object message);
Object make_request(Request request);

Object make_reply(Object parameters, bool continues);
Object make_error(std::string_view name, Object parameters);
// org.lull.Agent.Failed with code, message, path and trail of `failure`.
Object make_failure(const base::Error& failure);

struct Reply {
  bool continues = false;
  base::Result<Object> result;  // an error reply as the base::Error it stands for
};
// kMalformed if it is no reply.
base::Result<Reply> read_reply(Object message);

}  // namespace lull::control
