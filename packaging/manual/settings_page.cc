// SPDX-License-Identifier: MIT
// lull.toml(5) and the example of /etc/lull from the table of settings.
#include "packaging/manual/pages.h"
#include "packaging/manual/roff.h"

#include "agent/settings.h"

namespace lull::manual {
namespace {

void add_settings(Page& page) {
  std::string_view section;
  for (const agent::SettingInfo& info : agent::setting_table()) {
    if (info.section != section) {
      section = info.section;
      page.part("[" + std::string(section) + "]");
    }
    page.item(bold(info.key) + " = " + italic(info.default_text), prose(info.help) + ".");
  }
}

// "# TEXT" in lines of at most 100 columns.
std::string comment(std::string_view text) {
  constexpr std::size_t kWidth = 98;
  std::string out;
  while (text.size() > kWidth) {
    const std::size_t end = text.rfind(' ', kWidth);
    out += "# " + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return out + "# " + std::string(text) + "\n";
}

}  // namespace

std::string settings_page(const Edition& edition) {
  Page page({"lull.toml", "5", edition.date, edition.version, "File Formats"});
  page.name_line("lull.toml", "settings of Lull");
  page.heading("SYNOPSIS");
  page.paragraph(italic("~/.config/lull/config.toml"));
  page.paragraph(italic("/etc/lull/config.toml"));
  page.heading("DESCRIPTION");
  page.paragraph(prose(
      "Both files are TOML and read strictly: an unknown key, a wrong type or a value out of "
      "range is an error that names file, line and the nearest word, and a running agent then "
      "keeps its old settings. The user's file has the last word, key by key. The agent reads "
      "them again when they change. `lull config check` says what is wrong with a file, and "
      "`lull config set` changes one key and keeps comments."));
  page.heading("SETTINGS");
  page.paragraph("Each with its default.");
  add_settings(page);
  page.heading("EXAMPLES");
  page.paragraph(prose("Nothing by itself at night or on battery, and some caches stay:"));
  page.command("[automation]");
  page.command("quiet_hours = \"22:00-07:00\"");
  page.command("[clean]");
  page.command("keep = [\"~/.cache/pip\", \"**/*.iso\"]");
  page.heading("SEE ALSO");
  page.paragraph(bold("lull") + "(1), " + bold("lull-popover") + "(1)");
  return page.text();
}

std::string settings_example() {
  std::string text =
      "# Settings of Lull for everybody on this machine; lull.toml(5) explains them. What a user "
      "sets\n"
      "# in ~/.config/lull/config.toml comes after this. Every line here is a default.\n";
  std::string_view section;
  for (const agent::SettingInfo& info : agent::setting_table()) {
    if (info.section != section) {
      section = info.section;
      text += "\n#[" + std::string(section) + "]\n";
    }
    text += "\n" + comment(info.help) + "#" + std::string(info.key) + " = " +
            std::string(info.default_text) + "\n";
  }
  return text;
}

}  // namespace lull::manual
