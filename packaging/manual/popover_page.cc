// SPDX-License-Identifier: MIT
// lull-popover(1) from the table of its options.
#include "packaging/manual/pages.h"
#include "packaging/manual/roff.h"

#include "ui/options.h"

namespace lull::manual {

std::string popover_page(const Edition& edition) {
  Page page({"lull-popover", "1", edition.date, edition.version, "User Commands"});
  page.name_line("lull-popover", "the window of Lull");
  page.heading("SYNOPSIS");
  page.paragraph(bold("lull-popover") + " [" + italic("OPTIONS") + "]");
  page.heading("DESCRIPTION");
  page.paragraph(prose(ui::kAboutTheWindow));
  page.heading("OPTIONS");
  for (const ui::OptionInfo& option : ui::option_table()) {
    std::string tag = bold(option.name);
    if (!option.value.empty()) tag += " " + italic(option.value);
    page.item(tag, prose(option.help));
  }
  page.heading("EXIT STATUS");
  page.item(bold("0"), "done");
  page.item(bold("1"), "failed; standard error says why");
  page.item(bold("2"), "wrong usage");
  page.heading("SEE ALSO");
  page.paragraph(bold("lull") + "(1), " + bold("lull.toml") + "(5)");
  return page.text();
}

}  // namespace lull::manual
