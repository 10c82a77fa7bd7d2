// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/control/settings_codec.h"
#include "agent/settings_layers.h"

namespace lull::commands {
namespace {

base::Result<std::vector<std::string>> files(Context& context) {
  const auto directories = context.directories();
  if (!directories) return tl::unexpected(directories.error());
  return agent::standard_settings_files(directories->config_home,
                                        context.environment().system_settings);
}

// As GetConfig answers, from the files.
base::Result<Object> settings_of_files(Context& context) {
  const auto names = files(context);
  if (!names) return tl::unexpected(names.error());
  const auto layers = agent::load_layers(*names);
  if (!layers) return tl::unexpected(layers.error());
  return control::encode_settings(layers->values, layers->states, *names, layers->remarks);
}

base::Result<Object> current_settings(Context& context) {
  const auto found = context.find_agent();
  if (found) return context.call("GetConfig");
  if (found.error().code != base::ErrorCode::kNoAgent) return tl::unexpected(found.error());
  return settings_of_files(context);
}

struct Line {
  std::string section, assignment, help;
  bool changed = false;
};

// Of an agent that is older, nothing is known of it.
std::string origin(const Object& row) {
  const std::string source = text(row, "source");
  const bool locked = !text(row, "locked_by").empty();
  return (source.empty() ? "unknown" : printable(source)) + (locked ? ", locked" : "");
}

std::vector<Line> lines_of(const Object& document) {
  std::vector<Line> lines;
  for (const Value& value : items(document, "settings")) {
    const Object* row = value.if_object();
    if (row == nullptr) continue;
    const std::string key = text(*row, "key");
    const std::size_t dot = std::min(key.find('.'), key.size());
    const std::string standard = text(*row, "default");
    Line line;
    line.section = printable(key.substr(0, dot));
    line.assignment = printable(key.substr(std::min(dot + 1, key.size()))) + " = " +
                      printable(text(*row, "value"));
    line.changed = text(*row, "value") != standard;
    line.help = origin(*row) + (line.changed ? " (default " + printable(standard) + ")" : "") +
                "; " + printable(text(*row, "help"));
    lines.push_back(std::move(line));
  }
  return lines;
}

// A settings file again: what is printed can be saved as one.
std::string settings_text(const Object& document, const Style& style) {
  const std::vector<Line> lines = lines_of(document);
  std::size_t column = 0;
  for (const Line& line : lines)
    column = std::max(column, std::min<std::size_t>(display_width(line.assignment), 44));
  std::string out;
  for (const Value& file : items(document, "files"))
    if (file.is_string())
      out += style.paint(Tone::kDim, "# " + printable(std::string_view(file.get_string()))) + "\n";
  std::string section;
  for (const Line& line : lines) {
    if (line.section != section) {
      section = line.section;
      out += "\n" + style.paint(Tone::kStrong, "[" + section + "]") + "\n";
    }
    const std::size_t width = display_width(line.assignment);
    std::string help = "# " + line.help;
    if (style.width() > 0) {
      const std::size_t used = std::max(width, column) + 2;
      help = used + 12 < style.width() ? style.cut(help, style.width() - used) : "";
    }
    out += style.paint(line.changed ? Tone::kWarning : Tone::kPlain, line.assignment);
    if (!help.empty())
      out += std::string(column > width ? column - width : 0, ' ') + "  " +
             style.paint(Tone::kDim, help);
    out += "\n";
  }
  return out;
}

void say_remarks(const Object& document, Context& context) {
  for (const Value& remark : items(document, "remarks"))
    if (remark.is_string()) context.complain(printable(std::string_view(remark.get_string())));
}

int show(Context& context) {
  const auto document = current_settings(context);
  if (!document) return context.fail(document.error());
  if (context.json()) {
    context.print_json(*document);
  } else {
    context.print(settings_text(*document, context.style()));
    say_remarks(*document, context);
  }
  return kDone;
}

int path(Context& context) {
  const auto names = files(context);
  if (!names) return context.fail(names.error());
  if (context.json())
    context.print_json(
        Object{{"path", printable(names->back())}, {"files", Array(names->begin(), names->end())}});
  else
    context.print(names->back() + "\n");
  return kDone;
}

struct Checked {
  std::string file;
  bool exists = false;
  std::vector<base::Error> errors;
  std::vector<std::string> ignored = {};  // since it is locked: no error of the file's
};

Checked check_file(const std::string& file, agent::SettingsFileKind kind) {
  const auto text = agent::read_settings_file(file);
  if (!text) return {file, true, {text.error()}};
  if (!*text) return {file, false, {}};
  return {file, true, agent::find_settings_errors(**text, file, kind)};
}

// The machine's file and the user's, under its locks.
std::vector<Checked> check_standard(const std::vector<std::string>& names) {
  std::vector<Checked> checked = {check_file(names.front(), agent::SettingsFileKind::kSystem),
                                  check_file(names.back(), agent::SettingsFileKind::kUser)};
  checked.back().ignored =
      agent::find_ignored_settings(names.back(), agent::load_machine_settings({names.front()}));
  return checked;
}

// Whoever's it may become: an administrator tries one before it goes to its place.
Checked check_named(const std::string& name) {
  Checked checked = check_file(name, agent::SettingsFileKind::kSystem);
  if (!checked.exists)
    checked.errors = {{base::ErrorCode::kInvalidArgument, "there is no such file", name, 0, {}}};
  return checked;
}

Object checked_document(const Checked& checked) {
  Array errors;
  for (const base::Error& error : checked.errors) errors.emplace_back(printable(error.to_string()));
  Array ignored;
  for (const std::string& line : checked.ignored) ignored.emplace_back(printable(line));
  return {{"path", printable(checked.file)},
          {"exists", checked.exists},
          {"errors", std::move(errors)},
          {"ignored", std::move(ignored)}};
}

void say_checked(const Checked& checked, Context& context) {
  for (const base::Error& error : checked.errors) context.complain(printable(error.to_string()));
  for (const std::string& line : checked.ignored) context.complain(printable(line));
  if (checked.errors.empty())
    context.print(printable(checked.file) + (checked.exists ? ": no errors\n" : ": not there\n"));
}

int check(const std::string& file, Context& context) {
  const auto names = files(context);
  if (!names) return context.fail(names.error());
  const std::vector<Checked> all =
      file.empty() ? check_standard(*names) : std::vector<Checked>{check_named(file)};
  bool good = true;
  Array documents;
  for (const Checked& checked : all) {
    good = good && checked.errors.empty();
    documents.push_back(checked_document(checked));
    if (!context.json()) say_checked(checked, context);
  }
  if (context.json()) context.print_json(Object{{"files", std::move(documents)}});
  return good ? kDone : kWrongUsage;
}

// The agent writes its own file and reads it again; without one, the user's file is written here.
base::Result<Object> change(const std::string& key, const std::string& value, Context& context) {
  const auto found = context.find_agent();
  if (found) return context.call("SetConfig", {{"key", key}, {"value", value}});
  if (found.error().code != base::ErrorCode::kNoAgent) return tl::unexpected(found.error());
  const auto names = files(context);
  if (!names) return tl::unexpected(names.error());
  LULL_TRY(agent::check_not_locked(key, agent::load_machine_settings({names->front()})));
  LULL_TRY(agent::set_setting(names->back(), key, value));
  return settings_of_files(context);
}

int set(const std::string& key, const std::string& value, Context& context) {
  const auto document = change(key, value, context);
  if (!document) return context.fail(document.error());
  for (const Value& row : items(*document, "settings")) {
    const Object* setting = row.if_object();
    if (setting == nullptr || text(*setting, "key") != key) continue;
    if (context.json())
      context.print_json(*setting);
    else
      context.print(printable(key) + " = " + printable(text(*setting, "value")) + "\n");
  }
  return kDone;
}

std::string words_joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

}  // namespace

int run_config(const Arguments& arguments, Context& context) {
  const std::string action = arguments.has("ACTION") ? arguments.text("ACTION") : "show";
  const std::string subject = arguments.text("KEY|FILE");
  const bool has_value = arguments.has("VALUE");
  const auto refuse = [&](const std::string& message) {
    return context.fail({base::ErrorCode::kInvalidArgument, message, {}, 0, {}});
  };
  if (action == "set") {
    if (!has_value)
      return refuse("lull config set needs a KEY and a VALUE (see `lull config --help`)");
    return set(subject, words_joined(arguments.all("VALUE")), context);
  }
  if (has_value || (action != "check" && !subject.empty()))
    return refuse("lull config " + action + " does not expect '" +
                  printable(has_value ? arguments.text("VALUE") : subject) + "'");
  if (action == "path") return path(context);
  return action == "check" ? check(subject, context) : show(context);
}

}  // namespace lull::commands
