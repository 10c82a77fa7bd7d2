// SPDX-License-Identifier: MIT
#include "agent/notify/notifier.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace lull::agent::notify {
namespace {

namespace compat = presence::compat;

constexpr const char* kService = "org.freedesktop.Notifications";
constexpr const char* kPath = "/org/freedesktop/Notifications";

using Hints = std::map<std::string, sdbus::Variant>;

std::string rule(const char* signal) {
  return std::string("type='signal',sender='") + kService + "',path='" + kPath + "',interface='" +
         kService + "',member='" + signal + "'";
}

std::string escaped(const std::string& text) {
  std::string markup;
  for (const char letter : text) {
    if (letter == '&') {
      markup += "&amp;";
    } else if (letter == '<') {
      markup += "&lt;";
    } else if (letter == '>') {
      markup += "&gt;";
    } else {
      markup += letter;
    }
  }
  return markup;
}

// The specification's flat list: key, label, key, label.
std::vector<std::string> flat(const std::vector<NoticeAction>& actions) {
  std::vector<std::string> list;
  for (const NoticeAction& one : actions) {
    list.push_back(one.key);
    list.push_back(one.label);
  }
  return list;
}

Hints hints_of(const Notice& notice) {
  constexpr std::uint8_t kNormal = 1, kCritical = 2;
  Hints hints;
  hints["urgency"] = sdbus::Variant(notice.urgent ? kCritical : kNormal);
  hints["desktop-entry"] = sdbus::Variant(std::string("org.lull.Lull"));
  return hints;
}

}  // namespace

Notifier::Notifier(const base::Clock& clock, Hooks hooks, base::Duration patience)
    : clock_(clock),
      hooks_(std::move(hooks)),
      patience_(std::chrono::ceil<std::chrono::microseconds>(patience)) {}

void Notifier::move_in(sdbus::IConnection& connection) {
  server_ = compat::make_proxy(connection, kService, kPath);
  watches_.push_back(compat::watch(connection, rule("NotificationClosed"),
                                   [this](sdbus::Message& message) { closed(message); }));
  watches_.push_back(compat::watch(connection, rule("ActionInvoked"),
                                   [this](sdbus::Message& message) { invoked(message); }));
  // Another desktop knows nothing of what the one before showed.
  watches_.push_back(compat::watch_owner(connection, kService, [this](const std::string& owner) {
    abilities_.reset();
    for (auto& [name, topic] : topics_) topic.id = 0;
    if (!owner.empty() && hooks_.listening) hooks_.listening();
  }));
}

void Notifier::settle_in(std::function<void()> poke) {
  poke_ = std::move(poke);
  if (hooks_.listening) hooks_.listening();
}

void Notifier::move_out() {
  poke_ = nullptr;
  watches_.clear();
  server_.reset();
  asking_ = false;
  abilities_.reset();
  for (auto& [name, topic] : std::exchange(topics_, {})) {
    settle(topic.current, false);
    if (topic.next) settle(*topic.next, false);
  }
}

// What nobody has seen does not count for the gate either.
void Notifier::settle(Wanted& wanted, bool shown) {
  if (!std::exchange(wanted.open, false)) return;
  if (!shown) gate_.withdraw(wanted.notice, wanted.since);
  if (const Answered answered = std::exchange(wanted.answered, nullptr)) answered(shown);
}

bool Notifier::post(Notice notice, Answered answered) {
  const base::SteadyTime now = clock_.now();
  if (!poke_ || !gate_.admit(notice, now)) return false;
  Topic& topic = topics_[notice.topic];
  if (topic.next) settle(*topic.next, false);
  topic.next = Wanted{std::move(notice), now, std::move(answered), true};
  if (!abilities_) {
    ask_abilities();
  } else if (!topic.sending) {
    send(topic, *std::exchange(topic.next, std::nullopt));
  }
  poke_();
  return true;
}

// What waits for the answer is sent when it comes, or dropped with it.
void Notifier::ask_abilities() {
  if (std::exchange(asking_, true)) return;
  const auto answered = [this](sdbus::Message* reply) {
    asking_ = false;
    std::vector<std::string> words;
    const bool understood = reply != nullptr && compat::next_is(*reply, "as");
    if (understood) {
      *reply >> words;
      const auto has = [&](const char* word) {
        return std::find(words.begin(), words.end(), word) != words.end();
      };
      abilities_ = Abilities{has("actions"), has("body-markup")};
    } else {
      spdlog::debug("nobody shows notifications");
    }
    for (auto& [name, topic] : topics_) {
      auto waiting = std::exchange(topic.next, std::nullopt);
      if (!waiting) continue;
      if (understood)
        send(topic, *std::move(waiting));
      else
        settle(*waiting, false);
    }
  };
  if (!compat::call(*server_, kService, "GetCapabilities", nullptr, patience_, answered))
    answered(nullptr);
}

void Notifier::send(Topic& topic, Wanted wanted) {
  topic.sending = true;
  topic.current = std::move(wanted);
  const Notice& now = topic.current.notice;
  const auto fill = [&](sdbus::Message& message) {
    const std::vector<std::string> actions =
        abilities_->actions ? flat(now.actions) : std::vector<std::string>();
    const std::int32_t never = 0, as_usual = -1;
    message << std::string("Lull") << topic.id << std::string() << now.title
            << (abilities_->markup ? escaped(now.body) : now.body) << actions << hints_of(now)
            << (now.urgent ? never : as_usual);
  };
  const auto asked =
      compat::call(*server_, kService, "Notify", fill, patience_,
                   [this, name = now.topic](sdbus::Message* reply) { sent(name, reply); });
  if (asked) return;
  topic.sending = false;
  settle(topic.current, false);
}

void Notifier::sent(const std::string& name, sdbus::Message* reply) {
  Topic& topic = topics_[name];
  topic.sending = false;
  topic.id = 0;
  if (reply != nullptr && compat::next_is(*reply, "u")) *reply >> topic.id;
  settle(topic.current, topic.id != 0);
  auto waiting = std::exchange(topic.next, std::nullopt);
  if (waiting && abilities_) send(topic, *std::move(waiting));
}

Notifier::Topic* Notifier::topic_of(std::uint32_t id) {
  for (auto& [name, topic] : topics_)
    if (id != 0 && topic.id == id) return &topic;
  return nullptr;
}

void Notifier::closed(sdbus::Message& message) {
  std::uint32_t id = 0;
  if (!compat::next_is(message, "u")) return;
  message >> id;
  if (Topic* topic = topic_of(id)) topic->id = 0;
}

// All programs hear of all notices, so most of this is for others; and only what was offered
// counts.
void Notifier::invoked(sdbus::Message& message) {
  std::uint32_t id = 0;
  std::string key;
  if (!compat::next_is(message, "u")) return;
  message >> id;
  if (!compat::next_is(message, "s")) return;
  message >> key;
  const Topic* topic = topic_of(id);
  if (topic == nullptr) return;
  const auto& actions = topic->current.notice.actions;
  if (std::any_of(actions.begin(), actions.end(),
                  [&](const NoticeAction& one) { return one.key == key; }))
    hooks_.chosen(topic->current.notice.topic, key);
}

}  // namespace lull::agent::notify
