// SPDX-License-Identifier: MIT
#include "ui/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace lull::ui {
namespace {

using base::ErrorCode;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Point> point(std::string_view text) {
  Point at;
  const char* const end = text.data() + text.size();
  const auto x = std::from_chars(text.data(), end, at.x);
  if (x.ec != std::errc{} || x.ptr == end || *x.ptr != ',') return std::nullopt;
  const auto y = std::from_chars(x.ptr + 1, end, at.y);
  if (y.ec != std::errc{} || y.ptr != end) return std::nullopt;
  return at;
}

bool take_scale(Options& options, std::string_view value) {
  options.scale = number(value);
  return options.scale && *options.scale >= 0.5 && *options.scale <= 4;
}

bool take_text_scale(Options& options, std::string_view value) {
  options.text_scale = number(value);
  return options.text_scale && *options.text_scale >= 0.75 && *options.text_scale <= 1.6;
}

bool take_page(Options& options, std::string_view value) {
  options.page = value == "history"    ? Page::kHistory
                 : value == "settings" ? Page::kSettings
                                       : Page::kOverview;
  return true;
}

// Puts the value into its place; false: it is not what the row's `value` says. Where that lists
// words ("dark|light"), it is one of them already.
using Take = bool (*)(Options&, std::string_view);

struct Row {
  OptionInfo info;
  std::string_view expected;  // completes "… is not"; empty: anything is right
  Take take;
};

constexpr std::array kRows = {
    Row{{"--at", "X,Y", "of the click, in pixels of the screen: where it opens"},
        "X,Y",
        [](Options& options, std::string_view value) {
          options.at = point(value);
          return options.at.has_value();
        }},
    Row{{"--scale", "S", "instead of the monitor's, 0.5 to 4"},
        "a number from 0.5 to 4",
        take_scale},
    Row{{"--text-scale", "S", "of the letters alone, 0.75 to 1.6, instead of ui.text_size"},
        "a number from 0.75 to 1.6",
        take_text_scale},
    Row{{"--theme", "system|dark|light", "the colours"},
        "system, dark or light",
        [](Options& options, std::string_view value) {
          options.theme = value;
          return true;
        }},
    Row{{"--socket", "PATH", "control socket of the agent"},
        "",
        [](Options& options, std::string_view value) {
          options.socket = value;
          return true;
        }},
    Row{{"--renderer", "raster|gl", "draws on the CPU (default), or by OpenGL 3"},
        "raster or gl",
        [](Options& options, std::string_view value) {
          options.opengl = value == "gl";
          return true;
        }},
    Row{{"--page", "overview|history|settings", "what is shown first"},
        "overview, history or settings",
        take_page},
    Row{{"--start", "optimize|clean|undo", "begins it when the agent is there"},
        "optimize, clean or undo",
        [](Options& options, std::string_view value) {
          options.start = value;
          return true;
        }},
    Row{{"--snapshot", "FILE", "the state in this file, as `lull status --json` prints it"},
        "",
        [](Options& options, std::string_view value) {
          options.snapshot = value;
          return true;
        }},
    Row{{"--screenshot", "PNG", "draws that state into a picture; needs no display"},
        "",
        [](Options& options, std::string_view value) {
          options.screenshot = value;
          return true;
        }},
    Row{{"--window-height", "", "the picture as high as the window, not as its contents"},
        "",
        [](Options& options, std::string_view) { return options.window_height = true; }},
    Row{{"--text", "", "says that state in words"},
        "",
        [](Options& options, std::string_view) { return options.text = true; }},
    Row{{"--help", "", "this text"},
        "",
        [](Options& options, std::string_view) { return options.help = true; }},
    Row{{"--version", "", "the version"},
        "",
        [](Options& options, std::string_view) { return options.version = true; }},
};

const Row* find_row(std::string_view name) {
  if (name == "-h") name = "--help";
  const auto* const found = std::find_if(kRows.begin(), kRows.end(),
                                         [&](const Row& row) { return row.info.name == name; });
  return found == kRows.end() ? nullptr : found;
}

// Of "dark|light", or of no list at all.
bool is_listed(std::string_view value, std::string_view words) {
  if (words.find('|') == std::string_view::npos) return true;
  for (; !words.empty(); words.remove_prefix(std::min(words.find('|'), words.size() - 1) + 1))
    if (words.substr(0, words.find('|')) == value) return true;
  return false;
}

base::Status take_value(Options& options, const Row& row, std::string_view value) {
  if (is_listed(value, row.info.value) && row.take(options, value)) return {};
  return base::fail(ErrorCode::kInvalidArgument, std::string(row.info.name) + ": \"" +
                                                     std::string(value) + "\" is not " +
                                                     std::string(row.expected));
}

// In lines of at most 78 columns.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 78;
  std::string lines;
  while (text.size() > kWidth) {
    const std::size_t end = text.rfind(' ', kWidth);
    lines += std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return lines + std::string(text) + "\n";
}

base::Result<const Row*> row_of(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const Row* row = find_row(name);
  // (A flag takes no value.)
  if (row != nullptr && (name.size() == word.size() || !row->info.value.empty())) return row;
  return base::fail(ErrorCode::kInvalidArgument,
                    "unknown option \"" + std::string(word) + "\"; see lull-popover --help");
}

}  // namespace

const char* const kAboutTheWindow =
    "The window of the agent `lull`: shows how the machine is doing. A second start closes the "
    "first, or takes its place if it names a page or what to start. Without a display, "
    "`--screenshot` draws the state that `--snapshot` names, and `--text` says it in words.";

std::span<const OptionInfo> option_table() {
  static const auto infos = [] {
    std::array<OptionInfo, kRows.size()> all;
    std::transform(kRows.begin(), kRows.end(), all.begin(),
                   [](const Row& row) { return row.info; });
    return all;
  }();
  return infos;
}

base::Result<Options> read_options(int argc, const char* const* argv) {
  Options options;
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    const auto row = row_of(word);
    if (!row) return tl::unexpected(row.error());
    const std::string_view name = word.substr(0, word.find('='));
    std::string_view value;
    if (name.size() < word.size()) {
      value = word.substr(name.size() + 1);
    } else if (!(*row)->info.value.empty()) {
      if (at + 1 == argc)
        return base::fail(ErrorCode::kInvalidArgument, std::string(name) + " needs a value");
      value = argv[++at];
    }
    LULL_TRY(take_value(options, **row, value));
  }
  if ((!options.screenshot.empty() || options.text) && options.snapshot.empty())
    return base::fail(ErrorCode::kInvalidArgument,
                      "--screenshot and --text need --snapshot FILE, the state to show");
  return options;
}

std::string usage() {
  constexpr std::size_t kColumn = 36;
  std::string text = "Usage: lull-popover [OPTIONS]\n\n";
  text += wrapped(kAboutTheWindow) + "\nOptions:\n";
  for (const OptionInfo& option : option_table()) {
    std::string line = "  " + std::string(option.name);
    if (!option.value.empty()) line += " " + std::string(option.value);
    line += line.size() + 2 > kColumn ? "\n" + std::string(kColumn, ' ')
                                      : std::string(kColumn - line.size(), ' ');
    text += line + std::string(option.help) + "\n";
  }
  return text;
}

std::optional<double> text_scale_in(const State& state) {
  using Size = std::pair<std::string_view, double>;
  static constexpr std::array kSizes = {Size{"\"small\"", 0.85}, Size{"\"normal\"", 1.0},
                                        Size{"\"large\"", 1.25}, Size{"\"huge\"", 1.6}};
  if (!state.settings) return std::nullopt;
  for (const Setting& setting : *state.settings)
    for (const auto& [word, scale] : kSizes)
      if (setting.key == "ui.text_size" && setting.value == word) return scale;
  return std::nullopt;
}

}  // namespace lull::ui
