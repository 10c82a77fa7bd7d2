// SPDX-License-Identifier: MIT
#include "agent/commands/context.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <ostream>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

#include "agent/commands/progress_line.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

Object error_document(const base::Error& error) {
  Object body{{"code", base::error_code_name(error.code)}, {"message", printable(error.message)}};
  body["path"] = error.path.empty() ? Value(nullptr) : Value(printable(error.path));
  if (!base::is_valid_utf8(error.path)) body["path_base64"] = base::base64_encode(error.path);
  return {{"error", std::move(body)}};
}

// Until the time is over or the token fires, whichever is first.
void really_wait(base::Duration duration, const base::CancelToken& cancel) {
  std::mutex mutex;
  std::condition_variable changed;
  const auto registration = cancel.on_cancel([&] {
    const std::scoped_lock lock(mutex);
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait_for(lock, duration, [&] { return cancel.cancelled(); });
}

}  // namespace

int exit_code_of(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kInvalidArgument:
      return kWrongUsage;
    case base::ErrorCode::kNoAgent:
      return kNeedsAgent;
    case base::ErrorCode::kCancelled:
      return kCancelledByUser;
    default:
      return kFailed;
  }
}

Context::Context(CliEnvironment& environment, std::string_view command, std::string socket,
                 bool json)
    : environment_(environment),
      command_(command),
      socket_(!socket.empty() ? std::move(socket)
                              : environment.environment("LULL_SOCKET").value_or("")),
      json_(json),
      out_style_(environment.environment, environment.out_is_terminal, environment.width),
      err_style_(environment.environment, environment.err_is_terminal, environment.width) {}

base::Result<base::UserDirectories> Context::directories() const {
  return base::find_user_directories(environment_.environment);
}

base::Status Context::find_agent() {
  if (backend_ && backend_->is_agent()) return {};
  std::string socket = socket_;
  if (socket.empty()) {
    const auto known = directories();
    if (!known) return tl::unexpected(known.error());
    socket = known->runtime_dir + "/lull/control";
  }
  auto backend = environment_.connect(socket);
  if (!backend) return tl::unexpected(std::move(backend).error());
  backend_ = *std::move(backend);
  return {};
}

base::Status Context::use_any_backend() {
  if (backend_) return {};
  auto found = find_agent();
  if (found || found.error().code != base::ErrorCode::kNoAgent) return found;
  // Who names a socket means the agent there.
  if (!socket_.empty())
    return base::fail(base::ErrorCode::kNoAgent, "no agent answers at " + socket_);
  auto backend = environment_.in_process();
  if (!backend) return tl::unexpected(std::move(backend).error());
  backend_ = *std::move(backend);
  return {};
}

base::Result<Object> Context::call(std::string_view method, Object parameters) {
  LULL_TRY(use_any_backend());
  return call_on(*backend_, method, std::move(parameters));
}

base::Result<Object> Context::call_agent(std::string_view method, Object parameters) {
  if (auto found = find_agent(); !found) {
    if (found.error().code != base::ErrorCode::kNoAgent) return tl::unexpected(found.error());
    return base::fail(base::ErrorCode::kNoAgent,
                      "lull " + command_ +
                          " needs a running agent and there is none; start it with `lull agent`");
  }
  return call_on(*backend_, method, std::move(parameters));
}

base::Result<Object> Context::call_here(std::string_view method, Object parameters) {
  auto backend = environment_.in_process();
  if (!backend) return tl::unexpected(std::move(backend).error());
  return call_on(**backend, method, std::move(parameters));
}

base::Result<Object> Context::call_on(Backend& backend, std::string_view method,
                                      Object parameters) {
  ProgressLine line(environment_.err, err_style_, *environment_.clock);
  std::function<void(const Object&)> on_progress;
  if (environment_.err_is_terminal) on_progress = [&](const Object& reply) { line.update(reply); };
  return backend.call(method, std::move(parameters), on_progress, environment_.cancel);
}

void Context::print(std::string_view text) {
  if (reader_gone_ || write_error_ != 0) return;
  errno = 0;
  environment_.out << text << std::flush;
  if (environment_.out) return;
  reader_gone_ = errno == EPIPE;
  write_error_ = reader_gone_ ? 0 : errno != 0 ? errno : EIO;
}

void Context::print_json(const Value& value) {
  print((environment_.out_is_terminal ? to_pretty_json(value) : to_json(value)) + "\n");
}

void Context::complain(std::string_view text) {
  environment_.err << err_style_.paint(Tone::kBad, "lull:") << " " << text << "\n" << std::flush;
}

int Context::fail_for_name(base::Error error) {
  if (error.code == base::ErrorCode::kNotFound) error.code = base::ErrorCode::kInvalidArgument;
  return fail(error);
}

int Context::fail(const base::Error& error) {
  if (json_)
    print_json(error_document(error));
  else
    complain(printable(error.to_string()));
  return exit_code_of(error);
}

bool Context::confirm(const std::string& question) {
  if (!can_ask() || cancelled()) return false;
  const auto answer = environment_.ask(question + " [y/N] ", environment_.cancel);
  return answer && !cancelled() && (*answer == "y" || *answer == "Y" || *answer == "yes");
}

bool Context::wait(base::Duration duration) {
  if (cancelled() || reader_gone_ || write_error_ != 0) return false;
  if (environment_.wait)
    environment_.wait(duration, environment_.cancel);
  else
    really_wait(duration, environment_.cancel);
  return !cancelled();
}

int Context::finish(int code) {
  if (write_error_ != 0) {
    complain("the output cannot be written: " + std::generic_category().message(write_error_));
    return code == kDone ? int{kFailed} : code;
  }
  const bool was_good = code == kDone || code == kPartly;
  return cancelled() && was_good ? int{kCancelledByUser} : code;
}

std::string Context::absolute(const std::string& path) const {
  std::string whole = path;
  if (!path.starts_with('/')) {
    std::string base = environment_.working_directory;
    if (base.empty()) {
      std::unique_ptr<char, void (*)(void*)> current(::getcwd(nullptr, 0), std::free);
      if (current) base = current.get();
    }
    whole = base + "/" + path;
  }
  std::string clean;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t slash = std::min(whole.find('/', at), whole.size());
    const std::string part = whole.substr(at, slash - at);
    if (!part.empty() && part != ".") clean += "/" + part;
    at = slash + 1;
  }
  return clean.empty() ? "/" : clean;
}

}  // namespace lull::commands
