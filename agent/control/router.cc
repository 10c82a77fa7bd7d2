// SPDX-License-Identifier: MIT
#include "agent/control/router.h"

#include <exception>
#include <utility>

#include "agent/control/interface_text.h"

namespace lull::control {
namespace {

// Methods that make no sense without intermediate replies.
bool streams_only(std::string_view name) { return name == "Watch"; }

bool is_described(std::string_view name) {
  const std::string declaration = "\nmethod " + std::string(name) + "(";
  return !name.empty() && agent_interface_text().find(declaration) != std::string_view::npos;
}

Object unknown_method(std::string_view error, const Request& request) {
  return make_error(error, {{"method", request.method}});
}

base::Result<Object> run(const Method& method, Call& call) {
  try {
    return method(call);
  } catch (const std::exception& thrown) {
    return base::fail(base::ErrorCode::kInternal,
                      std::string("the method ended with an exception: ") + thrown.what());
  } catch (...) {
    return base::fail(base::ErrorCode::kInternal, "the method ended with an unknown exception");
  }
}

Object describe(const Request& request) {
  const boost::json::value* interface = request.parameters.if_contains("interface");
  if (interface == nullptr || !interface->is_string())
    return make_error(error::kInvalidParameter, {{"parameter", "interface"}});
  const std::string_view name(interface->get_string());
  const auto reply = [](std::string_view text) {
    return make_reply({{"description", text}}, false);
  };
  if (name == kInterface) return reply(agent_interface_text());
  if (name == kServiceInterface) return reply(service_interface_text());
  return make_error(error::kInterfaceNotFound, {{"interface", name}});
}

}  // namespace

Router::Router(const MethodTable& methods, std::string version)
    : methods_(methods), version_(std::move(version)) {}

Object Router::answer(const Request& request, Call& call) const {
  const std::string_view method = request.method;
  const std::size_t dot = method.rfind('.');
  if (dot == std::string_view::npos)
    return make_error(error::kInvalidParameter, {{"parameter", "method"}});
  const std::string_view interface = method.substr(0, dot), name = method.substr(dot + 1);
  if (interface == kInterface) return answer_agent(name, request, call);
  if (interface == kServiceInterface) return answer_service(name, request);
  return make_error(error::kInterfaceNotFound, {{"interface", interface}});
}

bool Router::outlives_caller(const Request& request) const {
  const std::string_view method = request.method;
  const std::size_t dot = method.rfind('.');
  return dot != std::string_view::npos && method.substr(0, dot) == kInterface &&
         methods_.outlives_caller(method.substr(dot + 1), request.parameters);
}

Object Router::answer_agent(std::string_view name, const Request& request, Call& call) const {
  const Method* method = methods_.find(name);
  if (method == nullptr)
    return unknown_method(
        is_described(name) ? error::kMethodNotImplemented : error::kMethodNotFound, request);
  if (streams_only(name) && !call.more) return make_error(error::kExpectedMore, {});
  base::Result<Object> result = run(*method, call);
  return result ? make_reply(*std::move(result), false) : make_failure(result.error());
}

Object Router::answer_service(std::string_view name, const Request& request) const {
  if (name == "GetInfo") return make_reply(info(), false);
  if (name == "GetInterfaceDescription") return describe(request);
  return unknown_method(error::kMethodNotFound, request);
}

Object Router::info() const {
  return {{"vendor", "Lull"},
          {"product", "Lull agent"},
          {"version", version_},
          {"url", ""},
          {"interfaces", boost::json::array{kServiceInterface, kInterface}}};
}

}  // namespace lull::control
