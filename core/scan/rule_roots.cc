// SPDX-License-Identifier: MIT
#include "core/scan/rule_roots.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/scan/cachedir_tag.h"
#include "core/scan/dir_reader.h"
#include "core/scan/git_index.h"
#include "core/scan/glob.h"
#include "core/scan/versions.h"

namespace lull::scan {
namespace {

// The names in an open directory that match `pattern`, in order.
std::vector<std::string> matching_names(int directory, const std::string& pattern,
                                        const std::string& path, ErrorList& errors,
                                        bool* complete = nullptr) {
  std::vector<std::string> names;
  OpenManner manner;
  const base::UniqueFd fd(open_directory_at(directory, ".", manner));
  if (fd.get() < 0) {
    errors.add(path, -fd.get());
    if (complete != nullptr) *complete = false;
    return names;
  }
  alignas(std::uint64_t) std::array<std::byte, 8192> buffer;
  DirReader reader(fd.get(), {});
  ssize_t got = 0;
  while ((got = reader.fill(buffer)) > 0) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);) {
      const std::string_view name = entry.name;
      if (name != "." && name != ".." && name_matches(pattern, name)) names.emplace_back(name);
    }
  }
  if (got < 0 && complete != nullptr) *complete = false;
  std::sort(names.begin(), names.end());
  return names;
}

// "$VOLUMES/.Trash-$UID" for user 1000 is ".Trash-1000".
std::vector<std::string> components_for(const AnchoredPattern& pattern, uid_t owner) {
  std::vector<std::string> components = pattern.components;
  if (pattern.variable != Variable::kVolumes) return components;
  for (std::string& component : components)
    if (const std::size_t at = component.find(kUidWord); at != std::string::npos)
      component.replace(at, kUidWord.size(), std::to_string(owner));
  return components;
}

std::vector<AnchoredPattern> patterns_of(const std::vector<std::string>& texts) {
  std::vector<AnchoredPattern> all;
  for (const std::string& text : texts) {
    if (!text.starts_with('$')) continue;
    const auto patterns = parse_anchored(text, Width::kAny);
    if (patterns) all.insert(all.end(), patterns->begin(), patterns->end());
  }
  return all;
}

class RootFinder {
 public:
  RootFinder(const Rule& rule, const Variables& variables, const PathGuard& never, uid_t owner,
             const RootProbes* probes, ErrorList& errors)
      : rule_(rule),
        variables_(variables),
        never_(never),
        owner_(owner),
        probes_(probes),
        errors_(errors) {}

  RuleRoots find() {
    for (const AnchoredPattern& pattern : patterns_of(rule_.roots)) find(pattern);
    if (rule_.newest_stay > 0) keep_newest();
    const Fate all = found_.empty() || probes_ == nullptr ? Fate::kGoes : fate_of_all();
    for (Found& found : found_)
      if (all != Fate::kGoes) found.root.stays = all;
    return take();
  }

 private:
  struct Place {
    base::UniqueFd directory;
    std::string path, spelled;
    // Where the last wildcard stood: its directory, the name it stands for, what came behind it.
    std::string version_parent, version;
    std::string behind;
  };
  struct Found {
    RuleRoot root;
    std::string version_parent, version, behind;
  };

  RuleRoots take() {
    for (Found& found : found_) result_.roots.push_back(std::move(found.root));
    const auto by_path = [](const RuleRoot& a, const RuleRoot& b) { return a.path < b.path; };
    std::sort(result_.roots.begin(), result_.roots.end(), by_path);
    return std::move(result_);
  }

  void refuse(std::string path, std::string reason) {
    result_.refused.push_back({std::move(path), std::move(reason)});
  }

  static bool open_base(const Variables::Value& value, Place& base) {
    base.path = value.real;
    base.spelled = value.spelled;
    if (base.path.empty()) return false;
    base.directory.reset(open_step_at(AT_FDCWD, base.path.c_str()));
    return base.directory.get() >= 0;
  }

  void find(const AnchoredPattern& pattern) {
    pattern_ = &pattern;
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
    if (std::none_of(result_.refused.begin(), result_.refused.end(), known)) refuse(name, refusal);
  }

  void find_below(const Variables::Value& value, const AnchoredPattern& pattern) {
    Place base;
    if (!open_base(value, base)) return;
    base_length_ = base.path.size();
    const auto components = components_for(pattern, owner_);
    if (components.empty())
      accept(base, nullptr, true);
    else
      descend(base, components);
  }

  void descend(const Place& at, std::span<const std::string> components) {
    const std::string& pattern = components.front();
    const bool guessed = has_wildcard(pattern);
    const auto names = guessed ? matching_names(at.directory.get(), pattern, at.path, errors_)
                               : std::vector<std::string>{pattern};
    for (const std::string& name : names) {
      Place next;
      if (!step(at, name, guessed, next)) continue;
      next.version_parent = guessed ? at.path : at.version_parent;
      next.version = guessed ? name : at.version;
      next.behind = guessed ? std::string() : at.behind + "/" + name;
      if (components.size() == 1)
        accept(next, &at, false);
      else
        descend(next, components.subspan(1));
    }
  }

  // One name down, if it is a directory and no link.
  bool step(const Place& at, const std::string& name, bool guessed, Place& next) {
    struct stat status {};
    next.path = at.path + "/" + name;
    next.spelled = at.spelled + "/" + name;
    if (variables_.mounts().is_at(next.path)) {
      refuse(next.path, "is a file system that may not answer");
      return false;
    }
    const int failed = stat_at(at.directory.get(), name.c_str(), status);
    if (failed == ENOENT || failed == ENOTDIR) return false;
    if (failed != 0) {
      errors_.add(next.path, failed);
      return false;
    }
    if (S_ISLNK(status.st_mode)) {
      refuse(next.path, "is a symbolic link");
      return false;
    }
    if (!S_ISDIR(status.st_mode)) {
      if (!guessed) refuse(next.path, "is not a directory");
      return false;
    }
    // The specification: without the sticky bit anybody may exchange what is in it.
    if (pattern_->variable == Variable::kVolumes && name == ".Trash" &&
        (status.st_mode & S_ISVTX) == 0) {
      refuse(next.path, "is not sticky");
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
    if (!counts(place, above)) return;
    // $TEMP itself may be everybody's: Variables has looked at it.
    if (!is_variable && status.st_uid != owner_) return refuse(place.path, "not owned by you");
    for (const std::string& path : {place.path, place.spelled})
      if (const std::string* reason = never_.cover(path))
        return refuse(place.path, "never touched: " + *reason);
    if (!known_.emplace(status.st_dev, status.st_ino).second) return;
    OpenManner manner;
    base::UniqueFd readable(open_directory_at(place.directory.get(), ".", manner));
    if (readable.get() < 0) return errors_.add(place.path, -readable.get());
    RuleRoot root{std::move(readable), place.path, place.spelled, status.st_dev, status.st_ino};
    root.stays = fate_of(place, above);
    if (probes_ != nullptr && is_temporary(pattern_->variable)) note_locks(root, is_variable);
    root.files_only = !rule_.cachedir_tag && names_files_only(*pattern_);
    root.tagged = rule_.cachedir_tag;
    found_.push_back({std::move(root), place.version_parent, place.version, place.behind});
  }

  // Is it what the rule means at all?
  bool counts(const Place& place, const Place* above) const {
    if (rule_.cachedir_tag && !has_cachedir_tag(place.directory.get())) return false;
    if (rule_.beside.empty()) return true;
    return above != nullptr &&
           std::any_of(rule_.beside.begin(), rule_.beside.end(), [&](const std::string& name) {
             struct stat status {};
             return stat_at(above->directory.get(), name.c_str(), status) == 0 &&
                    S_ISREG(status.st_mode);
           });
  }

  Fate fate_of(const Place& place, const Place* above) {
    if (probes_ == nullptr) return Fate::kGoes;
    if (above != nullptr)
      if (const Fate fate = fate_by_lock_beside(*above); fate != Fate::kGoes) return fate;
    if (rule_.not_running_flatpak)
      if (const Fate fate = fate_by_app(place); fate != Fate::kGoes) return fate;
    if (!rule_.not_in_git_index) return Fate::kGoes;
    const Tracking tracking = find_tracking(place.path);
    if (tracking == Tracking::kUnknown) return Fate::kTrackingUnknown;
    return tracking == Tracking::kTracked ? Fate::kTracked : Fate::kGoes;
  }

  // $HOME/.var/app/ID/…, of this home and no other ".var" above it.
  Fate fate_by_app(const Place& place) const {
    const auto names = split_path(std::string_view(place.path).substr(base_length_));
    const bool is_app = names.size() > 2 && names[0] == ".var" && names[1] == "app";
    if (!probes_->flatpak_running || !is_app) return Fate::kAppUnknown;
    const Running running = probes_->flatpak_running(std::string(names[2]));
    if (running == Running::kUnknown) return Fate::kAppUnknown;
    return running == Running::kYes ? Fate::kAppRunning : Fate::kGoes;
  }

  static bool is_temporary(Variable variable) {
    return variable == Variable::kTemp || variable == Variable::kVarTemp;
  }

  // Whoever works in a temporary directory may have no file of it open, and a lock instead.
  void note_locks(RuleRoot& root, bool is_variable) const {
    const auto& locks = probes_->held_locks();
    if (!locks) return note(root.stays, Fate::kLockUnknown);
    if (locks->contains(root.device, root.inode)) return note(root.stays, Fate::kLocked);
    if (!locks->may_be_on(root.device)) return;
    auto names = locked_names(root, *locks);
    if (!names) return note(root.stays, Fate::kLockUnknown);
    if (is_variable) {
      root.locked = *std::move(names);
      return;
    }
    for (const auto& [name, fate] : *names) note(root.stays, fate);
  }

  std::optional<LockedNames> locked_names(const RuleRoot& root, const HeldLocks& locks) const {
    const auto search = [&] {
      return find_locked_names(root.directory.get(), root.path, locks,
                               probes_->walk == nullptr ? WalkOptions{} : *probes_->walk);
    };
    if (probes_->searched == nullptr) return search();
    const auto [known, is_new] = probes_->searched->try_emplace({root.device, root.inode});
    if (is_new) known->second = search();
    return known->second;
  }

  // Of the roots that differ only in the number behind the same name, the greatest stay.
  void keep_newest() {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<Found*>> groups;
    for (Found& found : found_)
      groups[{found.version_parent, std::string(without_version(found.version)), found.behind}]
          .push_back(&found);
    for (auto& [key, group] : groups) {
      std::sort(group.begin(), group.end(), [](const Found* a, const Found* b) {
        return natural_less(b->version, a->version);
      });
      for (std::size_t i = 0; i < group.size() && i < rule_.newest_stay; ++i)
        group[i]->root.stays = Fate::kNewest;
    }
  }

  Fate fate_of_all() {
    Fate fate = Fate::kGoes;
    for (const AnchoredPattern& pattern : patterns_of(rule_.lock_files))
      note(fate, find_lock(pattern, [](int, const char*) { return Fate::kLocked; }));
    for (const AnchoredPattern& pattern : patterns_of(rule_.locks_held))
      note(fate, find_lock(pattern, [this](int directory, const char* name) {
             return fate_by_lock(directory, name);
           }));
    return fate;
  }

  // What is locked is so whatever else cannot be told.
  static void note(Fate& fate, Fate another) {
    if (another == Fate::kLocked || (another != Fate::kGoes && fate == Fate::kGoes)) fate = another;
  }

  Fate fate_by_lock(int directory, const char* name) const {
    const auto& locks = probes_->held_locks();
    struct stat status {};
    if (!locks || ::fstatat(directory, name, &status, 0) != 0) return Fate::kLockUnknown;
    return locks->contains(status.st_dev, status.st_ino) ? Fate::kLocked : Fate::kGoes;
  }

  Fate fate_by_lock_beside(const Place& above) {
    Fate fate = Fate::kGoes;
    for (const std::string& name : rule_.lock_files) {
      if (name.starts_with('$')) continue;
      bool complete = true;
      const bool found =
          !matching_names(above.directory.get(), name, above.path, errors_, &complete).empty();
      if (found || !complete) note(fate, found ? Fate::kLocked : Fate::kLockUnknown);
    }
    return fate;
  }

  static bool is_absent(int os_error) { return os_error == ENOENT || os_error == ENOTDIR; }

  // What `see` says of the files that the pattern names; unknown where one cannot be looked for.
  template <class See>
  Fate find_lock(const AnchoredPattern& pattern, See see) {
    Fate fate = Fate::kGoes;
    for (const Variables::Value& value : variables_.values(pattern.variable)) {
      Place base;
      const bool can_look = value.refusal.empty() && !pattern.components.empty();
      if (can_look && open_base(value, base))
        note(fate, lock_below(base, pattern.components, see));
      else if (!can_look || (!base.path.empty() && !is_absent(-base.directory.get())))
        note(fate, Fate::kLockUnknown);
    }
    return fate;
  }

  template <class See>
  Fate lock_below(const Place& at, std::span<const std::string> components, See& see) {
    const std::string& pattern = components.front();
    bool complete = true;
    const auto names = has_wildcard(pattern) ? matching_names(at.directory.get(), pattern, at.path,
                                                              errors_, &complete)
                                             : std::vector<std::string>{pattern};
    Fate fate = complete ? Fate::kGoes : Fate::kLockUnknown;
    for (const std::string& name : names)
      note(fate, components.size() == 1 ? lock_at(at, name, see)
                                        : lock_behind(at, name, components.subspan(1), see));
    return fate;
  }

  // Firefox's lock is a link to nowhere: what counts is that the name exists.
  template <class See>
  static Fate lock_at(const Place& at, const std::string& name, See& see) {
    struct stat status {};
    const int failed = stat_at(at.directory.get(), name.c_str(), status);
    if (is_absent(failed)) return Fate::kGoes;
    return failed == 0 ? see(at.directory.get(), name.c_str()) : Fate::kLockUnknown;
  }

  // Links on the way to a lock are followed: they can only add a reason to stay.
  template <class See>
  Fate lock_behind(const Place& at, const std::string& name,
                   std::span<const std::string> components, See& see) {
    Place next;
    next.directory.reset(
        ::openat(at.directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!next.directory) return is_absent(errno) ? Fate::kGoes : Fate::kLockUnknown;
    next.path = at.path + "/" + name;
    return lock_below(next, components, see);
  }

  const Rule& rule_;
  const Variables& variables_;
  const PathGuard& never_;
  const uid_t owner_;
  const RootProbes* const probes_;
  ErrorList& errors_;
  const AnchoredPattern* pattern_ = nullptr;
  std::size_t base_length_ = 0;  // of the path that the value of the pattern's variable has
  std::set<std::pair<dev_t, ino_t>> known_;
  std::vector<Found> found_;
  RuleRoots result_;
};

}  // namespace

RuleRoots open_rule_roots(const Rule& rule, const Variables& variables, const PathGuard& never,
                          uid_t owner, const RootProbes* probes, ErrorList& errors) {
  return RootFinder(rule, variables, never, owner, probes, errors).find();
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
