// SPDX-License-Identifier: MIT
#include "agent/services/verdict_service.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "agent/services/patience.h"
#include "core/cache/scan_verdicts.h"
#include "core/platform/roots.h"
#include "core/scan/mount_probe.h"
#include "core/scan/places.h"
#include "core/scan/status_values.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// A verdict depends on what no file shows (programs that run, files that are open): it is not
// believed as long as a size may be.
constexpr base::Duration kLongestTrust = std::chrono::minutes(15);

base::Duration time_to_live(const Settings& settings) {
  return std::min(settings.performance.dir_cache_ttl, kLongestTrust);
}

struct Found {
  std::string path;  // as scans spell it
  cache::FileIdentity identity;
  bool is_directory = false;
  // Its own; of a directory that says nothing.
  std::optional<std::uint64_t> bytes() const {
    return is_directory ? std::nullopt : std::optional(allocated);
  }
  std::uint64_t allocated = 0;
};

// The directory's real path and the name in it; the name itself is not followed.
base::Result<std::string> resolved(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  if (path.empty() || path.front() != '/')
    return base::fail(base::ErrorCode::kInvalidArgument, "not an absolute path", path);
  const std::string name = path.substr(slash + 1);
  const bool is_name = !name.empty() && name != "." && name != "..";
  const std::string directory = !is_name ? path : slash == 0 ? "/" : path.substr(0, slash);
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(directory.c_str(), nullptr),
                                                    std::free);
  if (!real) return base::fail_errno(errno, path);
  std::string whole = real.get();
  if (!is_name) return whole;
  if (whole != "/") whole += '/';
  return whole + name;
}

base::Result<Found> look_at(const std::string& path) {
  auto real = resolved(path);
  if (!real) return tl::unexpected(std::move(real).error());
  struct stat status {};
  if (::lstat(real->c_str(), &status) != 0) return base::fail_errno(errno, path);
  return Found{*std::move(real), cache::identity_of(status), S_ISDIR(status.st_mode),
               scan::blocks_of(status)};
}

}  // namespace

VerdictService::VerdictService(scheduler::Engine& engine, scheduler::Executor& blocking,
                               scheduler::Executor& patient, ScanService& scans,
                               const Settings& settings)
    : engine_(engine),
      blocking_(blocking),
      patient_(patient),
      scans_(scans),
      settings_(settings),
      cache_(static_cast<std::size_t>(settings.performance.metadata_cache_size),
             time_to_live(settings), engine.time()),
      kept_(settings.clean.keep),
      chores_(engine) {
  scans_.on_items([this](const model::ScanReport& report) { learn(report); });
}

VerdictService::~VerdictService() {
  scans_.on_items({});
  chores_.cancel(base::CancelReason::kShutdown);
  chores_.join();
}

base::Result<model::FileVerdict> VerdictService::explain(
    scheduler::JobScheduler& jobs, const std::string& path, bool fresh,
    const base::CancelToken& cancel,
    const std::function<void(const scheduler::RunTicket&)>& started) {
  const auto found = scheduler::offload(engine_, patient_, [&]() -> base::Result<Found> {
    LULL_TRY(scan::file_system_answers(path, scans_.home(), kPatience));
    return look_at(path);
  });
  if (!found) return tl::unexpected(found.error());
  if (auto known = cache_.get(found->path, found->identity); known && !fresh) return *known;
  const auto report = scans_.scan(jobs, {}, true, cancel, started);
  if (!report) return tl::unexpected(report.error());
  if (report->partial)
    return base::fail(base::ErrorCode::kCancelled, "the scan was stopped before it was complete");
  // With the scan the cache has learnt it, unless it is not the same any more or one too many.
  if (auto known = cache_.peek(found->path, found->identity)) {
    known->from_cache = false;
    return *known;
  }
  model::FileVerdict verdict = cache::verdict_in(*report, scans_.rules().rules, found->path);
  if (!verdict.rule.empty()) {
    if (!verdict.bytes) verdict.bytes = found->bytes();
    return verdict;
  }
  cache::PlaceVerdict place = explain_place(*report, found->path, found->is_directory);
  place.verdict.bytes = found->bytes();
  if (place.lasts && report->as_of > void_until_) cache_.put(found->identity, place.verdict);
  return std::move(place.verdict);
}

// That nothing takes it as such holds for the path, whatever happens to the file.
cache::PlaceVerdict VerdictService::explain_place(const model::ScanReport& report,
                                                  const std::string& path, bool is_directory) {
  cache::PlaceQuestion question{path, is_directory, scans_.directories(),
                                {},   ::geteuid(),  settings_.clean.keep};
  const auto rules = scans_.held_rules();  // also if they are read again meanwhile
  return scheduler::offload(engine_, patient_, [&] {
    const platform::SystemRoots system;
    question.places = scan::find_scan_places(system, question.directories, question.owner);
    return cache::explain_place(report, rules->rules, question);
  });
}

void VerdictService::learn(const model::ScanReport& report) {
  const std::size_t room = cache_.capacity();
  if (report.partial || room == 0 || report.as_of <= void_until_) return;
  const cache::RuleGuards guards = cache::guards_of(scans_.rules().rules);
  keep(scheduler::offload(engine_, blocking_,
                          [&] { return cache::verdicts_of(report, guards, room, scans_.home()); }));
}

// What is kept is given back when it is too old to answer: one wake-up for each time that something
// is asked.
void VerdictService::keep(const std::vector<cache::KnownFile>& files) {
  for (const cache::KnownFile& file : files) cache_.put(file.identity, file.verdict);
  if (files.empty() || std::exchange(sweeping_, true)) return;
  chores_.spawn("verdicts", [this](const base::CancelToken& cancel) {
    while (cache_.stats().entries > 0) {
      const base::Duration ttl = time_to_live(settings_);
      if (engine_.sleep_for(ttl + ttl / 8, ttl / 4, cancel) == scheduler::Wake::kCancelled) break;
      cache_.drop_expired();
    }
    sweeping_ = false;
  });
}

void VerdictService::apply_settings() {
  cache_.set_ttl(time_to_live(settings_));
  if (std::exchange(kept_, settings_.clean.keep) != settings_.clean.keep) forget();
}

void VerdictService::forget() {
  void_until_ = engine_.time().wall_now();
  cache_.shed();
}

}  // namespace lull::agent
