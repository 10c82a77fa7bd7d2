// SPDX-License-Identifier: MIT
#include "core/scan/glob_set.h"

#include <algorithm>

#include "core/scan/glob.h"

namespace lull::scan {

const GlobSet::State GlobSet::kNowhere;

GlobSet::Part GlobSet::compiled(std::string_view component) {
  if (component == "**") return {Kind::kDeep, {}, kNone};
  const auto plain = [](std::string_view text) { return !has_wildcard(text); };
  if (plain(component)) return {Kind::kLiteral, std::string(component), kNone};
  if (component == "*") return {Kind::kAny, {}, kNone};
  if (component.back() == '*' && plain(component.substr(0, component.size() - 1)))
    return {Kind::kPrefix, std::string(component.substr(0, component.size() - 1)), kNone};
  if (component.front() == '*' && plain(component.substr(1)))
    return {Kind::kSuffix, std::string(component.substr(1)), kNone};
  return {Kind::kGlob, std::string(component), kNone};
}

void GlobSet::add(std::string_view pattern) {
  const std::uint32_t label = labels_++;
  const auto first = static_cast<std::uint32_t>(parts_.size());
  for (const std::string_view component : split_path(pattern)) {
    const bool repeated = component == "**" && parts_.size() > first &&
                          parts_.back().kind == Kind::kDeep;  // "**/**" says no more than "**"
    if (!repeated) parts_.push_back(compiled(component));
  }
  const auto end = static_cast<std::uint32_t>(parts_.size());
  parts_.push_back({});
  if (end == first) return;  // matches nothing that has a name
  // A pattern may end behind its last part, and behind what only "**" follows.
  parts_[end - 1].label = label;
  if (parts_[end - 1].kind == Kind::kDeep && end - 1 > first) parts_[end - 2].label = label;
  if (parts_[first].kind != Kind::kDeep) return enter(first, begin_);
  // "**/x": "x" is looked for everywhere. "**" alone matches everything.
  const std::uint32_t waits = end - first == 1 ? first : first + 1;
  wait_always(waits);
}

void GlobSet::wait_always(std::uint32_t at) {
  const Part& part = parts_[at];
  const auto put = [at](std::vector<State>& states, char byte) {
    if (states.empty()) states.resize(256);
    states[static_cast<unsigned char>(byte)].push_back(at);
  };
  always_.push_back(at);
  if (part.kind == Kind::kLiteral)
    always_literal_[bucket_of(part.text)].push_back(at);
  else if (part.kind == Kind::kPrefix)
    put(always_prefix_, part.text.front());
  else if (part.kind == Kind::kSuffix)
    put(always_suffix_, part.text.back());
  else
    always_other_.push_back(at);
}

bool GlobSet::accepts(const Part& part, std::string_view name) const {
  switch (part.kind) {
    case Kind::kLiteral:
      return name == part.text;
    case Kind::kPrefix:
      return name.starts_with(part.text);
    case Kind::kSuffix:
      return name.ends_with(part.text);
    case Kind::kAny:
    case Kind::kDeep:
      return true;
    case Kind::kGlob:
      return name_matches(part.text, name);
    case Kind::kEnd:
      break;
  }
  return false;
}

// "**" also stands for no name at all: what follows it waits as well.
void GlobSet::enter(std::uint32_t at, State& state) const {
  if (parts_[at].kind == Kind::kEnd) return;
  if (std::find(state.begin(), state.end(), at) == state.end()) state.push_back(at);
  if (parts_[at].kind == Kind::kDeep) enter(at + 1, state);
}

void GlobSet::advance(std::uint32_t at, std::string_view name, State& next) const {
  if (parts_[at].kind == Kind::kDeep)
    enter(at, next);
  else if (accepts(parts_[at], name))
    enter(at + 1, next);
}

GlobSet::State GlobSet::descend(const State& state, std::string_view name) const {
  State next;
  for (const std::uint32_t at : state) advance(at, name, next);
  for (const State* waiting : always_by_byte(name))
    for (const std::uint32_t at : *waiting) advance(at, name, next);
  for (const std::uint32_t at : always_literal_[bucket_of(name)]) advance(at, name, next);
  return next;
}

GlobSet::State GlobSet::descend_path(std::string_view path) const {
  State state = begin_;
  for (const std::string_view name : split_path(path)) state = descend(state, name);
  return state;
}

}  // namespace lull::scan
