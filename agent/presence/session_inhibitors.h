// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/presence/sdbus_compat.h"
#include "agent/presence/session_bus.h"
#include "core/base/clock.h"
#include "core/model/system.h"

namespace lull::agent::presence {

// Who keeps the session from counting as idle, as desktops know it that do not pass it on to
// logind: the session managers of GNOME's family (org.gnome.SessionManager: MATE, Cinnamon,
// Budgie), Plasma's power management (org.kde.Solid.PowerManagement.PolicyAgent), and where neither
// has a say xfce4-power-manager (org.freedesktop.PowerManagement.Inhibit). What programs ask of the
// portal or of org.freedesktop.ScreenSaver ends there on these desktops; those two take inhibitors,
// but have no question for them.
//
// Xfce's does not tell a film from a download: it holds the machine awake for both, and for both
// the session does not count as idle. Plasma owns the same name, but means only sleep by it: there
// it is not asked.
//
// Told by their signals; asked when one comes, and never started by being asked: questions go to
// the owner of the name, not to the name. One that does not answer, or makes no sense, is silent:
// whether it has an inhibitor is unknown; it is asked again with the next question, at most every
// five minutes.
//
// A guest of the session bus. Engine thread. Without a bus or such a desktop there are none.
class SessionInhibitors final : public BusGuest {
 public:
  static constexpr auto kPatience = std::chrono::seconds(10);  // with one that does not answer
  static constexpr base::Duration kPause = std::chrono::minutes(5);  // until it is asked again

  // `changed` is called when inhibited_by() may have changed, from within the handling of messages:
  // must not wait.
  SessionInhibitors(const base::Clock& clock, std::function<void()> changed,
                    std::chrono::microseconds patience = kPatience);

  // At most 16 names of each desktop; "asking org.gnome.SessionManager" until the first answer.
  model::IdleInhibitors inhibited_by();

  void move_in(sdbus::IConnection& connection) override;
  void settle_in(std::function<void()> poke) override;
  void move_out() override;
  void stay_away() override {}

 private:
  using Names = std::vector<std::string>;
  // What differs between desktops.
  struct Kind {
    const char* service;
    const char* interface;
    const char* path;
    const char* question;  // with these flags: is there one?
    std::optional<std::uint32_t> flags;
    const char* list;
    void (SessionInhibitors::*listed)(sdbus::Message* reply);
  };
  enum class Word { kAbsent, kAsking, kKnown, kSilent };
  // One round of questions after the other; a change meanwhile begins another.
  struct Source {
    const Kind* kind = nullptr;
    std::string owner = {};  // its name on this bus; empty: nobody is there
    std::unique_ptr<sdbus::IProxy> proxy = nullptr;
    Word word = Word::kAbsent;
    Names names = {};
    bool asking = false, stale = false;
    base::SteadyTime ask_again = base::SteadyTime::max();
  };
  static const std::array<Kind, 3> kKinds;
  Source& gnome() { return sources_[0]; }
  Source& plasma() { return sources_[1]; }
  Source& xfce() { return sources_[2]; }

  void find_owner(Source& source);
  void owned_by(Source& source, const std::string& owner);
  void ask(Source& source);
  void answered(Source& source, sdbus::Message* reply);
  void list(Source& source);
  void list_gnome(sdbus::Message* reply);
  void list_plasma(sdbus::Message* reply);
  void list_xfce(sdbus::Message* reply);
  void ask_flags(std::size_t at, const Names& names);
  void ask_name(std::size_t at, const Names& names);
  void finish(Source& source, Word word, Names names);

  const base::Clock& clock_;
  const std::function<void()> changed_;
  const std::chrono::microseconds patience_;
  sdbus::IConnection* connection_ = nullptr;
  std::function<void()> poke_;  // set while it has settled in
  std::unique_ptr<sdbus::IProxy> bus_;
  std::array<Source, 3> sources_;
  // GNOME's, as they were last listed: whoever is asked is in its own handler when the next is.
  std::vector<std::unique_ptr<sdbus::IProxy>> inhibitors_;
  std::vector<sdbus::Slot> watches_;
};

}  // namespace lull::agent::presence
