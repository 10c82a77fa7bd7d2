// SPDX-License-Identifier: MIT
#include "benchmarks/support/bare_desktop.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace lull::benchmarks {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kLook = std::chrono::milliseconds(20);

constexpr const char* kPanel = R"(<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systemload"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray"/>
  </property>
</channel>
)";

std::string installed(const std::string& path) {
  if (::access(path.c_str(), X_OK) != 0) throw std::runtime_error("not installed: " + path);
  return path;
}

std::string first_line(const support::Process& of) {
  const std::string said = of.output_so_far();
  return said.find('\n') == std::string::npos ? "" : said.substr(0, said.find('\n'));
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// proc(5), stat: the fourth field; the second is in parentheses and may hold any character.
pid_t parent_of(const std::filesystem::path& process) {
  const std::string stat = contents(process / "stat");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 4 >= stat.size()) return 0;
  return static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
}

pid_t child_of(pid_t parent, const std::string& with_word) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (parent_of(entry.path()) != parent) continue;
    if (contents(entry.path() / "cmdline").find(with_word) != std::string::npos)
      return static_cast<pid_t>(std::stol(name));
  }
  return 0;
}

}  // namespace

void await(const std::string& what, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("never: " + what);
    std::this_thread::sleep_for(kLook);
  }
}

BareDesktop::BareDesktop(support::Sandbox& user) : user_(user) {
  for (const char* path : {"/usr/bin/gdbus", "/usr/bin/xfce4-panel"}) installed(path);
  running_.push_back(user_.start_program({installed("/usr/bin/Xvfb"), "-displayfd", "1", "-screen",
                                          "0", "1280x900x24", "-nolisten", "tcp", "-noreset",
                                          "-fbdir", user_.temp() / "."}));
  const support::Process& server = *running_.back();
  await("an X server", [&] { return !first_line(server).empty(); });
  user_.set("DISPLAY", ":" + first_line(server));
  running_.push_back(user_.start_program(
      {installed("/usr/bin/dbus-daemon"), "--session", "--nofork", "--print-address=1"}));
  const support::Process& bus = *running_.back();
  await("a session bus", [&] { return !first_line(bus).empty(); });
  user_.set("DBUS_SESSION_BUS_ADDRESS", first_line(bus));
  user_.set("GSETTINGS_BACKEND", "memory");
  user_.set("NO_AT_BRIDGE", "1");
  start_panel();
}

void BareDesktop::start_panel() {
  user_.write(".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", kPanel);
  running_.push_back(user_.start_program({"/usr/bin/xfce4-panel", "--disable-wm-check"}));
  panel_ = running_.back()->pid();
  ask({"/usr/bin/gdbus", "wait", "--session", "--timeout", "30", "org.kde.StatusNotifierWatcher"});
}

std::string BareDesktop::ask(const std::vector<std::string>& command) const {
  return user_.start_program(command)->wait().out;
}

std::string BareDesktop::pixels_file() const { return user_.temp() / "Xvfb_screen0"; }

void BareDesktop::wait_for_item() const {
  const std::string watcher = "org.kde.StatusNotifierWatcher";
  await("the item is in the tray", [&] {
    return ask({"/usr/bin/gdbus", "call", "--session", "--dest", watcher, "--object-path",
                "/StatusNotifierWatcher", "--method", "org.freedesktop.DBus.Properties.Get",
                watcher, "RegisteredStatusNotifierItems"})
               .find("['") != std::string::npos;
  });
}

BareDesktop::Peer BareDesktop::start_peer(const std::string& name, const std::string& path) {
  if (::access(path.c_str(), X_OK) != 0) return {name + " (not installed)"};
  running_.push_back(user_.start_program({path}));
  return {name, running_.back()->pid()};
}

std::vector<BareDesktop::Peer> BareDesktop::start_peers() {
  std::vector<Peer> peers{start_peer("conky", "/usr/bin/conky"),
                          start_peer("tint2", "/usr/bin/tint2")};
  const std::string plugin = "libsystemload";
  try {
    await("systemload", [&] { return child_of(panel_, plugin) != 0; });
    peers.push_back({"xfce4-panel's systemload", child_of(panel_, plugin)});
  } catch (const std::runtime_error&) {
    peers.push_back({"xfce4-panel's systemload (not installed)"});
  }
  return peers;
}

}  // namespace lull::benchmarks
