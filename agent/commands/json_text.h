// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/control/method.h"

// Reading documents of the contract without trusting them, and writing them as text.
namespace lull::commands {

using Array = boost::json::array;
using Object = control::Object;
using Value = boost::json::value;

// nullopt, empty or null for what is missing, null or of another type.
std::optional<double> number(const Object& object, std::string_view key);
std::optional<std::uint64_t> count(const Object& object, std::string_view key);
bool flag(const Object& object, std::string_view key);
std::string text(const Object& object, std::string_view key);
const Object* child(const Object& object, std::string_view key);
// Empty array if there is none.
const Array& items(const Object& object, std::string_view key);

// On one line, numbers in their shortest exact form.
std::string to_json(const Value& value);
// Indented, for reading.
std::string to_pretty_json(const Value& value);

}  // namespace lull::commands
