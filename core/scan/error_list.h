// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/model/reports.h"

namespace lull::scan {

// Counts errors and keeps the first 100 in the order of their paths, whatever order the threads
// meet them in. Thread-safe.
class ErrorList {
 public:
  static constexpr std::size_t kKept = 100;

  void add(std::string path, int os_error);
  std::uint64_t count() const;
  std::vector<model::PathError> take_sorted();

 private:
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::vector<model::PathError> heap_;  // the greatest path first
};

// "permission denied": the system's words, in lower case as the rest of a sentence.
std::string error_words(int os_error);

}  // namespace lull::scan
