// SPDX-License-Identifier: MIT
// Measures a tree as another user, with few descriptors or beside a fresh mount, and lets du
// measure it under the same conditions. Prints one line: ours, du's, files, directories, errors,
// partial; and the errors, one a line.
//   measure_probe [--uid N] [--nofile N] [--width N] [--mount DIRECTORY] PATH
//   measure_probe [--unknown-types DIRECTORY] [--errors DIRECTORY] PATH   with a FaultMount there
//   measure_probe [--mutate SEED] PATH   while and after a Mutator, which mounts too, changes it
//   measure_probe [--dead DIRECTORY] [--stuck DIRECTORY] PATH
// The last two give up when the walk hangs, and show that it ends once the kernel lets go; du is
// not asked (0), for nothing ends it.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <oneapi/tbb/task_arena.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/scan/tree_size.h"
#include "tests/core/scan/fault_mount.h"
#include "tests/core/scan/mutator.h"
#include "tests/core/scan/scratch_tree.h"

namespace {

using lull::scan::testing::FaultMount;
using lull::scan::testing::Faults;

constexpr int kCannot = 77;  // this machine does not allow what was asked for

void leave_the_mounts_of_others() {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr))
    std::exit(kCannot);
}

void mount_beside(const std::string& directory) {
  leave_the_mounts_of_others();
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=1m")) std::exit(kCannot);
  std::ofstream(directory + "/foreign") << std::string(100'000, 'x');
}

void limit_descriptors(unsigned long most) {
  const rlimit limit{most, most};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) std::exit(kCannot);
}

void become(unsigned long uid) {
  if (::setgid(static_cast<gid_t>(uid)) != 0 || ::setuid(static_cast<uid_t>(uid)) != 0)
    std::exit(kCannot);
  ::prctl(PR_SET_DUMPABLE, 1);  // the leak checker looks at its own process
}

std::unique_ptr<FaultMount> mount_faults(const std::string& directory, Faults faults) {
  auto mount = FaultMount::make(directory, faults);
  if (!mount) std::exit(kCannot);
  return mount;
}

using Size = lull::base::Result<lull::model::TreeSize>;

Size measure_in_arena(lull::scan::TreeMeasurement& measurement, unsigned width) {
  tbb::task_arena arena(static_cast<int>(width));
  return arena.execute([&] { return measurement.run(); });
}

Size measure(const std::string& path, unsigned width) {
  lull::scan::WalkOptions options;
  options.width = width;
  lull::scan::TreeMeasurement measurement(path, options);
  return measure_in_arena(measurement, width);
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s\n", what);
  std::exit(1);
}

void mutate_and_compare(const std::string& path, std::uint64_t seed, unsigned width) {
  leave_the_mounts_of_others();
  lull::scan::testing::Mutator mutator(path, seed, true);
  for (int batch = 0; batch < 10; ++batch) {
    mutator.mutate(300);
    mutator.settle();
    const Size size = measure(path, width);
    require(size && size->allocated_bytes == lull::scan::testing::disk_usage(path),
            "not what du says");
  }
  require(mutator.mounts_made() > 0, "nothing was mounted");
  std::atomic<bool> done{false};
  std::thread changes([&] {
    while (!done) mutator.mutate(20);
  });
  for (int i = 0; i < 20; ++i) require(measure(path, width).has_value(), "failed under changes");
  done = true;
  changes.join();
  mutator.settle();
}

// As far as it came when it hung.
Size give_up(const std::string& path, unsigned width, std::unique_ptr<FaultMount> mount) {
  const lull::base::CancelSource cancel;
  lull::scan::WalkOptions options;
  options.width = width;
  options.cancel = cancel.token();
  lull::scan::TreeMeasurement measurement(path, options);
  std::thread walk([&] { measure_in_arena(measurement, width); });
  mount->wait_until_somebody_hangs();
  Size size = measurement.given_up();
  cancel.cancel(lull::base::CancelReason::kDeadline);
  mount.reset();
  walk.join();
  return size;
}

void print(const lull::model::TreeSize& size, unsigned long long du) {
  std::printf("%llu %llu %llu %llu %llu %d\n",
              static_cast<unsigned long long>(size.allocated_bytes), du,
              static_cast<unsigned long long>(size.files),
              static_cast<unsigned long long>(size.directories),
              static_cast<unsigned long long>(size.error_count), size.partial ? 1 : 0);
  for (const auto& error : size.errors)
    std::printf("%s: %s\n", error.path.c_str(), error.error.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  unsigned width = 2;
  bool hangs = false;
  std::unique_ptr<FaultMount> faults;
  int at = 1;
  for (; at + 1 < argc && std::string(argv[at]).starts_with("--"); at += 2) {
    const std::string option = argv[at];
    const std::string value = argv[at + 1];
    if (option == "--width") width = static_cast<unsigned>(std::stoul(value));
    if (option == "--mount") mount_beside(value);
    if (option == "--nofile") limit_descriptors(std::stoul(value));
    if (option == "--uid") become(std::stoul(value));
    if (option == "--unknown-types") faults = mount_faults(value, Faults::kUnknownTypes);
    if (option == "--errors") faults = mount_faults(value, Faults::kErrors);
    if (option == "--dead") faults = mount_faults(value, Faults::kDead);
    if (option == "--stuck") faults = mount_faults(value, Faults::kStuck);
    if (option == "--mutate") mutate_and_compare(argv[argc - 1], std::stoull(value), width);
    hangs = hangs || option == "--stuck" || (option == "--dead" && value == argv[argc - 1]);
  }
  const std::string path = argv[at];
  const bool no_du = hangs || faults != nullptr;
  const Size size = hangs ? give_up(path, width, std::move(faults)) : measure(path, width);
  if (!size) {
    std::printf("failed %s\n", size.error().to_string().c_str());
    return 1;
  }
  print(*size, no_du ? 0 : lull::scan::testing::disk_usage(path));
  return 0;
}
