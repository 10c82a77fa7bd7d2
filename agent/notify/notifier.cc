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
constexpr auto kPatience = std::chrono::seconds(25);

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

Notifier::Notifier(const base::Clock& clock,
                   std::function<void(const std::string&, const std::string&)> chosen)
    : clock_(clock), chosen_(std::move(chosen)) {}

void Notifier::move_in(sdbus::IConnection& connection) {
  server_ = compat::make_proxy(connection, kService, kPath);
  watches_.push_back(compat::watch(connection, rule("NotificationClosed"),
                                   [this](sdbus::Message& message) { closed(message); }));
  watches_.push_back(compat::watch(connection, rule("ActionInvoked"),
                                   [this](sdbus::Message& message) { invoked(message); }));
  // Another desktop knows nothing of what the one before showed.
  watches_.push_back(compat::watch_owner(connection, kService, [this](const std::string&) {
    abilities_.reset();
    for (auto& [name, topic] : topics_) topic.id = 0;
  }));
}

void Notifier::move_out() {
  poke_ = nullptr;
  watches_.clear();
  server_.reset();
  asking_ = false;
  abilities_.reset();
  topics_.clear();
}

bool Notifier::post(Notice notice) {
  if (!poke_ || !gate_.admit(notice, clock_.now())) return false;
  Topic& topic = topics_[notice.topic];
  topic.next = std::move(notice);
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
      if (understood && waiting) send(topic, *std::move(waiting));
    }
  };
  if (!compat::call(*server_, kService, "GetCapabilities", nullptr, kPatience, answered))
    answered(nullptr);
}

void Notifier::send(Topic& topic, Notice notice) {
  topic.sending = true;
  topic.notice = std::move(notice);
  const Notice& now = topic.notice;
  const auto fill = [&](sdbus::Message& message) {
    const std::vector<std::string> actions =
        abilities_->actions ? flat(now.actions) : std::vector<std::string>();
    const std::int32_t never = 0, as_usual = -1;
    message << std::string("Lull") << topic.id << std::string() << now.title
            << (abilities_->markup ? escaped(now.body) : now.body) << actions << hints_of(now)
            << (now.urgent ? never : as_usual);
  };
  const auto asked =
      compat::call(*server_, kService, "Notify", fill, kPatience,
                   [this, name = now.topic](sdbus::Message* reply) { sent(name, reply); });
  if (!asked) topic.sending = false;
}

void Notifier::sent(const std::string& name, sdbus::Message* reply) {
  Topic& topic = topics_[name];
  topic.sending = false;
  topic.id = 0;
  if (reply != nullptr && compat::next_is(*reply, "u")) *reply >> topic.id;
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
  const auto& actions = topic->notice.actions;
  if (std::any_of(actions.begin(), actions.end(),
                  [&](const NoticeAction& one) { return one.key == key; }))
    chosen_(topic->notice.topic, key);
}

}  // namespace lull::agent::notify
