// SPDX-License-Identifier: MIT
#include "agent/presence/session_inhibitors.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/presence/logind_values.h"

namespace lull::agent::presence {
namespace {

constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kGnome = "org.gnome.SessionManager";
constexpr const char* kPlasma = "org.kde.Solid.PowerManagement.PolicyAgent";
constexpr const char* kGnomeInhibitor = "org.gnome.SessionManager.Inhibitor";
constexpr std::uint32_t kGnomeIdle = 8;  // of its flags: "inhibit the session being marked as idle"
constexpr std::uint32_t kPlasmaScreen = 4;  // ChangeScreenSettings: the screen shall stay on
constexpr std::size_t kMostNames = 16;
constexpr std::size_t kMostRows = 64;

using PlasmaRow = sdbus::Struct<std::string, std::string>;  // who, why

template <class Value>
std::optional<Value> read(sdbus::Message* reply, const char* signature) {
  if (reply == nullptr || !compat::next_is(*reply, signature)) return std::nullopt;
  Value value{};
  *reply >> value;
  return value;
}

template <class Row>
std::vector<Row> rows_of(sdbus::Message* reply, const char* signature, const char* row) {
  if (reply == nullptr || !compat::next_is(*reply, signature)) return {};
  return compat::read_at_most<Row>(*reply, row, kMostRows).value_or(std::vector<Row>());
}

}  // namespace

const std::array<SessionInhibitors::Kind, 3> SessionInhibitors::kKinds{
    Kind{kGnome, kGnome, "/org/gnome/SessionManager", "IsInhibited", kGnomeIdle, "GetInhibitors",
         &SessionInhibitors::list_gnome},
    Kind{kPlasma, kPlasma, "/org/kde/Solid/PowerManagement/PolicyAgent", "HasInhibition",
         kPlasmaScreen, "ListInhibitions", &SessionInhibitors::list_plasma},
    Kind{"org.freedesktop.PowerManagement", "org.freedesktop.PowerManagement.Inhibit",
         "/org/freedesktop/PowerManagement/Inhibit", "HasInhibit", std::nullopt, "GetInhibitors",
         &SessionInhibitors::list_xfce}};

SessionInhibitors::SessionInhibitors(const base::Clock& clock, std::function<void()> changed,
                                     std::chrono::microseconds patience)
    : clock_(clock), changed_(std::move(changed)), patience_(patience) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) sources_[i].kind = &kKinds[i];
}

model::IdleInhibitors SessionInhibitors::inhibited_by() {
  model::IdleInhibitors all;
  if (!poke_) return all;
  for (Source& source : sources_) {
    if (&source == &xfce() && plasma().word != Word::kAbsent) continue;
    if (source.word == Word::kSilent && !source.asking && clock_.now() >= source.ask_again) {
      ask(source);
      poke_();
    }
    if (source.word == Word::kAsking)
      all.names.push_back("asking " + std::string(source.kind->service));
    if (source.word == Word::kSilent) all.silent.emplace_back(source.kind->service);
    all.names.insert(all.names.end(), source.names.begin(), source.names.end());
  }
  return all;
}

void SessionInhibitors::move_in(sdbus::IConnection& connection) {
  connection_ = &connection;
  bus_ = compat::make_proxy(connection, kBus, "/org/freedesktop/DBus");
  for (Source& source : sources_) {
    const Kind& kind = *source.kind;
    // Any signal of the object: Plasma 6.5 tells by PropertiesChanged what was told by
    // InhibitionsChanged before.
    watches_.push_back(compat::watch(
        connection,
        std::string("type='signal',sender='") + kind.service + "',path='" + kind.path + "'",
        [this, &source](sdbus::Message&) { ask(source); }));
    watches_.push_back(compat::watch_owner(
        connection, kind.service,
        [this, &source](const std::string& owner) { owned_by(source, owner); }));
  }
}

void SessionInhibitors::settle_in(std::function<void()> poke) {
  poke_ = std::move(poke);
  for (Source& source : sources_) find_owner(source);
  poke_();
}

void SessionInhibitors::move_out() {
  const bool was_in = static_cast<bool>(std::exchange(poke_, nullptr));
  watches_.clear();
  inhibitors_.clear();
  for (Source& source : sources_) source = Source{source.kind};
  bus_.reset();
  connection_ = nullptr;
  if (was_in) changed_();
}

void SessionInhibitors::find_owner(Source& source) {
  const auto found = [this, &source](sdbus::Message* reply) {
    // Its coming may have been told meanwhile.
    if (const auto owner = read<std::string>(reply, "s"); owner && source.owner.empty())
      owned_by(source, *owner);
  };
  // That nobody owns it is an error of the bus.
  (void)compat::call(*bus_, kBus, "GetNameOwner", source.kind->service, patience_, found);
}

void SessionInhibitors::owned_by(Source& source, const std::string& owner) {
  // With the proxies goes what they were asked; none of them is in a handler here.
  if (&source == &gnome()) inhibitors_.clear();
  source.proxy.reset();
  source.owner = owner;
  source.asking = source.stale = false;
  if (owner.empty()) return finish(source, Word::kAbsent, {});
  source.proxy = compat::make_proxy(*connection_, owner, source.kind->path);
  source.word = Word::kAsking;
  source.names.clear();
  changed_();
  ask(source);
}

void SessionInhibitors::ask(Source& source) {
  if (!source.proxy) return;
  if (std::exchange(source.asking, true)) {
    source.stale = true;
    return;
  }
  const auto fill = [&source](sdbus::Message& message) {
    if (source.kind->flags) message << *source.kind->flags;
  };
  const auto asked =
      compat::call(*source.proxy, source.kind->interface, source.kind->question, fill, patience_,
                   [this, &source](sdbus::Message* reply) { answered(source, reply); });
  if (!asked) answered(source, nullptr);
}

void SessionInhibitors::answered(Source& source, sdbus::Message* reply) {
  const auto inhibited = read<bool>(reply, "b");
  if (!inhibited) {
    source.ask_again = clock_.now() + kPause;
    return finish(source, Word::kSilent, {});
  }
  if (!*inhibited) return finish(source, Word::kKnown, {});
  list(source);
}

// From here on somebody does, whoever it is.
void SessionInhibitors::list(Source& source) {
  const auto listed = [this, &source](sdbus::Message* reply) {
    (this->*source.kind->listed)(reply);
  };
  const auto asked = compat::call(*source.proxy, source.kind->interface, source.kind->list, nullptr,
                                  patience_, listed);
  if (!asked) listed(nullptr);
}

// Its list does not say which of them are about the screen.
void SessionInhibitors::list_plasma(sdbus::Message* reply) {
  Names names;
  for (const PlasmaRow& row : rows_of<PlasmaRow>(reply, "a(ss)", "(ss)"))
    if (names.size() < kMostNames)
      names.push_back(inhibitor_text(std::get<0>(row), std::get<1>(row)));
  if (names.empty()) names.push_back(inhibitor_text("", ""));
  finish(plasma(), Word::kKnown, std::move(names));
}

void SessionInhibitors::list_xfce(sdbus::Message* reply) {
  Names names;
  for (const std::string& who : rows_of<std::string>(reply, "as", "s"))
    if (names.size() < kMostNames) names.push_back(inhibitor_text(who, ""));
  if (names.empty()) names.push_back(inhibitor_text("", ""));
  finish(xfce(), Word::kKnown, std::move(names));
}

void SessionInhibitors::list_gnome(sdbus::Message* reply) {
  inhibitors_.clear();
  for (const auto& path : rows_of<sdbus::ObjectPath>(reply, "ao", "o"))
    inhibitors_.push_back(compat::make_proxy(*connection_, gnome().owner, path));
  ask_flags(0, {});
}

// Each is an object of its own. One that does not answer may have gone meanwhile: those after it
// are not asked, and if it has gone, a signal begins another round.
void SessionInhibitors::ask_flags(std::size_t at, const Names& names) {
  const auto enough = [this, &names] {
    finish(gnome(), Word::kKnown, names.empty() ? Names{inhibitor_text("", "")} : names);
  };
  if (at == inhibitors_.size() || names.size() == kMostNames) return enough();
  const auto told = [this, at, names](sdbus::Message* reply) {
    const auto flags = read<std::uint32_t>(reply, "u");
    if (!flags) return ask_flags(inhibitors_.size(), names);
    if ((*flags & kGnomeIdle) == 0) return ask_flags(at + 1, names);
    ask_name(at, names);
  };
  if (!compat::call(*inhibitors_[at], kGnomeInhibitor, "GetFlags", nullptr, patience_, told))
    enough();
}

void SessionInhibitors::ask_name(std::size_t at, const Names& names) {
  const auto named = [this, at, names](sdbus::Message* reply) {
    const auto name = read<std::string>(reply, "s");
    Names more = names;
    more.push_back(inhibitor_text(name.value_or(""), ""));
    ask_flags(name ? at + 1 : inhibitors_.size(), more);
  };
  if (!compat::call(*inhibitors_[at], kGnomeInhibitor, "GetAppId", nullptr, patience_, named))
    ask_flags(inhibitors_.size(), names);
}

void SessionInhibitors::finish(Source& source, Word word, Names names) {
  source.asking = false;
  if (std::exchange(source.stale, false)) return ask(source);
  if (word == source.word && names == source.names) return;
  source.word = word;
  source.names = std::move(names);
  changed_();
}

}  // namespace lull::agent::presence
