// SPDX-License-Identifier: MIT
#include "agent/services/metrics_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/base/write_all.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

int write_new(const std::string& path, std::string_view text) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  base::UniqueFd fd(::open(path.c_str(), kFlags, 0644));
  if (!fd) return errno;
  if (const int failed = base::write_all(fd.get(), text); failed != 0) return failed;
  // The collector is another user, whatever the umask says.
  if (::fchmod(fd.get(), 0644) != 0) return errno;
  return ::close(fd.release()) == 0 ? 0 : errno;
}

}  // namespace

base::Status replace_metrics_file(const std::string& path, const std::string& text) {
  const std::string passing = path + "." + std::to_string(::getpid()) + ".tmp";
  (void)::unlink(passing.c_str());  // of one with our number that was killed
  int failed = write_new(passing, text);
  if (failed == 0 && std::rename(passing.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  (void)::unlink(passing.c_str());
  return base::fail_errno(failed, path, "writing metrics");
}

MetricsFile::MetricsFile(scheduler::Engine& engine, scheduler::Executor& blocking,
                         std::function<std::string()> text)
    : engine_(engine), blocking_(blocking), text_(std::move(text)), writer_(engine) {}

void MetricsFile::apply_settings(const Settings& settings) {
  if (settings.metrics.textfile == path_) return;
  stop();
  path_ = settings.metrics.textfile;
  if (path_.empty()) return;
  writer_.spawn("metrics file",
                [this, path = path_](const base::CancelToken& cancel) { keep(path, cancel); });
}

void MetricsFile::stop() {
  writer_.cancel(base::CancelReason::kShutdown);
  writer_.join();
  path_.clear();
}

void MetricsFile::keep(const std::string& path, const base::CancelToken& cancel) {
  bool complained = false;
  do {
    const std::string text = text_();
    const base::Status written =
        scheduler::offload(engine_, blocking_, [&] { return replace_metrics_file(path, text); });
    if (!written && !complained) spdlog::warn("{}", written.error().to_string());
    complained = !written;
  } while (engine_.sleep_for(kInterval, kTolerance, cancel) != scheduler::Wake::kCancelled);
}

}  // namespace lull::agent
