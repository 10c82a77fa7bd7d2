// SPDX-License-Identifier: MIT
#include "benchmarks/support/big_tree.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>

#include "benchmarks/support/tree_maker.h"
#include "core/base/unique_fd.h"

namespace lull::benchmarks {

BigTree::BigTree(std::uint64_t entries) {
  const char* kept = std::getenv("LULL_BENCH_TREES");
  keep_ = kept != nullptr;
  if (keep_) {
    path_ = std::string(kept) + "/home-" + std::to_string(entries);
    std::filesystem::create_directories(kept);
    if (std::filesystem::exists(path_ + ".complete")) return;
    std::filesystem::remove_all(path_);
  } else {
    std::string pattern = "/tmp/lull-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern + "/tree";
  }
  TreeMaker(path_, entries).make();
  if (!keep_) return;
  const base::UniqueFd mark(
      ::open((path_ + ".complete").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

BigTree::~BigTree() {
  if (keep_) return;
  std::error_code ignored;
  std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), ignored);
}

}  // namespace lull::benchmarks
