// SPDX-License-Identifier: MIT
#include "agent/status_line.h"

#include <cmath>

#include "core/base/bytes.h"

namespace lull::agent {
namespace {

// Cuts after `width` columns, never within a UTF-8 sequence (each is one column here).
std::string cut(const std::string& text, unsigned width) {
  unsigned columns = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && columns++ == width) return text.substr(0, at);
  }
  return text;
}

std::string running_jobs(const model::Snapshot& snapshot) {
  std::string names;
  for (const auto& job : snapshot.jobs)
    if (job.state == "running") names += (names.empty() ? "" : ", ") + job.name;
  return names;
}

}  // namespace

std::string status_line(const model::Snapshot& snapshot, unsigned width) {
  std::string line;
  const auto add = [&](const std::string& part) { line += (line.empty() ? "" : " · ") + part; };
  if (snapshot.memory)
    add("memory " + base::format_bytes(snapshot.memory->available_bytes) + " available of " +
        base::format_bytes(snapshot.memory->total_bytes));
  if (snapshot.pressure)
    add("pressure " + std::string(model::pressure_level_name(snapshot.pressure->level)));
  if (snapshot.cpu && snapshot.cpu->percent)
    add("cpu " + std::to_string(std::lround(*snapshot.cpu->percent)) + " %");
  if (snapshot.reclaimable) add(base::format_bytes(snapshot.reclaimable->bytes) + " reclaimable");
  if (snapshot.paused_until) add("paused");
  if (const std::string jobs = running_jobs(snapshot); !jobs.empty()) add("running " + jobs);
  return cut(line, width);
}

}  // namespace lull::agent
