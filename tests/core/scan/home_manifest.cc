// SPDX-License-Identifier: MIT
#include "tests/core/scan/home_manifest.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace lull::scan::testing {
namespace {

constexpr auto kKinds = std::to_array<std::string_view>({"dir", "file", "link", "fifo", "socket"});

std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      bytes += text[at];
      continue;
    }
    unsigned value = 0;
    if (at + 3 > text.size()) return std::nullopt;
    const char* from = text.data() + at + 1;
    if (const auto read = std::from_chars(from, from + 2, value, 16); read.ptr != from + 2)
      return std::nullopt;
    bytes += static_cast<char>(value);
    at += 2;
  }
  return bytes;
}

std::string with_user(std::string path) {
  constexpr std::string_view kUid = "{uid}";
  if (const std::size_t at = path.find(kUid); at != std::string::npos)
    path.replace(at, kUid.size(), std::to_string(::geteuid()));
  return path;
}

// The words of a line, and what is left after some of them.
class Words {
 public:
  explicit Words(std::string_view line) : left_(line) {}
  std::string_view next() {
    const std::size_t from = std::min(left_.find_first_not_of(' '), left_.size());
    const std::size_t to = std::min(left_.find(' ', from), left_.size());
    const std::string_view word = left_.substr(from, to - from);
    left_.remove_prefix(to);
    return word;
  }
  std::string_view rest() {
    left_.remove_prefix(std::min(left_.find_first_not_of(' '), left_.size()));
    return left_;
  }

 private:
  std::string_view left_;
};

template <class Number>
bool number(std::string_view word, Number& value, int base = 10) {
  const auto read = std::from_chars(word.data(), word.data() + word.size(), value, base);
  return !word.empty() && read.ec == std::errc{} && read.ptr == word.data() + word.size();
}

class ManifestReader {
 public:
  explicit ManifestReader(const std::string& name) { manifest_.name = name; }

  base::Result<HomeManifest> read(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
      ++line_;
      if (!line.empty() && !line.starts_with('#') && !one(line)) break;
    }
    if (problem_.empty() && manifest_.origin.empty()) say("does not say where it comes from");
    if (!problem_.empty()) return base::fail(base::ErrorCode::kInvalidArgument, problem_);
    add_parents();
    return std::move(manifest_);
  }

 private:
  bool say(const std::string& what) {
    problem_ = manifest_.name + ".home:" + std::to_string(line_) + ": " + what;
    return false;
  }

  bool one(const std::string& line) {
    if (line.starts_with('[')) return section(line);
    Words words(line);
    if (section_.empty()) return origin(words);
    if (section_ == "home") {
      HomeEntry entry;
      if (!read_entry(words, entry)) return false;
      if (manifest_.entry(entry.path) != nullptr) return say("a second " + entry.path);
      manifest_.entries.push_back(std::move(entry));
      return true;
    }
    Claim& claim = manifest_.claims[claim_];
    if (section_ == "nothing") return circumstance(words, line, claim);
    std::string path;
    if (!read_path(words.next(), path)) return false;
    if (section_ == "goes") {
      claim.goes.push_back(path);
      return words.rest().empty() || say("words after the path");
    }
    claim.stays.push_back({path, std::string(words.rest())});
    return !claim.stays.back().reason.empty() || say("why does it stay?");
  }

  bool section(const std::string& line) {
    if (!line.ends_with(']')) return say("a section without its ']'");
    Words words(std::string_view(line).substr(1, line.size() - 2));
    section_ = words.next();
    const std::string rule(words.next());
    below_.clear();
    if (section_ == "home") return rule.empty() || say("[home] has no name");
    if (section_ != "goes" && section_ != "stays" && section_ != "nothing")
      return say("unknown section " + section_);
    if (rule.empty()) return say("of which rule?");
    const std::string_view place = words.rest();
    if (!place.empty() && section_ != "nothing") return say("words after the rule");
    if (!place.empty() && !read_path(place, below_)) return false;
    const auto known = std::find_if(manifest_.claims.begin(), manifest_.claims.end(),
                                    [&](const Claim& claim) { return claim.rule == rule; });
    claim_ = static_cast<std::size_t>(known - manifest_.claims.begin());
    if (known == manifest_.claims.end()) manifest_.claims.push_back({rule, {}, {}, {}});
    return true;
  }

  bool origin(Words& words) {
    const std::string_view kind = words.next();
    manifest_.recorded = kind == "recorded";
    manifest_.origin = words.rest();
    if (kind != "recorded" && kind != "documented")
      return say("neither 'recorded' nor 'documented'");
    return !manifest_.origin.empty() || say("recorded or documented where?");
  }

  bool read_path(std::string_view word, std::string& path) {
    const auto bytes = unescaped(word);
    if (!bytes || bytes->empty()) return say("no path: " + std::string(word));
    path = with_user(*bytes);
    const std::string top = path.substr(0, path.find('/'));
    return top == "home" || top == "tmp" || top == "vartmp" || top == "volumes" ||
           say("not below home: " + path);
  }

  bool read_entry(Words& words, HomeEntry& entry) {
    const auto kind = std::find(kKinds.begin(), kKinds.end(), words.next());
    if (kind == kKinds.end()) return say("unknown kind of entry");
    entry.kind = static_cast<HomeEntry::Kind>(kind - kKinds.begin());
    if (!number(words.next(), entry.mode, 8)) return say("the mode is not octal");
    if (!number(words.next(), entry.bytes)) return say("the size is no number");
    if (!number(words.next(), entry.days)) return say("the age is no number");
    if (!read_path(words.next(), entry.path)) return false;
    const auto more = unescaped(words.rest());
    if (!more) return say("a stray '%'");
    entry.more = *more;
    return true;
  }

  bool circumstance(Words& words, const std::string& line, Claim& claim) {
    constexpr auto kNames =
        std::to_array<std::string_view>({"runs", "runs-flatpak", "locked", "there"});
    const auto found = std::find(kNames.begin(), kNames.end(), words.next());
    if (found == kNames.end()) return say("unknown circumstance");
    Circumstance one;
    one.kind = static_cast<Circumstance::Kind>(found - kNames.begin());
    one.text = line;
    one.below = below_;
    if (one.kind == Circumstance::Kind::kThere) {
      if (!read_entry(words, one.entry)) return false;
    } else if (one.kind == Circumstance::Kind::kLocked) {
      if (!read_path(words.rest(), one.name)) return false;
    } else {
      one.name = words.rest();
    }
    claim.nothing.push_back(std::move(one));
    return true;
  }

  void add_parents() {
    const int oldest = manifest_.oldest();
    std::map<std::string, HomeEntry> all;
    for (HomeEntry& entry : manifest_.entries) all.emplace(entry.path, std::move(entry));
    std::vector<std::string> paths;
    for (const auto& [path, entry] : all) paths.push_back(path);
    for (const std::string& path : paths)
      for (std::size_t slash = path.find('/'); slash != std::string::npos;
           slash = path.find('/', slash + 1)) {
        const std::string parent = path.substr(0, slash);
        all.emplace(parent, HomeEntry{HomeEntry::Kind::kDirectory, 0755, 0, oldest, parent, {}});
      }
    manifest_.entries.clear();
    for (auto& [path, entry] : all) manifest_.entries.push_back(std::move(entry));
  }

  HomeManifest manifest_;
  std::string section_, below_, problem_;
  std::size_t claim_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

const Claim* HomeManifest::claim(std::string_view rule) const {
  const auto found =
      std::find_if(claims.begin(), claims.end(), [&](const Claim& c) { return c.rule == rule; });
  return found == claims.end() ? nullptr : &*found;
}

const HomeEntry* HomeManifest::entry(std::string_view path) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const HomeEntry& e) { return e.path == path; });
  return found == entries.end() ? nullptr : &*found;
}

base::Result<std::vector<std::string>> HomeManifest::expand(const std::string& line) const {
  std::vector<std::string> paths;
  const bool below = line.ends_with("/**");
  const std::string base = below ? line.substr(0, line.size() - 2) : line;
  for (const HomeEntry& entry : entries)
    if (below ? entry.path.starts_with(base) : entry.path == line) paths.push_back(entry.path);
  if (paths.empty())
    return base::fail(base::ErrorCode::kInvalidArgument, name + ".home: nothing is " + line);
  return paths;
}

int HomeManifest::oldest() const {
  int days = 0;
  for (const HomeEntry& entry : entries) days = std::max(days, entry.days);
  return days;
}

base::Result<HomeManifest> parse_home(std::string_view text, const std::string& name) {
  return ManifestReader(name).read(text);
}

std::vector<HomeManifest> all_homes() {
  std::vector<HomeManifest> homes;
  for (const auto& file : std::filesystem::directory_iterator(LULL_HOMES_DIR)) {
    if (file.path().extension() != ".home") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    auto home = parse_home(text.str(), file.path().stem().string());
    if (!home) throw std::runtime_error(home.error().to_string());
    homes.push_back(*std::move(home));
  }
  std::sort(homes.begin(), homes.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return homes;
}

}  // namespace lull::scan::testing
