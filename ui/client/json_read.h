// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/base/clock.h"

// Members of a document that somebody else wrote; whatever is not as expected is unknown. Private
// to ui/client.
namespace lull::ui {

using Value = boost::json::value;
using Array = boost::json::array;

std::optional<std::uint64_t> count(const boost::json::object& from, std::string_view key);
std::optional<double> number(const boost::json::object& from, std::string_view key);
std::string text(const boost::json::object& from, std::string_view key);
bool flag(const boost::json::object& from, std::string_view key);
std::optional<base::WallTime> instant(const boost::json::object& from, std::string_view key);
const boost::json::object* child(const boost::json::object& from, std::string_view key);
const Array& items(const boost::json::object& from, std::string_view key);

}  // namespace lull::ui
