// SPDX-License-Identifier: MIT
// Measures a tree as another user, with few descriptors or beside a fresh mount, and lets du
// measure it under the same conditions. Prints one line: ours, du's, files, directories, errors,
// partial.
//   measure_probe [--uid N] [--nofile N] [--width N] [--mount DIRECTORY] PATH
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <oneapi/tbb/task_arena.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/scan/tree_size.h"
#include "tests/core/scan/scratch_tree.h"

namespace {

constexpr int kCannot = 77;  // this machine does not allow what was asked for

void mount_beside(const std::string& directory) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
      ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=1m"))
    std::exit(kCannot);
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

}  // namespace

int main(int argc, char** argv) {
  unsigned width = 2;
  int at = 1;
  for (; at + 1 < argc && std::string(argv[at]).starts_with("--"); at += 2) {
    const std::string option = argv[at];
    const std::string value = argv[at + 1];
    if (option == "--width") width = static_cast<unsigned>(std::stoul(value));
    if (option == "--mount") mount_beside(value);
    if (option == "--nofile") limit_descriptors(std::stoul(value));
    if (option == "--uid") become(std::stoul(value));
  }
  const std::string path = argv[at];
  tbb::task_arena arena(static_cast<int>(width));
  lull::scan::WalkOptions options;
  options.width = width;
  const auto size = arena.execute([&] { return lull::scan::measure_tree(path, options); });
  if (!size) {
    std::printf("failed %s\n", size.error().to_string().c_str());
    return 1;
  }
  std::printf("%llu %llu %llu %llu %llu %d\n",
              static_cast<unsigned long long>(size->allocated_bytes),
              static_cast<unsigned long long>(lull::scan::testing::disk_usage(path)),
              static_cast<unsigned long long>(size->files),
              static_cast<unsigned long long>(size->directories),
              static_cast<unsigned long long>(size->error_count), size->partial ? 1 : 0);
  return 0;
}
