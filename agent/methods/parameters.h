// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/control/method.h"
#include "core/base/result.h"

namespace lull::agent {

// Reads the parameters of one call strictly: a wrong type or an unknown name is kInvalidArgument
// and says which. Absent and null are the same. The first mistake stays; ask for it with finish().
class Parameters {
 public:
  explicit Parameters(const control::Object& object) : object_(object) {}

  bool flag(std::string_view name);
  std::optional<double> number(std::string_view name, double least, double most);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::string text(std::string_view name);           // empty if absent
  std::string required_text(std::string_view name);  // absent or empty is a mistake
  std::vector<std::string> texts(std::string_view name);
  // Absolute ones, at most `most`.
  std::vector<std::string> paths(std::string_view name, std::size_t most);
  // A mistake found by the caller.
  void refuse(std::string message);
  // The first mistake, or a parameter nobody asked for.
  base::Status finish() const;

 private:
  const boost::json::value* find(std::string_view name);

  const control::Object& object_;
  std::vector<std::string_view> known_;
  std::optional<std::string> mistake_;
};

// Whether a call outlives whoever made it: something is to be done, and that goes on; what would
// be done is nothing without a reader. By the parameter `dry_run`, also where it is of a wrong
// type.
bool is_no_dry_run(const control::Object& parameters);

}  // namespace lull::agent
