// SPDX-License-Identifier: MIT
#include "core/clean/in_use.h"

#include <array>
#include <cerrno>
#include <utility>

#include "core/base/unique_fd.h"
#include "core/clean/system_calls.h"
#include "core/scan/dir_reader.h"
#include "core/scan/peek.h"

namespace lull::clean {
namespace {

constexpr std::array<std::string_view, 3> kCompanions{"-wal", "-shm", "-journal"};

// Nothing if it cannot be told: not a regular file any more, not ours to open, no leases here.
std::optional<bool> is_open_elsewhere(int parent, const char* name, const struct stat& status) {
  struct stat opened {};
  const base::UniqueFd fd = scan::open_to_peek(parent, name, opened);
  if (!fd || opened.st_dev != status.st_dev || opened.st_ino != status.st_ino) return std::nullopt;
  const auto alone = has_sole_reader(fd.get());
  if (!alone) return std::nullopt;
  return !*alone;
}

}  // namespace

FreshUse::FreshUse(UsePicture first, base::SteadyTime taken_at, std::function<UsePicture()> look,
                   const base::Clock& clock)
    : look_(std::move(look)),
      clock_(clock),
      taken_at_(taken_at),
      last_(std::make_shared<const UsePicture>(std::move(first))) {}

std::shared_ptr<const UsePicture> FreshUse::now() {
  const std::lock_guard lock(mutex_);
  if (const base::SteadyTime now = clock_.now(); now - taken_at_ > kFresh) {
    taken_at_ = now;
    last_ = std::make_shared<const UsePicture>(look_());
  }
  return last_;
}

UseAnswer use_in_picture(const struct stat& status, const UsePicture& picture) {
  if (picture.open_files && picture.open_files->contains(status.st_dev, status.st_ino))
    return {Use::kInUse, "a program has it open"};
  if (picture.locks && picture.locks->contains(status.st_dev, status.st_ino))
    return {Use::kInUse, "a program has locked it"};
  if (!picture.open_files) return {Use::kUnknown, "whether a program has it open is not known"};
  if (!picture.locks) return {Use::kUnknown, "whether a program has locked it is not known"};
  return {};
}

UseAnswer use_of(int parent, const char* name, const struct stat& status,
                 const UsePicture& picture) {
  const UseAnswer seen = use_in_picture(status, picture);
  if (seen.use == Use::kInUse || !S_ISREG(status.st_mode)) return seen;
  const auto open = is_open_elsewhere(parent, name, status);
  if (!open) return seen;
  // A lock needs a descriptor: what nobody has open, nobody has locked.
  return *open ? UseAnswer{Use::kInUse, "a program has just opened it"} : UseAnswer{};
}

std::string_view database_of(std::string_view name) {
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (const std::string_view suffix : kCompanions)
      if (name.size() > suffix.size() && name.ends_with(suffix)) {
        name.remove_suffix(suffix.size());
        shorter = true;
      }
  }
  return name;
}

std::vector<std::string> family_of(std::string_view name) {
  std::string_view database = name;
  for (const std::string_view suffix : kCompanions)
    if (database.size() > suffix.size() && database.ends_with(suffix)) {
      database.remove_suffix(suffix.size());
      break;
    }
  std::vector<std::string> others;
  if (database != name) others.emplace_back(database);
  for (const std::string_view suffix : kCompanions)
    if (std::string member = std::string(database).append(suffix); member != name)
      others.push_back(std::move(member));
  return others;
}

UseAnswer use_of_family(int parent, std::string_view name, const UsePicture& picture,
                        const std::function<bool(const std::string& name)>& goes_too) {
  for (const std::string& member : family_of(name)) {
    struct stat status {};
    const int os_error = scan::stat_at(parent, member.c_str(), status);
    if (os_error == ENOENT || os_error == ENAMETOOLONG) continue;
    if (os_error != 0) return {Use::kUnknown, "the database it is a part of cannot be looked at"};
    if (!S_ISREG(status.st_mode)) continue;
    const UseAnswer answer = use_of(parent, member.c_str(), status, picture);
    if (answer.use == Use::kInUse) return {Use::kInUse, "the database it is a part of is in use"};
    if (answer.use == Use::kUnknown)
      return {Use::kUnknown, "whether the database it is a part of is in use is not known"};
    if (goes_too && !goes_too(member))
      return {Use::kInUse, "it is a part of a database of which another file stays"};
  }
  return {};
}

}  // namespace lull::clean
