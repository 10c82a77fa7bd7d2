// SPDX-License-Identifier: MIT
#include "core/scan/rule_print.h"

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "core/base/keyed_hash.h"

namespace lull::scan {
namespace {

// Every part with its length before it, so that no two rules have the same text.
class Text {
 public:
  void add(std::string_view part) {
    all_.append(std::to_string(part.size())).append(1, ':').append(part);
  }
  void add(std::int64_t number) { add(std::string_view(std::to_string(number))); }
  void add(const std::vector<std::string>& parts) {
    add(static_cast<std::int64_t>(parts.size()));
    for (const std::string& part : parts) add(std::string_view(part));
  }
  const std::string& all() const { return all_; }

 private:
  std::string all_;
};

}  // namespace

std::string rule_print(const Rule& rule) {
  Text text;
  text.add(std::string_view(rule.id));
  text.add(static_cast<std::int64_t>(rule.tier));
  for (const auto* list : {&rule.roots, &rule.match, &rule.keep, &rule.not_running,
                           &rule.lock_files, &rule.locks_held, &rule.beside})
    text.add(*list);
  text.add(rule.older_than ? std::int64_t{rule.older_than->count()} : std::int64_t{-1});
  text.add(static_cast<std::int64_t>(rule.min_size));
  text.add(static_cast<std::int64_t>(rule.file_format));
  text.add(static_cast<std::int64_t>(rule.only));
  text.add(static_cast<std::int64_t>(rule.newest_stay));
  for (const bool flag :
       {rule.age_by.mtime, rule.age_by.ctime, rule.age_by.atime, rule.sqlite_family_as_one,
        rule.by_deletion_date, rule.not_running_flatpak, rule.cachedir_tag, rule.finished_beside,
        rule.not_in_git_index})
    text.add(std::int64_t{flag});
  char print[17];
  std::snprintf(print, sizeof print, "%016llx",
                static_cast<unsigned long long>(base::KeyedHash(5, 6)(text.all())));
  return print;
}

}  // namespace lull::scan
