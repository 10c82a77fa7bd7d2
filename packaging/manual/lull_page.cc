// SPDX-License-Identifier: MIT
// lull(1) from the table of commands.
#include <array>

#include "packaging/manual/pages.h"
#include "packaging/manual/roff.h"

#include "agent/commands/command_table.h"

namespace lull::manual {
namespace {

struct Entry {
  std::string_view name, text;
};

constexpr std::array kExitCodes = {
    Entry{"0", "done"},
    Entry{"1", "failed: nothing, or not all, was done; standard error says why"},
    Entry{"2", "wrong usage, settings or rule file"},
    Entry{"3", "done in part: some items failed or could not be read, and each is listed"},
    Entry{"4", "needs a running agent, and there is none"},
    Entry{"130", "cancelled"},
};

constexpr std::array kEnvironment = {
    Entry{"LULL_SOCKET", "the control socket of the agent, as with `--socket`"},
    Entry{"HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR, "
          "TMPDIR",
          "where everything is that Lull reads, cleans and keeps"},
    Entry{"NO_COLOR", "set to anything: no colours"},
    Entry{"MEMORY_PRESSURE_WATCH",
          "set by systemd: the pressure of memory that concerns the agent"},
};

constexpr std::array kFiles = {
    Entry{"~/.config/lull/config.toml", "the settings; lull.toml(5) has each"},
    Entry{"/etc/lull/config.toml", "the same for everybody; the user's file has the last word"},
    Entry{"~/.config/lull/rules.d/*.toml", "cleaning rules of your own"},
    Entry{"~/.local/state/lull/journal.db", "history, what can be undone, and the state of jobs"},
    Entry{"~/.cache/lull/", "sizes that were measured; may be deleted at any time"},
    Entry{"$XDG_RUNTIME_DIR/lull/control", "the control socket (Varlink, org.lull.Agent)"},
    Entry{"~/.local/share/Trash", "where what was cleaned is until it is purged"},
};

std::string option_tag(const commands::OptionSpec& option) {
  std::string tag;
  if (!option.short_name.empty()) tag = bold(option.short_name) + ", ";
  tag += bold(option.name);
  if (option.value.empty()) return tag;
  return option.value_optional ? tag + "[=" + italic(option.value) + "]"
                               : tag + " " + italic(option.value);
}

void add_command(Page& page, const commands::CommandSpec& command) {
  page.part(command.name);
  page.command(commands::usage_line(command));
  std::string summary(command.summary);
  summary[0] =
      static_cast<char>(summary[0] >= 'a' && summary[0] <= 'z' ? summary[0] - 32 : summary[0]);
  page.paragraph(prose(summary + "."));
  if (!command.details.empty()) page.paragraph(prose(command.details));
  for (const commands::ArgumentSpec& argument : command.arguments)
    page.item(italic(argument.name), prose(argument.help));
  for (const commands::OptionSpec& option : command.options)
    page.item(option_tag(option), prose(option.help));
  for (const commands::ExampleSpec& example : command.examples) {
    page.command(example.command);
    page.paragraph(prose(example.what));
  }
}

template <class Table>
void add_table(Page& page, std::string_view heading, const Table& table) {
  page.heading(heading);
  for (const Entry& entry : table) page.item(bold(entry.name), prose(entry.text));
}

}  // namespace

std::string lull_page(const Edition& edition) {
  Page page({"lull", "1", edition.date, edition.version, "User Commands"});
  page.name_line("lull", "keeps memory and disk in order while nobody is waiting");
  page.heading("SYNOPSIS");
  page.paragraph(bold("lull") + " [" + bold("--socket") + " " + italic("PATH") + "] " +
                 italic("COMMAND") + " [" + italic("OPTIONS") + "]");
  page.heading("DESCRIPTION");
  page.paragraph(prose(
      "Lull shows how the machine is doing, frees memory and disk when asked, and keeps both in "
      "order by itself while nobody is waiting. What it cleans goes to the trash and can be given "
      "back with `lull undo`. Commands ask the running agent; without one most do the same work "
      "themselves."));
  page.heading("OPTIONS");
  for (const commands::OptionSpec& option : commands::common_options())
    page.item(option_tag(option), prose(option.help));
  page.item(bold("-V") + ", " + bold("--version"), "the version");
  page.heading("COMMANDS");
  for (const commands::CommandSpec& command : commands::all_commands()) add_command(page, command);
  add_table(page, "EXIT STATUS", kExitCodes);
  add_table(page, "ENVIRONMENT", kEnvironment);
  add_table(page, "FILES", kFiles);
  page.heading("SEE ALSO");
  page.paragraph(bold("lull-popover") + "(1), " + bold("lull.toml") + "(5), " + bold("du") +
                 "(1), " + bold("systemd.exec") + "(5)");
  return page.text();
}

}  // namespace lull::manual
