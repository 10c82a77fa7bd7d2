// SPDX-License-Identifier: MIT
#include "core/scan/whole_places.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/scan/glob.h"

namespace lull::scan {
namespace {

struct WholePlace {
  std::string_view path;      // below the home directory; braces and globs
  std::size_t levels;         // so many names further down are still too much
  std::string_view reason;    // what would be lost
  std::string_view unless{};  // such a name at its end, without a wildcard, is another matter
};

constexpr std::string_view kProfile = "the profile of a browser";
constexpr std::string_view kMail = "mail and its accounts";
constexpr std::string_view kWine = "programs and documents of Windows programs";
constexpr std::string_view kAppData = "data and settings of an app";
constexpr std::string_view kGames = "games and their saved states";
constexpr std::string_view kChats = "messages and keys of a chat program";

// Each profile lies one level below the directory of them all.
constexpr auto kPlaces = std::to_array<WholePlace>({
    {".mozilla/firefox", 1, kProfile},
    {".config/mozilla/firefox", 1, kProfile},
    {"snap/firefox/common/.mozilla/firefox", 1, kProfile},
    {".var/app/org.mozilla.firefox/{.mozilla/firefox,config/mozilla/firefox}", 1, kProfile},
    {".{librewolf,waterfox,floorp,zen,tor-browser}", 1, kProfile},
    {"Library/Application Support/{Firefox,LibreWolf}/Profiles", 1, kProfile},
    {".config/{chromium,google-chrome*,microsoft-edge*,vivaldi*}/{Default,Profile *,Guest Profile}",
     0, kProfile},
    {".config/BraveSoftware/Brave-Browser*/{Default,Profile *,Guest Profile}", 0, kProfile},
    {"snap/chromium/common/chromium/{Default,Profile *,Guest Profile}", 0, kProfile},
    {"Library/Application Support/{Google/Chrome*,Chromium,BraveSoftware/*,Microsoft "
     "Edge*,Vivaldi*,"
     "Arc/User Data}/{Default,Profile *,Guest Profile}",
     0, kProfile},
    {".thunderbird", 1, kMail},
    {"snap/thunderbird/common/.thunderbird", 1, kMail},
    {".var/app/org.mozilla.Thunderbird/.thunderbird", 1, kMail},
    {"Library/Thunderbird", 2, kMail},
    {".wine/drive_c/users", 1, kWine},
    {".wine/drive_c/windows", 0, kWine},
    {".wine/drive_c/{Program Files,Program Files (x86),ProgramData}", 1, kWine},
    {".local/share/Steam", 0, kGames},
    {".local/share/Steam/steamapps", 0, kGames},
    {".steam/steam", 1, kGames},
    {".config/{Signal,Signal Beta,Element,discord,Slack,obsidian}", 0, kChats},
    {".local/share/{lutris,bottles,heroic}", 0, kGames},
    {".config/{lutris,heroic}", 0, kGames},
    {".var/app/*/{data,config,.local,.local/share,.local/state}", 0, kAppData},
    {"snap/*/{common,current}", 0, kAppData},
    // Where the system itself puts the reports of crashes of all.
    {"Library/Application Support/*", 0, kAppData, "CrashReporter"},
});

// Could both globs stand for one name?
bool may_meet(const std::string& a, std::string_view b) {
  return name_matches(a, b) || name_matches(b, a);
}

// A line of the table, one for each thing its braces stand for.
struct ReadyPlace {
  std::vector<std::string> names;
  std::string unless;
  const WholePlace* place;
};

std::vector<ReadyPlace> make_ready(LetterCase letter_case) {
  std::vector<ReadyPlace> all;
  for (const WholePlace& place : kPlaces) {
    std::vector<std::string> spelled;
    expand_braces(in_case(place.path, letter_case), spelled);
    for (const std::string& one : spelled) {
      ReadyPlace& ready =
          all.emplace_back(ReadyPlace{{}, in_case(place.unless, letter_case), &place});
      for (const std::string_view name : split_path(one)) ready.names.emplace_back(name);
    }
  }
  return all;
}

// Asked for every root of every rule.
const std::vector<ReadyPlace>& ready_places(LetterCase letter_case) {
  if (letter_case == LetterCase::kIgnored) {
    static const std::vector<ReadyPlace> folded = make_ready(LetterCase::kIgnored);
    return folded;
  }
  static const std::vector<ReadyPlace> exact = make_ready(LetterCase::kCounts);
  return exact;
}

bool is_or_holds(const std::vector<std::string>& names, const ReadyPlace& ready) {
  if (names.size() > ready.names.size() + ready.place->levels) return false;
  if (names.size() == ready.names.size() && names.back() == ready.unless) return false;
  const std::size_t common = std::min(names.size(), ready.names.size());
  return std::equal(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(common),
                    ready.names.begin(), may_meet);
}

}  // namespace

std::string whole_place_reason(const AnchoredPattern& pattern, LetterCase letter_case) {
  auto names = names_below_home(pattern);
  for (std::string& name : names) name = in_case(name, letter_case);
  if (names.empty()) return {};
  for (const ReadyPlace& ready : ready_places(letter_case))
    if (is_or_holds(names, ready)) return std::string(ready.place->reason);
  return {};
}

std::string started_reason(const AnchoredPattern& pattern, LetterCase letter_case) {
  constexpr auto kStarted = std::to_array<std::string_view>(
      {".config/autostart", ".local/share/applications", ".local/bin", ".config/systemd"});
  auto names = names_below_home(pattern);
  for (std::string& name : names) name = in_case(name, letter_case);
  const auto is_in = [&](std::string_view started) {
    const std::string spelled = in_case(started, letter_case);
    const auto parts = split_path(spelled);
    return names.size() >= parts.size() &&
           std::equal(
               parts.begin(), parts.end(), names.begin(),
               [](std::string_view part, const std::string& name) { return may_meet(name, part); });
  };
  return std::any_of(kStarted.begin(), kStarted.end(), is_in) ? "what is started from there" : "";
}

}  // namespace lull::scan
