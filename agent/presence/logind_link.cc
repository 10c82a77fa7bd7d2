// SPDX-License-Identifier: MIT
#include "agent/presence/logind_link.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace lull::agent::presence {
namespace {

constexpr const char* kService = "org.freedesktop.login1";
constexpr const char* kPath = "/org/freedesktop/login1";
constexpr const char* kManager = "org.freedesktop.login1.Manager";
// Of the caller, or of its user's display where the caller is in none (systemd 243 and later).
constexpr const char* kSessionPath = "/org/freedesktop/login1/session/auto";
constexpr const char* kSession = "org.freedesktop.login1.Session";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr auto kPatience = std::chrono::seconds(10);

constexpr std::array<std::string_view, 3> kOurs{"IdleHint", "IdleSinceHintMonotonic",
                                                "BlockInhibited"};

using InhibitorRow =
    sdbus::Struct<std::string, std::string, std::string, std::string, std::uint32_t, std::uint32_t>;

// The value if it is there and of the right type; whatever a service says must not throw here.
template <class Value>
std::optional<Value> get(const std::map<std::string, sdbus::Variant>& values, const char* name) {
  const auto found = values.find(name);
  if (found == values.end() || !found->second.template containsValueOfType<Value>())
    return std::nullopt;
  return found->second.template get<Value>();
}

std::vector<Inhibitor> unpack(const std::vector<InhibitorRow>& rows) {
  std::vector<Inhibitor> inhibitors;
  inhibitors.reserve(rows.size());
  for (const InhibitorRow& row : rows)
    inhibitors.push_back({std::get<0>(row), std::get<1>(row), std::get<2>(row), std::get<3>(row)});
  return inhibitors;
}

}  // namespace

base::Result<std::unique_ptr<LogindLink>> LogindLink::open(Observer observer) {
  return compat::guarded([&] {
    std::unique_ptr<LogindLink> link(new LogindLink(std::move(observer)));
    link->connection_ = sdbus::createSystemBusConnection();
    link->subscribe();
    return link;
  });
}

// Subscribes before anything is asked, so that no change falls between.
void LogindLink::subscribe() {
  manager_ = compat::make_proxy(*connection_, kService, kPath);
  compat::subscribe(*manager_, kProperties, "PropertiesChanged",
                    [this](sdbus::Message& message) { properties_changed(message); });
  compat::subscribe(*manager_, kManager, "PrepareForSleep",
                    [this](sdbus::Message& message) { prepare_for_sleep(message); });
  session_ = compat::make_proxy(*connection_, kService, kSessionPath);
  // A session speaks with its own path, not with the one it was asked by; whichever it is, ours may
  // have changed.
  session_watch_ =
      compat::watch(*connection_,
                    std::string("type='signal',sender='") + kService + "',interface='" +
                        kProperties + "',member='PropertiesChanged',arg0='" + kSession + "'",
                    [this](sdbus::Message&) { ask_locked(); });
  owner_watch_ = compat::watch_owner(*connection_, kService,
                                     [this](const std::string& owner) { owner_changed(owner); });
}

void LogindLink::properties_changed(sdbus::Message& message) {
  std::string interface;
  Values changed;
  std::vector<std::string> invalidated;
  if (!compat::next_is(message, "s")) return;
  message >> interface;
  if (interface != kManager || !compat::next_is(message, "a{sv}")) return;
  message >> changed;
  apply(changed);
  if (!compat::next_is(message, "as")) return;
  message >> invalidated;
  if (std::find_first_of(invalidated.begin(), invalidated.end(), kOurs.begin(), kOurs.end()) !=
      invalidated.end())
    ask();
}

void LogindLink::change(const std::function<void(LogindState&)>& edit) {
  const LogindState before = state_;
  edit(state_);
  if (state_ != before) observer_.state(state_);
}

void LogindLink::prepare_for_sleep(sdbus::Message& message) {
  if (!compat::next_is(message, "b")) return;
  bool begins = false;
  message >> begins;
  change([&](LogindState& state) { state.going_to_sleep = begins; });
}

void LogindLink::ask_locked() {
  if (std::exchange(asking_locked_, true)) {
    locked_stale_ = true;
    return;
  }
  const auto fill = [](sdbus::Message& message) { message << kSession << "LockedHint"; };
  const auto asked = compat::call(*session_, kProperties, "Get", fill, kPatience,
                                  [this](sdbus::Message* reply) { answered_locked(reply); });
  if (!asked) answered_locked(nullptr);
}

// No session, or a logind without sessions: then it is not known, which is no failure.
void LogindLink::answered_locked(sdbus::Message* reply) {
  asking_locked_ = false;
  bool locked = false;
  if (reply != nullptr && compat::next_is(*reply, "vb")) {
    sdbus::Variant value;
    *reply >> value;
    locked = value.get<bool>();
  }
  change([&](LogindState& state) { state.locked = locked; });
  if (std::exchange(locked_stale_, false)) ask_locked();
}

void LogindLink::ask() {
  if (std::exchange(asking_, true)) {
    ask_again_ = true;
    return;
  }
  const auto asked = compat::call(*manager_, kProperties, "GetAll", kManager, kPatience,
                                  [this](sdbus::Message* reply) { answered(reply); });
  if (!asked) answered(nullptr);
}

void LogindLink::answered(sdbus::Message* reply) {
  asking_ = false;
  const bool understood = reply != nullptr && compat::next_is(*reply, "a{sv}");
  if (understood) {
    Values values;
    *reply >> values;
    apply(values);
    observer_.answered();
    ask_locked();
  }
  if (std::exchange(ask_again_, false)) {
    ask();
  } else if (!understood) {
    observer_.silent();
  }
}

void LogindLink::apply(const Values& values) {
  const LogindState before = state_;
  if (const auto sleeping = get<bool>(values, "PreparingForSleep"))
    state_.going_to_sleep = *sleeping;
  if (values.contains("IdleHint")) state_.idle_hint = get<bool>(values, "IdleHint");
  if (values.contains("IdleSinceHintMonotonic"))
    state_.idle_since_us = get<std::uint64_t>(values, "IdleSinceHintMonotonic");
  // Said anew with every inhibitor that comes or goes, so it is news even when it is the same.
  if (values.contains("BlockInhibited")) {
    state_.block_inhibited = get<std::string>(values, "BlockInhibited").value_or("");
    ask_blockers();
  }
  if (state_ != before) observer_.state(state_);
}

void LogindLink::ask_blockers() {
  if (!names_idle(state_.block_inhibited)) {
    blockers_stale_ = asking_blockers_;
    observer_.blockers({});
    return;
  }
  if (asking_blockers_) {
    blockers_stale_ = true;
    return;
  }
  asking_blockers_ = true;
  const auto asked = compat::call(*manager_, kManager, "ListInhibitors", nullptr, kPatience,
                                  [this](sdbus::Message* reply) { answered_blockers(reply); });
  if (!asked) answered_blockers(nullptr);
}

void LogindLink::answered_blockers(sdbus::Message* reply) {
  asking_blockers_ = false;
  if (std::exchange(blockers_stale_, false)) {
    ask_blockers();
    return;
  }
  std::vector<InhibitorRow> rows;
  if (reply != nullptr && compat::next_is(*reply, "a(ssssuu)")) *reply >> rows;
  auto names = idle_blockers(unpack(rows));
  // Somebody does, whoever it is.
  if (names.empty()) names.emplace_back("somebody");
  observer_.blockers(std::move(names));
}

void LogindLink::owner_changed(const std::string& owner) {
  state_ = {};
  observer_.state(state_);
  observer_.blockers({});
  if (!owner.empty()) ask();
}

}  // namespace lull::agent::presence
