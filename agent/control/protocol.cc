// SPDX-License-Identifier: MIT
#include "agent/control/protocol.h"

#include <array>
#include <exception>
#include <utility>

#include "agent/control/json_codec.h"

namespace lull::control {
namespace {

using base::ErrorCode;

constexpr std::array kCodes = {
    ErrorCode::kInvalidArgument, ErrorCode::kNotFound, ErrorCode::kPermissionDenied,
    ErrorCode::kUnavailable,     ErrorCode::kBusy,     ErrorCode::kNoAgent,
    ErrorCode::kCancelled,       ErrorCode::kTimeout,  ErrorCode::kTooLarge,
    ErrorCode::kMalformed,       ErrorCode::kIo,       ErrorCode::kInternal};

// A newer agent may know codes that we do not.
ErrorCode code_of(std::string_view word) {
  for (const ErrorCode code : kCodes)
    if (base::error_code_name(code) == word) return code;
  return ErrorCode::kInternal;
}

std::string text_of(const Object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Object invalid_parameter(std::string_view name) {
  return make_error(error::kInvalidParameter, {{"parameter", name}});
}

// Absent and null are false.
bool read_flag(const Object& message, std::string_view name, bool& flag) {
  const boost::json::value* value = message.if_contains(name);
  if (value == nullptr || value->is_null()) return true;
  if (!value->is_bool()) return false;
  flag = value->get_bool();
  return true;
}

base::Error failed(const Object& parameters) {
  base::Error failure;
  failure.code = code_of(text_of(parameters, "code"));
  failure.message = text_of(parameters, "message");
  if (failure.message.empty()) failure.message = "the agent did not say why";
  failure.path = text_of(parameters, "path");
  if (const auto* trail = parameters.if_contains("trail"); trail != nullptr && trail->is_array())
    for (const auto& step : trail->get_array())
      if (step.is_string()) failure.trail.emplace_back(step.get_string());
  return failure;
}

base::Error error_of(std::string_view name, const Object& parameters) {
  if (name == error::kFailed) return failed(parameters);
  if (name == error::kInvalidParameter)
    return {ErrorCode::kInvalidArgument,
            "the agent refused parameter '" + text_of(parameters, "parameter") + "'",
            {},
            0,
            {}};
  if (name == error::kExpectedMore)
    return {ErrorCode::kInvalidArgument,
            "this method streams: ask for intermediate replies",
            {},
            0,
            {}};
  if (name == error::kMethodNotFound || name == error::kMethodNotImplemented ||
      name == error::kInterfaceNotFound)
    return {ErrorCode::kUnavailable,
            "the running agent cannot do that (" + std::string(name) +
                "); it may be of another version: restart it",
            {},
            0,
            {}};
  return {ErrorCode::kInternal, "the agent answered " + std::string(name), {}, 0, {}};
}

// At least as many as there are: every value but the first of a list or object stands behind a
// comma, the first behind its bracket.
std::size_t count_values(std::string_view text) {
  std::size_t values = 1;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char sign = text[at];
    if (sign == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (sign == '\\') ++at;
    } else if (sign == ',' || sign == '[' || sign == '{') {
      ++values;
    }
  }
  return values;
}

base::Result<Object> parse_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::error_code failure;
  boost::json::value value = boost::json::parse(text, failure, {}, options);
  if (failure == boost::json::error::too_deep)
    return base::fail(ErrorCode::kTooLarge,
                      "the message is nested deeper than " + std::to_string(kMaxDepth) + " levels");
  if (failure)
    return base::fail(ErrorCode::kMalformed, "the message is not JSON: " + failure.message());
  if (!value.is_object())
    return base::fail(ErrorCode::kMalformed, "the message is not a JSON object");
  return std::move(value.get_object());
}

}  // namespace

base::Result<Object> parse_message(std::string_view text) {
  try {
    return parse_object(text);
  } catch (const std::exception& failure) {  // no memory, or a string beyond the library's limit
    return base::fail(ErrorCode::kTooLarge, std::string("reading a message: ") + failure.what());
  }
}

base::Result<Object> parse_call(std::string_view text) {
  if (count_values(text) > kMaxValues)
    return base::fail(ErrorCode::kTooLarge,
                      "a call may have " + std::to_string(kMaxValues) + " values");
  return parse_message(text);
}

std::string to_text(const Object& message) { return boost::json::serialize(message); }

tl::expected<Request, Object> read_request(Object message) {
  Request request;
  request.method = text_of(message, "method");
  if (request.method.empty()) return tl::unexpected(invalid_parameter("method"));
  if (!read_flag(message, "more", request.more)) return tl::unexpected(invalid_parameter("more"));
  if (!read_flag(message, "oneway", request.oneway))
    return tl::unexpected(invalid_parameter("oneway"));
  boost::json::value* parameters = message.if_contains("parameters");
  if (parameters == nullptr || parameters->is_null()) return request;
  if (!parameters->is_object()) return tl::unexpected(invalid_parameter("parameters"));
  request.parameters = std::move(parameters->get_object());
  return request;
}

Object make_request(Request request) {
  Object message{{"method", request.method}, {"parameters", std::move(request.parameters)}};
  if (request.more) message["more"] = true;
  if (request.oneway) message["oneway"] = true;
  return message;
}

Object make_reply(Object parameters, bool continues) {
  Object message;
  message["parameters"] = std::move(parameters);
  if (continues) message["continues"] = true;
  return message;
}

Object make_error(std::string_view name, Object parameters) {
  Object message;
  message["error"] = name;
  message["parameters"] = std::move(parameters);
  return message;
}

Object make_failure(const base::Error& failure) {
  Object parameters = encode(failure);
  if (!failure.trail.empty()) {
    boost::json::array trail;
    for (const std::string& step : failure.trail) trail.emplace_back(step);
    parameters["trail"] = std::move(trail);
  }
  return make_error(error::kFailed, std::move(parameters));
}

base::Result<Reply> read_reply(Object message) {
  Reply reply;
  Object parameters;
  if (boost::json::value* value = message.if_contains("parameters"); value != nullptr) {
    if (value->is_object()) {
      parameters = std::move(value->get_object());
    } else if (!value->is_null()) {
      return base::fail(ErrorCode::kMalformed, "the agent's reply has no object of parameters");
    }
  }
  if (!read_flag(message, "continues", reply.continues))
    return base::fail(ErrorCode::kMalformed, "the agent's reply continues in an unknown way");
  const boost::json::value* name = message.if_contains("error");
  if (name == nullptr || name->is_null()) {
    reply.result = std::move(parameters);
  } else {
    const std::string word = text_of(message, "error");
    reply.result = tl::unexpected(error_of(word.empty() ? "an unnamed error" : word, parameters));
    reply.continues = false;
  }
  return reply;
}

}  // namespace lull::control
