// SPDX-License-Identifier: MIT
#include "agent/services/clean_house.h"

#include <chrono>
#include <memory>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "core/base/boot_time.h"
#include "core/base/text.h"
#include "core/clean/recovery.h"
#include "core/clean/system_calls.h"
#include "core/platform/roots.h"
#include "core/scan/places.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Blocks.
clean::TrashPlaces find_trash_places(const base::UserDirectories& directories) {
  clean::TrashPlaces places;
  places.data_home = directories.data_home;
  places.owner = ::geteuid();
  places.volumes = scan::find_scan_places({}, directories, places.owner).volumes;
  places.volumes.emplace_back("/");
  return places;
}

void tell(const clean::SettleResult& settled, std::size_t open_before) {
  if (settled.runs > 0)
    spdlog::info("a run was cut short: {} things are in the trash, {} are where they were",
                 settled.moved, settled.not_moved);
  for (const clean::SettledItem& item : settled.gone)
    spdlog::warn("a run was cut short, and something is neither in its place nor in the trash: {}",
                 item.reason);
  if (!settled.open.empty() && settled.open.size() != open_before)
    spdlog::info("{} things of a run that was cut short cannot be looked for now",
                 settled.open.size());
}

}  // namespace

CleanHouse::CleanHouse(scheduler::Engine& engine, scheduler::Executor& blocking,
                       JournalService& journal, base::UserDirectories directories)
    : engine_(engine),
      blocking_(blocking),
      journal_(journal),
      directories_(std::move(directories)),
      free_(engine) {
  free_.set();
}

CleanHouse::Turn::Turn(CleanHouse& house, clean::CleanJournal& journal, clean::RunLock lock)
    : house_(&house), journal_(&journal), lock_(std::move(lock)) {}

CleanHouse::Turn::Turn(Turn&& other) noexcept
    : house_(std::exchange(other.house_, nullptr)),
      journal_(other.journal_),
      lock_(std::move(other.lock_)),
      places_(std::move(other.places_)) {}

CleanHouse::Turn::~Turn() {
  if (house_ != nullptr) house_->leave();
}

clean::TrashPort CleanHouse::Turn::trash() const {
  return {[places = places_](dev_t device, const std::string& path) {
            return clean::Trash::open_for(places, device, path);
          },
          [places = places_](const std::string& path) { return clean::Trash::open(places, path); }};
}

base::Result<CleanHouse::Turn> CleanHouse::enter(const base::CancelToken& cancel) {
  while (!free_.is_set())
    if (!free_.wait(cancel))
      return base::fail(base::ErrorCode::kCancelled, "cancelled while another run went on");
  free_.reset();
  auto turn = take_turn();
  if (!turn) {
    free_.set();
    return turn;
  }
  LULL_TRY(settle(*turn));
  return turn;
}

base::Result<CleanHouse::Turn> CleanHouse::take_turn() {
  const auto journal = journal_.cleans();
  if (!journal) return tl::unexpected(journal.error());
  journal_.flush();  // the order of runs is that of their beginnings
  return scheduler::offload(engine_, blocking_, [&]() -> base::Result<Turn> {
    auto lock = clean::RunLock::take(journal_.path());
    if (!lock) return tl::unexpected(std::move(lock).error());
    Turn turn(*this, **journal, *std::move(lock));
    turn.places_ = find_trash_places(directories_);
    return turn;
  });
}

// Each turn: the journal may have refused what became of a run of this very process, a volume may
// have been away, and another process may have been killed since. Where nothing is open it costs
// two questions to the journal.
base::Status CleanHouse::settle(const Turn& turn) {
  clean::SettleOptions options;
  options.trash = turn.trash();
  if (!looked_at_infos_)
    options.booted_at =
        engine_.time().wall_now() -
        std::chrono::duration_cast<base::WallTime::duration>(base::time_since_boot());
  const auto settled = scheduler::offload(
      engine_, blocking_, [&] { return clean::settle_open_moves(turn.journal(), options); });
  if (!settled) return tl::unexpected(settled.error());
  looked_at_infos_ = true;
  tell(*settled, std::exchange(left_open_, settled->open.size()));
  return {};
}

}  // namespace lull::agent
