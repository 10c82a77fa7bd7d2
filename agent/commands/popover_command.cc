// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "core/base/unique_fd.h"

namespace lull::commands {
namespace {

constexpr int kHistoryRows = 100, kEveryProcess = 1000;  // as the window

// A file that goes away with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& folder) : path_(folder + "/lull-snapshot-XXXXXX") {
    file_.reset(::mkstemp(path_.data()));
  }
  ~TemporaryFile() {
    if (file_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

  base::Status write(std::string_view bytes) const {
    if (!file_) return base::fail_errno(errno, path_, "making a temporary file");
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) return base::fail_errno(errno, path_);
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

 private:
  std::string path_;
  base::UniqueFd file_;
};

int run_window(const std::vector<std::string>& words, Context& context) {
  const auto code = context.environment().run_window(words);
  return code ? *code : context.fail(code.error());
}

// All that the window asks for, as one document. What is not to be had is left out, as there.
base::Result<Object> scene_now(Context& context) {
  auto snapshot = context.call("GetSnapshot", {{"recent", true}});
  // An agent that was started before an upgrade knows nothing of the last minutes.
  if (!snapshot && snapshot.error().code == base::ErrorCode::kInvalidArgument)
    snapshot = context.call("GetSnapshot");
  if (!snapshot) return snapshot;
  Object scene{{"snapshot", *std::move(snapshot)}};
  if (auto scan = context.call("Scan")) scene["scan"] = *std::move(scan);
  if (auto history = context.call("History", {{"limit", kHistoryRows}}))
    scene["history"] = std::move((*history)["history"]);
  if (auto config = context.call("GetConfig")) scene["config"] = *std::move(config);
  if (auto top = context.call("Top", {{"limit", kEveryProcess}, {"sort", "memory"}}))
    scene["top"] = *std::move(top);
  return scene;
}

// A picture or the words of the state as it is now.
int state_now(std::vector<std::string> words, Context& context) {
  const auto directories = context.directories();
  if (!directories) return context.fail(directories.error());
  const auto scene = scene_now(context);
  if (!scene) return context.fail(scene.error());
  if (context.cancelled()) return kCancelledByUser;
  const TemporaryFile file(directories->temp_dir);
  if (const auto written = file.write(boost::json::serialize(*scene)); !written)
    return context.fail(written.error());
  words.insert(words.end(), {"--snapshot", file.path()});
  return run_window(words, context);
}

// Whether the user has asked for words instead of the window. Settings that cannot be read keep
// nobody from the window, which says so.
bool wants_words(Context& context) {
  const auto config = context.call("GetConfig");
  if (!config) return false;
  for (const Value& setting : items(*config, "settings"))
    if (const Object* row = setting.if_object(); row != nullptr)
      if (text(*row, "key") == "ui.accessible_text") return text(*row, "value") == "true";
  return false;
}

bool has_display(Context& context, const char* variable) {
  return !context.environment().environment(variable).value_or("").empty();
}

// Who asks where there is no display, as over ssh or from a timer, means the agent's session.
// False: it cannot be shown there.
bool shown_by_agent(Context& context) {
  return !has_display(context, "DISPLAY") && !has_display(context, "WAYLAND_DISPLAY") &&
         context.call_agent("ShowPopover").has_value();
}

}  // namespace

int run_popover(const Arguments& arguments, Context& context) {
  std::vector<std::string> words;
  for (const char* option : {"--theme", "--scale", "--renderer"})
    if (arguments.has(option)) words.insert(words.end(), {option, arguments.text(option)});
  for (const char* option : {"--screenshot", "--snapshot"})
    if (arguments.has(option))
      words.insert(words.end(), {option, context.absolute(arguments.text(option))});
  const bool as_usual = words.empty();
  if (!context.named_socket().empty())
    words.insert(words.end(), {"--socket", context.named_socket()});
  const bool of_a_file = arguments.has("--snapshot"), picture = arguments.has("--screenshot");
  const bool in_words = arguments.has("--text") || (!picture && !of_a_file && wants_words(context));
  if (in_words) words.emplace_back("--text");
  if ((in_words || picture) && !of_a_file) return state_now(std::move(words), context);
  if (as_usual && !in_words && shown_by_agent(context)) return kDone;
  return run_window(words, context);
}

}  // namespace lull::commands
