// SPDX-License-Identifier: MIT
// Measures a tree with rows in a store on disk, which is opened anew every few rounds as after a
// restart, while mounts come and go, in a mount namespace of its own. Prints one line as
// measure_probe.cc does: ours, du's, files, directories, errors, partial. Ends with 77 if this
// machine does not allow mounting, with 1 and words if something is not as du says.
//   store_probe [--mutate SEED] STORE PATH    after and while a Mutator changes it
//   store_probe [--over DIRECTORY] STORE PATH  with a mount that is put over a known directory
//   store_probe [--errors DIRECTORY] STORE PATH  with a FaultMount there; du is not asked (0), and
//                                                the errors follow, one a line
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <sched.h>
#include <sys/mount.h>

#include "core/cache/store_disk.h"
#include "core/cache/tree_measure.h"
#include "core/scan/tree_size.h"
#include "tests/core/scan/fault_mount.h"
#include "tests/core/scan/mutator.h"
#include "tests/core/scan/scratch_tree.h"

namespace {

using namespace std::chrono_literals;
using lull::cache::MeasureReport;
using lull::cache::MeasureRequest;
using lull::scan::testing::disk_usage;

constexpr int kCannot = 77;

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("%s\n", what.c_str());
  std::exit(1);
}

void leave_the_mounts_of_others() {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr))
    std::exit(kCannot);
}

class Measurer {
 public:
  Measurer(std::string directory, std::string path) : directory_(std::move(directory)) {
    request_.path = std::move(path);
    request_.now = lull::base::WallTime(std::chrono::seconds(1'800'000'000));
    request_.settle = 20ms;  // longer than a tick
    restart();
  }
  void restart() {
    store_.reset();
    store_ = lull::cache::make_disk_store({.directory = directory_});
  }
  // Rows are believed, whatever may have grown in place.
  MeasureReport believing() { return measure(1s, 24h); }
  // As when the time to live is over.
  MeasureReport after_the_time_to_live() { return measure(300s, 300s); }
  std::string note() { return store_->take_note(); }

 private:
  MeasureReport measure(lull::base::Duration later, lull::base::Duration believe) {
    request_.now += std::chrono::duration_cast<std::chrono::milliseconds>(later);
    request_.believe = believe;
    auto report = lull::cache::measure(*store_, request_, {});
    require(report.has_value(), "failed");
    return *std::move(report);
  }

  const std::string directory_;
  MeasureRequest request_;
  std::unique_ptr<lull::cache::TreeStore> store_;
};

// As a walk counts; bytes may grow where no directory shows it.
void compare_believing(Measurer& measurer, const std::string& path, const std::string& when) {
  const auto believing = measurer.believing();
  const auto walked = lull::scan::measure_tree(path, {});
  require(walked.has_value(), "failed");
  require(
      believing.size.files == walked->files && believing.size.directories == walked->directories,
      std::to_string(believing.size.files) + " files in " +
          std::to_string(believing.size.directories) + " directories, a walk finds " +
          std::to_string(walked->files) + " in " + std::to_string(walked->directories) + ", " +
          when);
}

void compare(Measurer& measurer, const std::string& path, const std::string& when) {
  const auto late = measurer.after_the_time_to_live();
  require(late.size.allocated_bytes == disk_usage(path), "not what du says, " + when);
  require(late.stored, "not stored, " + when);
}

void mutate_and_compare(Measurer& measurer, const std::string& path, std::uint64_t seed) {
  lull::scan::testing::Mutator mutator(path, seed, true);
  for (int round = 0; round < 24; ++round) {
    mutator.mutate(80);
    mutator.settle();
    if (round % 3 == 2) measurer.restart();
    compare_believing(measurer, path, "round " + std::to_string(round));
    compare(measurer, path, "round " + std::to_string(round));
  }
  require(mutator.mounts_made() > 0, "nothing was mounted");
  for (int round = 0; round < 4; ++round) {
    std::atomic<bool> done{false};
    std::thread changes([&] {
      while (!done) mutator.mutate(20);
    });
    for (int i = 0; i < 10; ++i) (void)measurer.believing();
    if (round % 2 == 1) measurer.restart();
    for (int i = 0; i < 5; ++i) (void)measurer.after_the_time_to_live();
    done = true;
    changes.join();
    mutator.settle();
    // A name given to a file whose directory was read a moment before is no change of that
    // directory: both count until the time to live is over.
    compare(measurer, path, "after changes during a measurement, " + std::to_string(round));
  }
}

// Nothing in the directory above tells: its times are as they were.
void mount_over(Measurer& measurer, const std::string& path, const std::string& directory) {
  compare(measurer, path, "before");
  measurer.restart();
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=1m")) std::exit(kCannot);
  std::ofstream(directory + "/foreign") << std::string(100'000, 'x');
  const auto covered = measurer.believing();
  require(covered.size.allocated_bytes == disk_usage(path), "under a mount: not what du says");
  compare_believing(measurer, path, "mounted");
  compare(measurer, path, "mounted");
  require(::umount(directory.c_str()) == 0, "cannot be unmounted");
  const auto again = measurer.believing();
  require(again.size.allocated_bytes == disk_usage(path), "after the mount: not what du says");
}

// What cannot be read is not read better for what is known of the rest, nor after a restart.
void meet_errors_again(Measurer& measurer) {
  const auto first = measurer.after_the_time_to_live().size;
  for (const bool believing : {true, false, true}) {
    measurer.restart();
    const auto again = (believing ? measurer.believing() : measurer.after_the_time_to_live()).size;
    require(again.allocated_bytes == first.allocated_bytes && again.files == first.files &&
                again.directories == first.directories,
            "counted differently");
    require(!again.partial && again.error_count == first.error_count,
            std::to_string(again.error_count) + " errors, at first " +
                std::to_string(first.error_count));
    for (std::size_t i = 0; i < first.errors.size(); ++i)
      require(again.errors[i].path == first.errors[i].path &&
                  again.errors[i].error == first.errors[i].error,
              "other errors");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string option = argv[1], value = argv[2], path = argv[4];
  leave_the_mounts_of_others();
  std::unique_ptr<lull::scan::testing::FaultMount> faults;
  if (option == "--errors") {
    faults = lull::scan::testing::FaultMount::make(value, lull::scan::testing::Faults::kErrors);
    if (!faults) std::exit(kCannot);
  }
  Measurer measurer(argv[3], path);
  if (option == "--mutate") mutate_and_compare(measurer, path, std::stoull(value));
  if (option == "--over") mount_over(measurer, path, value);
  if (option == "--errors") meet_errors_again(measurer);
  require(measurer.note().empty(), "the store complained");
  const auto last = measurer.after_the_time_to_live().size;
  std::printf("%llu %llu %llu %llu %llu %d\n",
              static_cast<unsigned long long>(last.allocated_bytes),
              static_cast<unsigned long long>(faults ? 0 : disk_usage(path)),
              static_cast<unsigned long long>(last.files),
              static_cast<unsigned long long>(last.directories),
              static_cast<unsigned long long>(last.error_count), last.partial ? 1 : 0);
  for (const auto& error : last.errors)
    std::printf("%s: %s\n", error.path.c_str(), error.error.c_str());
  return 0;
}
