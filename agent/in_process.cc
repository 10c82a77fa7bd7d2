// SPDX-License-Identifier: MIT
#include "agent/in_process.h"

#include <chrono>
#include <utility>

#include "agent/app.h"
#include "agent/control/client.h"
#include "scheduler/engine.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Object;
using ProgressSink = std::function<void(const Object&)>;

// What moves things writes down how to undo that; so does what changes what is written down.
bool writes_journal(std::string_view method) {
  return method == "Clean" || method == "Undo" || method == "Optimize" || method == "Forget" ||
         method == "ResumeRule";
}

class InProcessBackend final : public commands::Backend {
 public:
  explicit InProcessBackend(AppOptions options) : options_(std::move(options)) {}

  bool is_agent() const override { return false; }

  Result<Object> call(std::string_view method, Object parameters, const ProgressSink& on_progress,
                      const base::CancelToken& cancel) override {
    Result<Object> result = base::fail(base::ErrorCode::kInternal, "the engine did not run");
    scheduler::Engine engine;
    engine.run([&] { result = call_on(engine, method, parameters, on_progress, cancel); });
    return result;
  }

 private:
  Result<Object> call_on(scheduler::Engine& engine, std::string_view method,
                         const Object& parameters, const ProgressSink& on_progress,
                         const base::CancelToken& cancel) {
    AppOptions options = options_;
    options.may_move = writes_journal(method);
    auto app = App::create(engine, options);
    if (!app) return tl::unexpected(std::move(app).error());
    const control::Method* body = (*app)->methods().find(method);
    if (body == nullptr)
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "there is no method '" + std::string(method) + "'");
    control::Call call{parameters, on_progress != nullptr, cancel, [&](const Object& reply) {
                         if (on_progress) on_progress(reply);
                       }};
    auto result = (*body)(call);
    (*app)->shut_down(std::chrono::seconds(1));
    return result;
  }

  const AppOptions options_;
};

class AgentBackend final : public commands::Backend {
 public:
  explicit AgentBackend(std::unique_ptr<control::Client> client) : client_(std::move(client)) {}

  bool is_agent() const override { return true; }

  Result<Object> call(std::string_view method, Object parameters, const ProgressSink& on_progress,
                      const base::CancelToken& cancel) override {
    return client_->call(method, std::move(parameters), on_progress, cancel);
  }

 private:
  std::unique_ptr<control::Client> client_;
};

}  // namespace

Result<std::unique_ptr<commands::Backend>> in_process_backend(
    const base::EnvironmentLookup& environment) {
  auto directories = base::find_user_directories(environment);
  if (!directories) return tl::unexpected(std::move(directories).error());
  AppOptions options{*directories, settings_files(*directories), false};
  return std::make_unique<InProcessBackend>(std::move(options));
}

Result<std::unique_ptr<commands::Backend>> agent_backend(const std::string& socket) {
  auto client = control::Client::connect(socket);
  if (!client) return tl::unexpected(std::move(client).error());
  return std::make_unique<AgentBackend>(*std::move(client));
}

}  // namespace lull::agent
