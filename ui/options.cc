// SPDX-License-Identifier: MIT
#include "ui/options.h"

#include <charconv>
#include <functional>
#include <string_view>

namespace lull::ui {
namespace {

using base::ErrorCode;
using base::Status;

Status wrong(std::string_view option, std::string_view value, const char* expected) {
  return base::fail(ErrorCode::kInvalidArgument,
                    std::string(option) + ": \"" + std::string(value) + "\" is not " + expected);
}

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

Status take_value(Options& options, std::string_view name, std::string_view value) {
  if (name == "--socket") options.socket = value;
  if (name == "--screenshot") options.screenshot = value;
  if (name == "--snapshot") options.snapshot = value;
  if (name == "--theme") {
    if (value != "system" && value != "dark" && value != "light")
      return wrong(name, value, "system, dark or light");
    options.theme = value;
  }
  if (name == "--page") {
    if (value != "overview" && value != "history" && value != "settings")
      return wrong(name, value, "overview, history or settings");
    options.page = value == "history"    ? Page::kHistory
                   : value == "settings" ? Page::kSettings
                                         : Page::kOverview;
  }
  if (name == "--start") {
    if (value != "optimize" && value != "clean" && value != "undo")
      return wrong(name, value, "optimize, clean or undo");
    options.start = value;
  }
  if (name == "--renderer") {
    if (value != "raster" && value != "gl") return wrong(name, value, "raster or gl");
    options.opengl = value == "gl";
  }
  if (name == "--at") {
    options.at = point(value);
    if (!options.at) return wrong(name, value, "X,Y");
  }
  if (name == "--scale") {
    options.scale = number(value);
    if (!options.scale || *options.scale < 0.5 || *options.scale > 4)
      return wrong(name, value, "a number from 0.5 to 4");
  }
  if (name == "--text-scale") {
    options.text_scale = number(value).value_or(0);
    if (options.text_scale < 0.75 || options.text_scale > 2)
      return wrong(name, value, "a number from 0.75 to 2");
  }
  return {};
}

bool takes_value(std::string_view name) {
  for (const std::string_view known :
       {"--socket", "--screenshot", "--snapshot", "--theme", "--at", "--scale", "--text-scale",
        "--renderer", "--page", "--start"})
    if (name == known) return true;
  return false;
}

bool take_flag(Options& options, std::string_view name) {
  if (name == "--help" || name == "-h")
    options.help = true;
  else if (name == "--version")
    options.version = true;
  else if (name == "--window-height")
    options.window_height = true;
  else if (name == "--text")
    options.text = true;
  else
    return false;
  return true;
}

}  // namespace

base::Result<Options> read_options(int argc, const char* const* argv) {
  Options options;
  for (int at = 1; at < argc; ++at) {
    const std::string_view word = argv[at];
    if (take_flag(options, word)) continue;
    const std::string_view name = word.substr(0, word.find('='));
    if (!takes_value(name))
      return base::fail(ErrorCode::kInvalidArgument,
                        "unknown option \"" + std::string(word) + "\"; see lull-popover --help");
    std::string_view value;
    if (name.size() < word.size()) {
      value = word.substr(name.size() + 1);
    } else if (at + 1 < argc) {
      value = argv[++at];
    } else {
      return base::fail(ErrorCode::kInvalidArgument, std::string(name) + " needs a value");
    }
    LULL_TRY(take_value(options, name, value));
  }
  if ((!options.screenshot.empty() || options.text) && options.snapshot.empty())
    return base::fail(ErrorCode::kInvalidArgument,
                      "--screenshot and --text need --snapshot FILE, the state to show");
  return options;
}

const char* usage() {
  return "usage: lull-popover [--at X,Y] [--scale S] [--text-scale S] [--theme system|dark|light]\n"
         "                    [--socket PATH] [--renderer raster|gl]\n"
         "                    [--page overview|history|settings] [--start optimize|clean|undo]\n"
         "       lull-popover --screenshot FILE.png --snapshot FILE.json [--window-height] ...\n"
         "       lull-popover --text --snapshot FILE.json\n"
         "\n"
         "The window of the agent `lull`: shows how the machine is doing. A second start closes\n"
         "the first, or takes its place if it names a page or what to start. Without a display, "
         "--screenshot draws the state in FILE.json (what\n"
         "`lull status --json` prints) and --text says it in words. Frames are drawn on the CPU, "
         "or\n"
         "by OpenGL, which takes more memory and time to start.\n";
}

}  // namespace lull::ui
