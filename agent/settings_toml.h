// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <toml++/toml.h>

#include "agent/settings_table.h"
#include "core/base/result.h"

// The TOML library as the settings use it. Private to settings_*.cc: it is a heavy header.
namespace lull::agent {

// kInvalidArgument with "file:line:column: …" for anything that is not TOML. Refuses, before the
// library sees it, nesting that its recursion would need a large stack for.
base::Result<toml::table> parse_toml(std::string_view text, const std::string& file);

// nullopt for what no setting can be: dates, tables, lists of anything but texts.
std::optional<RawValue> raw_value(const toml::node& node);
// The value as a message may show it.
std::string shown(const toml::node& node);

base::Error settings_error(const std::string& file, std::uint32_t line, std::uint32_t column,
                           std::string_view message);

}  // namespace lull::agent
