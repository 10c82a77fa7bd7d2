// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "agent/commands/arguments.h"
#include "agent/commands/context.h"
#include "agent/settings.h"

namespace lull::commands {
namespace {

base::Result<std::vector<std::string>> files(const Context& context) {
  const auto directories = context.directories();
  if (!directories) return tl::unexpected(directories.error());
  return agent::standard_settings_files(directories->config_home);
}

// As GetConfig answers, from the files.
base::Result<Object> settings_of_files(const Context& context) {
  const auto names = files(context);
  if (!names) return tl::unexpected(names.error());
  const auto settings = agent::load_settings(*names);
  if (!settings) return tl::unexpected(settings.error());
  Array rows;
  const auto shown = agent::show_settings(*settings);
  const auto table = agent::setting_table();
  for (std::size_t i = 0; i < shown.size(); ++i)
    rows.push_back(Object{{"key", shown[i].first},
                          {"value", shown[i].second},
                          {"default", table[i].default_text},
                          {"help", table[i].help},
                          {"words", Array(table[i].words.begin(), table[i].words.end())}});
  return Object{{"settings", std::move(rows)}, {"files", Array(names->begin(), names->end())}};
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
    line.help = (line.changed ? "default " + printable(standard) + "; " : "") +
                printable(text(*row, "help"));
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

int show(Context& context) {
  const auto document = current_settings(context);
  if (!document) return context.fail(document.error());
  if (context.json())
    context.print_json(*document);
  else
    context.print(settings_text(*document, context.style()));
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
};

Checked check_file(const std::string& file) {
  const auto text = agent::read_settings_file(file);
  if (!text) return {file, true, {text.error()}};
  if (!*text) return {file, false, {}};
  return {file, true, agent::find_settings_errors(**text, file)};
}

Object checked_document(const Checked& checked) {
  Array errors;
  for (const base::Error& error : checked.errors) errors.emplace_back(printable(error.to_string()));
  return {
      {"path", printable(checked.file)}, {"exists", checked.exists}, {"errors", std::move(errors)}};
}

void say_checked(const Checked& checked, Context& context) {
  for (const base::Error& error : checked.errors) context.complain(printable(error.to_string()));
  if (checked.errors.empty())
    context.print(printable(checked.file) + (checked.exists ? ": no errors\n" : ": not there\n"));
}

int check(const std::string& file, Context& context) {
  std::vector<std::string> names = {file};
  if (file.empty()) {
    auto standard = files(context);
    if (!standard) return context.fail(standard.error());
    names = *std::move(standard);
  }
  bool good = true;
  Array documents;
  for (const std::string& name : names) {
    Checked checked = check_file(name);
    if (!file.empty() && !checked.exists)
      checked.errors = {{base::ErrorCode::kInvalidArgument, "there is no such file", name, 0, {}}};
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
