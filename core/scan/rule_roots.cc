// SPDX-License-Identifier: MIT
#include "core/scan/rule_roots.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/dir_reader.h"
#include "core/scan/glob.h"

namespace lull::scan {
namespace {

struct Place {
  base::UniqueFd directory;
  std::string path, spelled;
};

// The names in an open directory that match `pattern`, in order.
std::vector<std::string> matching_names(int directory, const std::string& pattern,
                                        const std::string& path, ErrorList& errors) {
  std::vector<std::string> names;
  OpenManner manner;
  const base::UniqueFd fd(open_directory_at(directory, ".", manner));
  if (fd.get() < 0) {
    errors.add(path, -fd.get());
    return names;
  }
  alignas(std::uint64_t) std::array<std::byte, 8192> buffer;
  DirReader reader(fd.get(), {});
  for (ssize_t got = reader.fill(buffer); got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);) {
      const std::string_view name = entry.name;
      if (name != "." && name != ".." && name_matches(pattern, name)) names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class RootFinder {
 public:
  RootFinder(const Variables& variables, const PathGuard& never, uid_t owner, ErrorList& errors)
      : variables_(variables), never_(never), owner_(owner), errors_(errors) {}

  void find(const Rule& rule) {
    locks_ = &rule.lock_files;
    for (const std::string& text : rule.roots) {
      const auto patterns = parse_anchored(text);
      if (!patterns) continue;  // a rule that was not parsed; its roots mean nothing
      for (const AnchoredPattern& pattern : *patterns) find(pattern);
    }
  }
  // Does anything exist at one of the rule's "$VAR/…" lock files?
  bool any_lock(const Rule& rule) {
    for (const std::string& text : rule.lock_files) {
      if (!text.starts_with('$')) continue;
      const auto patterns = parse_anchored(text);
      if (!patterns) return true;
      for (const AnchoredPattern& pattern : *patterns)
        if (lock_exists(pattern)) return true;
    }
    return false;
  }
  RuleRoots take() {
    const auto by_path = [](const RuleRoot& a, const RuleRoot& b) { return a.path < b.path; };
    std::sort(found_.roots.begin(), found_.roots.end(), by_path);
    return std::move(found_);
  }

 private:
  void refuse(const Place& place, std::string_view name, const std::string& reason) {
    found_.refused.push_back({place.path + "/" + std::string(name), reason});
  }

  static bool open_base(const Variables::Value& value, Place& base) {
    base.path = value.real;
    base.spelled = value.spelled;
    if (base.path.empty()) return false;
    base.directory.reset(open_step_at(AT_FDCWD, base.path.c_str()));
    return base.directory.get() >= 0;
  }

  void find(const AnchoredPattern& pattern) {
    for (const Variables::Value& value : variables_.values(pattern.variable)) {
      if (value.refusal.empty())
        find_below(value, pattern);
      else
        refuse_variable(pattern.variable, value.refusal);
    }
  }

  void refuse_variable(Variable variable, const std::string& refusal) {
    if (variable == Variable::kVolumes) return;  // the volume of the home directory, for example
    const std::string name = "$" + std::string(kVariableNames[static_cast<std::size_t>(variable)]);
    const auto known = [&](const RefusedRoot& one) { return one.path == name; };
    if (std::none_of(found_.refused.begin(), found_.refused.end(), known))
      found_.refused.push_back({name, refusal});
  }

  void find_below(const Variables::Value& value, const AnchoredPattern& pattern) {
    Place base;
    if (!open_base(value, base)) return;
    if (pattern.components.empty())
      accept(base, nullptr, true);
    else
      descend(base, pattern.components);
  }

  void descend(const Place& at, std::span<const std::string> components) {
    const std::string& pattern = components.front();
    const auto names = has_wildcard(pattern)
                           ? matching_names(at.directory.get(), pattern, at.path, errors_)
                           : std::vector<std::string>{pattern};
    for (const std::string& name : names) {
      Place next;
      if (!step(at, name, has_wildcard(pattern), next)) continue;
      if (components.size() == 1)
        accept(next, &at, false);
      else
        descend(next, components.subspan(1));
    }
  }

  // One name down, if it is a directory and no link.
  bool step(const Place& at, const std::string& name, bool guessed, Place& next) {
    struct stat status {};
    const int failed = stat_at(at.directory.get(), name.c_str(), status);
    if (failed == ENOENT || failed == ENOTDIR) return false;
    next.path = at.path + "/" + name;
    next.spelled = at.spelled + "/" + name;
    if (failed != 0) {
      errors_.add(next.path, failed);
      return false;
    }
    if (S_ISLNK(status.st_mode)) {
      refuse(at, name, "is a symbolic link");
      return false;
    }
    if (!S_ISDIR(status.st_mode)) {
      if (!guessed) refuse(at, name, "is not a directory");
      return false;
    }
    next.directory.reset(open_step_at(at.directory.get(), name.c_str()));
    if (next.directory.get() < 0) errors_.add(next.path, -next.directory.get());
    return next.directory.get() >= 0;
  }

  // The last checks of a root: whose it is, what it is called, and that it is met once.
  void accept(const Place& place, const Place* above, bool is_variable) {
    struct stat status {};
    if (::fstat(place.directory.get(), &status) != 0) return errors_.add(place.path, errno);
    // $TEMP itself may be everybody's: Variables has looked at it.
    if (!is_variable && status.st_uid != owner_)
      return found_.refused.push_back({place.path, "not owned by you"});
    for (const std::string& path : {place.path, place.spelled})
      if (const std::string* reason = never_.cover(path))
        return found_.refused.push_back({place.path, "never touched: " + *reason});
    if (!known_.emplace(status.st_dev, status.st_ino).second) return;
    OpenManner manner;
    base::UniqueFd readable(open_directory_at(place.directory.get(), ".", manner));
    if (readable.get() < 0) return errors_.add(place.path, -readable.get());
    found_.roots.push_back({std::move(readable), place.path, place.spelled, status.st_dev,
                            status.st_ino, above != nullptr && lock_beside(*above)});
  }

  bool lock_beside(const Place& above) {
    for (const std::string& name : *locks_)
      if (!name.starts_with('$') &&
          !matching_names(above.directory.get(), name, above.path, errors_).empty())
        return true;
    return false;
  }

  // Firefox's lock is a link to nowhere: what counts is that the name exists.
  bool lock_exists(const AnchoredPattern& pattern) {
    const auto& values = variables_.values(pattern.variable);
    return std::any_of(values.begin(), values.end(), [&](const Variables::Value& value) {
      Place base;
      return !pattern.components.empty() && open_base(value, base) &&
             lock_below(base, pattern.components);
    });
  }

  bool lock_below(const Place& at, std::span<const std::string> components) {
    const std::string& pattern = components.front();
    const auto names = has_wildcard(pattern)
                           ? matching_names(at.directory.get(), pattern, at.path, errors_)
                           : std::vector<std::string>{pattern};
    for (const std::string& name : names) {
      struct stat status {};
      if (components.size() == 1) {
        if (stat_at(at.directory.get(), name.c_str(), status) != ENOENT) return true;
        continue;
      }
      // Links on the way to a lock are followed: they can only add a reason to stay.
      Place next{base::UniqueFd(::openat(at.directory.get(), name.c_str(),
                                         O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
                 at.path + "/" + name, at.spelled + "/" + name};
      if (next.directory && lock_below(next, components.subspan(1))) return true;
    }
    return false;
  }

  const Variables& variables_;
  const PathGuard& never_;
  const uid_t owner_;
  ErrorList& errors_;
  const std::vector<std::string>* locks_ = nullptr;
  std::set<std::pair<dev_t, ino_t>> known_;
  RuleRoots found_;
};

}  // namespace

RuleRoots open_rule_roots(const Rule& rule, const Variables& variables, const PathGuard& never,
                          uid_t owner, ErrorList& errors) {
  RootFinder finder(variables, never, owner, errors);
  finder.find(rule);
  const bool locked = finder.any_lock(rule);
  RuleRoots roots = finder.take();
  if (locked)
    for (RuleRoot& root : roots.roots) root.locked = true;
  return roots;
}

std::vector<std::pair<dev_t, ino_t>> ancestors_of(const std::string& path) {
  std::vector<std::pair<dev_t, ino_t>> above;
  for (std::size_t slash = 0; slash != std::string::npos; slash = path.find('/', slash + 1)) {
    struct stat status {};
    const std::string part = slash == 0 ? "/" : path.substr(0, slash);
    if (::lstat(part.c_str(), &status) == 0) above.emplace_back(status.st_dev, status.st_ino);
  }
  return above;
}

}  // namespace lull::scan
