// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/file_watch.h"
#include "core/base/result.h"

namespace lull::agent {

using BeginWatch = std::function<std::unique_ptr<FileWatch>(std::function<void()> changed)>;

// Keeps what has been read from files as the files are: `reload` is called when the watch that
// `begin` makes says so, and once now, since of what was written after the first reading and before
// the watch nobody would tell. The log has how each went. Engine thread, on a fiber; null as from
// watch_files().
inline std::unique_ptr<FileWatch> keep_read(const std::string& what,
                                            const std::function<base::Status()>& reload,
                                            const BeginWatch& begin) {
  const auto read = [what, reload] {
    const base::Status status = reload();
    if (!status)
      spdlog::error("{} not read, the old ones stay: {}", what, status.error().to_string());
    return status.has_value();
  };
  auto watch = begin([what, read] {
    if (read()) spdlog::info("{} read again", what);
  });
  read();
  return watch;
}

}  // namespace lull::agent
