// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

// The manual of Lull, out of the tables that the programs themselves use: commands, options of the
// window, settings. Written at build time by lull-manual and installed; the programs hold none of
// it.
namespace lull::manual {

struct Edition {
  std::string_view version;  // 0.1.0
  std::string_view date;     // 2026-11-26
};

std::string lull_page(const Edition& edition);      // lull(1)
std::string popover_page(const Edition& edition);   // lull-popover(1)
std::string settings_page(const Edition& edition);  // lull.toml(5)

// A settings file that says everything and changes nothing: each key with what it means and its
// default, all of it in comments. What packages put into /etc/lull.
std::string settings_example();

}  // namespace lull::manual
