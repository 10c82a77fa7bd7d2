// SPDX-License-Identifier: MIT
#include "tests/agent/control/control_world.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "agent/control/protocol.h"

namespace lull::control {

void RawClient::connect(const std::string& path) {
  socket_.reset(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0)
      << path << ": " << std::strerror(errno);
}

bool RawClient::send(std::string_view message) const {
  return send_raw(std::string(message) + '\0');
}

bool RawClient::send_raw(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t RawClient::stuff(std::string_view bytes) const {
  std::size_t all = 0;
  while (!bytes.empty()) {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return all;
    all += static_cast<std::size_t>(sent);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return all;
}

std::optional<Object> RawClient::receive() {
  std::array<char, 65536> bytes;
  while (messages_.empty()) {
    pollfd entry{socket_.get(), POLLIN, 0};
    if (::poll(&entry, 1, kPatienceMs) == 0) {
      ADD_FAILURE() << "no reply came";
      return std::nullopt;
    }
    const ssize_t size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return std::nullopt;
    (void)frames_.feed({bytes.data(), static_cast<std::size_t>(size)}, [this](auto text) {
      messages_.emplace_back(text);
      return true;
    });
  }
  auto message = parse_message(messages_.front());
  messages_.erase(messages_.begin());
  if (message) return *std::move(message);
  ADD_FAILURE() << "the server sent no JSON object: " << message.error().message;
  return std::nullopt;
}

std::optional<Object> RawClient::ask(std::string_view message) {
  if (!send(message)) return std::nullopt;
  return receive();
}

void RawClient::shut_writing() const { ::shutdown(socket_.get(), SHUT_WR); }

World::World(scheduler::EngineTime& time, const std::string& name)
    : path_(directory_ / name), engine_(time) {
  add_methods();
  std::promise<base::Status> listening;
  auto listened = listening.get_future();
  thread_ = std::thread([this, &listening] {
    engine_.run([&] {
      server_.emplace(engine_, methods_, "9.9");
      listening.set_value(server_->listen(path_));
      ending_.wait();
      server_->stop(grace_);
      server_.reset();
    });
  });
  const base::Status status = listened.get();
  EXPECT_TRUE(status) << status.error().to_string();
}

void World::stop(base::Duration grace) {
  if (!thread_.joinable()) return;
  engine_.post([this, grace] {
    grace_ = grace;
    ending_.set();
  });
  thread_.join();
}

bool World::eventually(const std::function<bool()>& condition) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

void World::add(std::string name, std::function<base::Result<Object>(Call&)> body) {
  methods_.add(std::move(name), [this, body = std::move(body)](Call& call) {
    ++begun;
    return body(call);
  });
}

Object World::hold(Call& call) {
  ++holding;
  call.send({{"begun", true}});
  const scheduler::Wake wake = engine_.sleep_until(base::SteadyTime::max(), {}, call.cancel);
  EXPECT_EQ(wake, scheduler::Wake::kCancelled);
  --holding;
  ++cancelled;
  return {{"partial", true}, {"reason", base::cancel_reason_name(call.cancel.reason())}};
}

Object World::work(Call& call) {
  kept_send = call.send;
  call.send({{"begun", true}});
  const bool opened = gate_.wait(call.cancel);
  ++(opened ? finished : cancelled);
  return {{"opened", opened}, {"reason", base::cancel_reason_name(call.cancel.reason())}};
}

void World::add_methods() {
  const auto count = [this](Call& call, std::int64_t n, bool pause) -> Object {
    for (std::int64_t i = 0; i < n; ++i) {
      call.send({{"i", i}});
      if (pause) engine_.yield();
    }
    return {{"n", n}};
  };
  add("Echo", [](Call& call) { return call.parameters; });
  add("Count", [=](Call& call) { return count(call, call.parameters.at("n").as_int64(), true); });
  add("Burst", [=](Call& call) { return count(call, call.parameters.at("n").as_int64(), false); });
  add("Watch", [=](Call& call) { return count(call, 3, true); });
  add("Hold", [this](Call& call) { return hold(call); });
  add("Gate", [this](Call& call) {
    call.send({{"begun", true}});
    const bool opened = gate_.wait(call.cancel);
    if (!opened) ++cancelled;
    return Object{{"opened", opened}};
  });
  methods_.add(
      "Work",
      [this](Call& call) {
        ++begun;
        return work(call);
      },
      always_outlives);
  add("Keep", [this](Call& call) {
    kept_send = call.send;
    return Object{};
  });
  add("Nap", [this](Call& call) {
    (void)engine_.sleep_for(std::chrono::milliseconds(1), {}, call.cancel);
    return Object{};
  });
  add("Fail", [](Call&) -> base::Result<Object> {
    return tl::unexpected(
        base::Error{base::ErrorCode::kNotFound, "is not there", "/a/b", 2, {"reading", "asking"}});
  });
  add("Throw", [](Call&) -> base::Result<Object> { throw std::runtime_error("thrown in a test"); });
  add("Big", [](Call& call) {
    const auto bytes = static_cast<std::size_t>(call.parameters.at("bytes").as_int64());
    return Object{{"text", std::string(bytes, 'x')}};
  });
}

std::string call_text(std::string_view name, std::string_view parameters, std::string_view more) {
  std::string text = R"({"method":"org.lull.Agent.)";
  text += name;
  text += R"(","parameters":)";
  text += parameters;
  text += more;
  return text + "}";
}

Object parameters_of(const std::optional<Object>& reply) {
  if (!reply) return {};
  const auto* parameters = reply->if_contains("parameters");
  return parameters != nullptr && parameters->is_object() ? parameters->get_object() : Object{};
}

std::string error_of(const std::optional<Object>& reply) {
  if (!reply) return "the connection ended";
  const auto* name = reply->if_contains("error");
  return name != nullptr && name->is_string() ? std::string(name->get_string()) : std::string();
}

std::string failure_of(const std::optional<Object>& reply) {
  if (error_of(reply) != error::kFailed) return error_of(reply);
  return std::string(parameters_of(reply).at("code").as_string());
}

bool continues(const std::optional<Object>& reply) {
  if (!reply) return false;
  const auto* value = reply->if_contains("continues");
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace lull::control
