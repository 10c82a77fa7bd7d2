// SPDX-License-Identifier: MIT
#include "agent/methods/parameters.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace lull::agent {
namespace {

std::string in_quotes(std::string_view name) { return "parameter '" + std::string(name) + "'"; }

std::string range_of(double least, double most) {
  return "from " + std::to_string(std::llround(least)) + " to " +
         std::to_string(std::llround(most));
}

}  // namespace

const boost::json::value* Parameters::find(std::string_view name) {
  known_.push_back(name);
  const boost::json::value* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Parameters::flag(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return false;
  if (value->is_bool()) return value->get_bool();
  refuse(in_quotes(name) + " must be true or false");
  return false;
}

std::optional<double> Parameters::number(std::string_view name, double least, double most) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const double found = value->is_double()   ? value->get_double()
                       : value->is_int64()  ? static_cast<double>(value->get_int64())
                       : value->is_uint64() ? static_cast<double>(value->get_uint64())
                                            : std::nan("");
  if (found >= least && found <= most) return found;
  refuse(in_quotes(name) + " must be a number " + range_of(least, most));
  return std::nullopt;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t least,
                                                std::int64_t most) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
    return value->get_int64();
  refuse(in_quotes(name) + " must be a whole number from " + std::to_string(least) + " to " +
         std::to_string(most));
  return std::nullopt;
}

std::string Parameters::text(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  refuse(in_quotes(name) + " must be a string");
  return {};
}

std::string Parameters::required_text(std::string_view name) {
  std::string found = text(name);
  if (found.empty()) refuse(in_quotes(name) + " is needed");
  return found;
}

std::vector<std::string> Parameters::texts(std::string_view name) {
  const boost::json::value* value = find(name);
  std::vector<std::string> found;
  if (value == nullptr) return found;
  const boost::json::array* array = value->if_array();
  const bool all_strings =
      array != nullptr &&
      std::all_of(array->begin(), array->end(), [](const auto& item) { return item.is_string(); });
  if (!all_strings) {
    refuse(in_quotes(name) + " must be an array of strings");
    return found;
  }
  for (const auto& item : *array) found.emplace_back(item.get_string());
  return found;
}

std::vector<std::string> Parameters::paths(std::string_view name, std::size_t most) {
  std::vector<std::string> found = texts(name);
  if (found.size() > most) refuse("at most " + std::to_string(most) + " paths at once");
  for (const std::string& path : found)
    if (!path.starts_with('/') || path.find('\0') != std::string::npos)
      refuse("'" + base::percent_escape_path(path) + "' is not an absolute path");
  return found;
}

void Parameters::refuse(std::string message) {
  if (!mistake_) mistake_ = std::move(message);
}

base::Status Parameters::finish() const {
  if (mistake_) return base::fail(base::ErrorCode::kInvalidArgument, *mistake_);
  for (const auto& member : object_) {
    const std::string_view name(member.key());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    std::string message = in_quotes(base::percent_escape_path(name)) + " is not known";
    const std::string_view nearest = base::nearest_word(name, known_);
    if (!nearest.empty()) message += "; did you mean '" + std::string(nearest) + "'?";
    return base::fail(base::ErrorCode::kInvalidArgument, std::move(message));
  }
  return {};
}

bool is_no_dry_run(const control::Object& parameters) {
  const auto* dry_run = parameters.if_contains("dry_run");
  return dry_run == nullptr || !dry_run->is_bool() || !dry_run->get_bool();
}

}  // namespace lull::agent
