// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "core/base/unique_fd.h"

namespace lull::clean {

// A thread that does in a rule's root whatever might lead a cleaner astray, as fast as it can: puts
// links to `lure` where directories and files were, exchanges directories, files and the root
// itself, writes into files and replaces them. `lure` has the same names in it, so that whoever
// follows a link finds what he looks for. It never writes to, links or moves anything in `lure`.
class Adversary {
 public:
  // The root has directories d0 … with files f0 …; `workshop` is a directory of its own.
  static constexpr int kDirectories = 5, kFiles = 4;

  Adversary(std::string root, std::string lure, std::string workshop, std::uint64_t seed,
            std::uint64_t steps);
  ~Adversary();
  Adversary(const Adversary&) = delete;
  Adversary& operator=(const Adversary&) = delete;

  bool is_done() const { return done_.load(std::memory_order_acquire); }
  std::uint64_t steps() const { return taken_.load(std::memory_order_relaxed); }
  // Waits for its end; the root is a directory at its place again.
  void join();

 private:
  void work();
  void step();
  void exchange(const std::string& one, const std::string& other) const;
  // Opens the directory of `path` below the real root and removes the name there.
  base::UniqueFd make_free(const std::string& path, std::string& name) const;
  void replace_by_link(const std::string& path, const std::string& target);
  void replace_by_file(const std::string& path);
  void write_into(const std::string& path) const;
  void shake_root();
  std::uint64_t below(std::uint64_t limit);
  std::string directory() { return root_ + "/d" + std::to_string(below(kDirectories)); }
  std::string file() { return directory() + "/f" + std::to_string(below(kFiles)); }
  std::string spare() { return workshop_ + "/s" + std::to_string(below(4)); }

  const std::string root_, lure_, workshop_;
  base::UniqueFd real_root_;
  std::uint64_t state_;
  const std::uint64_t steps_;
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace lull::clean
