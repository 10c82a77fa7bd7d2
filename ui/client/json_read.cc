// SPDX-License-Identifier: MIT
#include "ui/client/json_read.h"

#include <cmath>

namespace lull::ui {

using boost::json::object;

std::optional<std::uint64_t> count(const object& from, std::string_view key) {
  const Value* value = from.if_contains(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  return std::nullopt;
}

std::optional<double> number(const object& from, std::string_view key) {
  const Value* value = from.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto real = value->to_number<double>();
  return std::isfinite(real) ? std::optional(real) : std::nullopt;
}

std::string text(const object& from, std::string_view key) {
  const Value* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag(const object& from, std::string_view key) {
  const Value* value = from.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<base::WallTime> instant(const object& from, std::string_view key) {
  return base::parse_rfc3339(text(from, key));
}

const object* child(const object& from, std::string_view key) {
  const Value* value = from.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

const Array& items(const object& from, std::string_view key) {
  static const Array kNone;
  const Value* value = from.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

}  // namespace lull::ui
