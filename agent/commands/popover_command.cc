// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "core/base/unique_fd.h"

namespace lull::commands {
namespace {

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

int run_window(std::vector<std::string> words, Context& context) {
  const auto code = context.environment().run_window(words);
  return code ? *code : context.fail(code.error());
}

// Of the state as it is now.
int picture_now(std::vector<std::string> words, Context& context) {
  const auto directories = context.directories();
  if (!directories) return context.fail(directories.error());
  const auto snapshot = context.call("GetSnapshot");
  if (!snapshot) return context.fail(snapshot.error());
  const TemporaryFile file(directories->temp_dir);
  if (const auto written = file.write(boost::json::serialize(*snapshot)); !written)
    return context.fail(written.error());
  words.insert(words.end(), {"--snapshot", file.path()});
  return run_window(std::move(words), context);
}

}  // namespace

int run_popover(const Arguments& arguments, Context& context) {
  std::vector<std::string> words;
  for (const char* option : {"--theme", "--scale", "--renderer"})
    if (arguments.has(option)) words.insert(words.end(), {option, arguments.text(option)});
  for (const char* option : {"--screenshot", "--snapshot"})
    if (arguments.has(option))
      words.insert(words.end(), {option, context.absolute(arguments.text(option))});
  if (!context.named_socket().empty())
    words.insert(words.end(), {"--socket", context.named_socket()});
  if (arguments.has("--screenshot") && !arguments.has("--snapshot"))
    return picture_now(std::move(words), context);
  return run_window(std::move(words), context);
}

}  // namespace lull::commands
