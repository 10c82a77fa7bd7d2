// SPDX-License-Identifier: MIT
#include "core/scan/rule_tables.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "core/scan/glob.h"
#include "core/scan/path_guard.h"
#include "core/scan/rule_pattern.h"
#include "core/scan/rule_reader.h"
#include "core/scan/whole_places.h"

namespace lull::scan {
namespace {

using base::ErrorCode;

constexpr std::size_t kLongestId = 40;
constexpr std::uint32_t kMostVersions = 100;
constexpr base::Duration kYoungestTemporary = std::chrono::hours(24);

constexpr auto kRuleKeys = std::to_array<std::string_view>({"id",
                                                            "title",
                                                            "tier",
                                                            "cost",
                                                            "source",
                                                            "evidence",
                                                            "roots",
                                                            "match",
                                                            "keep",
                                                            "older_than",
                                                            "age_by",
                                                            "min_size",
                                                            "only",
                                                            "file_format",
                                                            "sqlite_family_as_one",
                                                            "by_deletion_date",
                                                            "not_running",
                                                            "not_running_app",
                                                            "lock_files",
                                                            "locks_held",
                                                            "beside",
                                                            "cachedir_tag",
                                                            "newest_stay",
                                                            "finished_beside",
                                                            "not_in_git_index"});
constexpr auto kRuleNeeds =
    std::to_array<std::string_view>({"id", "title", "tier", "cost", "source", "roots"});
constexpr auto kAdviceKeys =
    std::to_array<std::string_view>({"id", "title", "why", "command", "source", "needs_root",
                                     "roots", "not_in", "size", "program"});
constexpr auto kAdviceNeeds =
    std::to_array<std::string_view>({"id", "title", "why", "command", "source"});
constexpr auto kTiers = std::to_array<std::string_view>({"safe", "costly", "review"});
constexpr auto kApps = std::to_array<std::string_view>({"flatpak"});

tl::unexpected<base::Error> wrong(std::string message) {
  return base::fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
}

void read_id(TableReader& reader, std::string& id) {
  reader.text("id", id);
  if (id.empty()) return;
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain || id.size() > kLongestId || id.front() == '-')
    reader.problem("id", "the id " + in_quotes(id) +
                             " may have small letters, digits and hyphens, 40 at most");
}

// Counts the patterns of one rule, and with it those of its file.
class ExpansionCount {
 public:
  explicit ExpansionCount(Expansions& file) : file_(file) {}

  // `parse` fails or gives the patterns that a text stands for. It is not even asked when there are
  // too many already.
  template <class Parse>
  base::Status take(Parse parse) {
    LULL_TRY(fits());
    const auto patterns = parse();
    if (!patterns) return tl::unexpected(patterns.error());
    in_rule_ += patterns->size();
    file_.in_file += patterns->size();
    return fits();
  }

 private:
  base::Status fits() const {
    if (in_rule_ > kMostExpansionsInRule)
      return wrong("the patterns of this rule stand for more than 512 paths");
    if (file_.in_file > kMostExpansionsInFile)
      return wrong("the patterns of this file stand for more than 4096 paths");
    return {};
  }
  Expansions& file_;
  std::size_t in_rule_ = 0;
};

class RuleTable {
 public:
  RuleTable(const toml::table& table, const std::string& file, std::vector<RuleProblem>& problems,
            FileContext& context)
      : reader_(table, file, problems),
        expansions_(context.expansions),
        letter_case_(context.letter_case) {
    rule_.file = file;
  }

  Rule read() {
    reader_.only_keys(kRuleKeys, kRuleNeeds);
    read_words();
    read_kind();
    read_match();
    read_age();
    read_uses();
    reader_.list("roots", rule_.roots, [&](const std::string& root) { return check_root(root); });
    check_match();
    check_together();
    return std::move(rule_);
  }

 private:
  void read_words() {
    read_id(reader_, rule_.id);
    reader_.text("title", rule_.title);
    reader_.text("cost", rule_.cost);
    reader_.text("source", rule_.source);
    reader_.text("evidence", rule_.evidence);
    if (const auto tier = reader_.word("tier", "tier", kTiers))
      rule_.tier = static_cast<model::Tier>(*tier);
  }

  void read_kind() {
    if (const auto only = reader_.word("only", "kind of entry", kOnlyNames))
      rule_.only = static_cast<Only>(*only + 1);
    if (const auto format = reader_.word("file_format", "file format", kFileFormatNames))
      rule_.file_format = static_cast<FileFormat>(*format + 1);
    reader_.flag("sqlite_family_as_one", rule_.sqlite_family_as_one);
    reader_.flag("by_deletion_date", rule_.by_deletion_date);
    reader_.flag("cachedir_tag", rule_.cachedir_tag);
    reader_.flag("not_in_git_index", rule_.not_in_git_index);
    reader_.flag("finished_beside", rule_.finished_beside);
    reader_.count("newest_stay", rule_.newest_stay, kMostVersions);
  }

  void read_match() {
    const auto relative = [this](const std::string& glob) {
      return expansions_.take([&] { return parse_relative_glob(glob); });
    };
    reader_.list("match", rule_.match, relative);
    reader_.list("keep", rule_.keep, relative);
  }

  // A glob that could only find, in every root, what is never touched.
  void check_match() {
    std::vector<AnchoredPattern> roots;
    for (const std::string& root : rule_.roots)
      if (const auto patterns = parse_anchored(root, Width::kAny))
        roots.insert(roots.end(), patterns->begin(), patterns->end());
    for (const std::string& text : rule_.match) {
      const auto globs = parse_relative_glob(text);
      if (!globs || roots.empty()) continue;
      for (const std::string& glob : *globs) {
        const auto forbidden = [&](const AnchoredPattern& root) {
          return !never_reason(root, glob, letter_case_).empty();
        };
        if (std::all_of(roots.begin(), roots.end(), forbidden))
          reader_.problem("match", "'match': " + in_quotes(glob) + " is never touched: " +
                                       never_reason(roots.front(), glob, letter_case_));
      }
    }
  }

  void read_age() {
    reader_.duration("older_than", rule_.older_than);
    reader_.bytes("min_size", rule_.min_size);
    const auto times = reader_.words("age_by", "time", kTimeNames);
    if (times.empty()) return;
    const auto has = [&](std::size_t index) {
      return std::find(times.begin(), times.end(), index) != times.end();
    };
    rule_.age_by = {has(0), has(1), has(2)};
  }

  void read_uses() {
    reader_.list("not_running", rule_.not_running, [](const std::string& name) -> base::Status {
      if (is_plain_name(name)) return {};
      return wrong(in_quotes(name) + " is no name of a program");
    });
    rule_.not_running_flatpak = reader_.word("not_running_app", "kind of app", kApps).has_value();
    reader_.list("lock_files", rule_.lock_files, [this](const std::string& lock) -> base::Status {
      if (lock.starts_with('$')) return check_lock(lock);
      if (is_plain_name(lock)) return {};
      return wrong(in_quotes(lock) + " must be a name beside the root or begin with a variable");
    });
    reader_.list("locks_held", rule_.locks_held,
                 [this](const std::string& lock) { return check_lock(lock); });
    reader_.list("beside", rule_.beside, [](const std::string& name) -> base::Status {
      if (is_plain_name(name) && name.find('\0') == std::string::npos) return {};
      return wrong(in_quotes(name) + " is no name of a file beside the root");
    });
  }

  base::Status check_lock(const std::string& lock) {
    return expansions_.take([&] { return parse_anchored(lock); });
  }

  base::Status check_root(const std::string& root) {
    base::Result<std::vector<AnchoredPattern>> patterns;
    LULL_TRY(expansions_.take([&] { return patterns = parse_anchored(root, Width::kAny); }));
    for (const AnchoredPattern& pattern : *patterns) {
      if (pattern.variable == Variable::kVolumes && !takes_trash())
        return wrong("$VOLUMES is for trash: needs 'by_deletion_date' or 'only'");
      if (rule_.not_running_flatpak && !is_flatpak_place(pattern))
        return wrong(in_quotes(root) + " does not name an app below $HOME/.var/app");
      if (letter_case_ == LetterCase::kIgnored && hides_shared(pattern))
        return wrong(in_quotes(root) +
                     " names a directory of every program's in other letters "
                     "than it has");
      if (auto narrow = check_width(pattern, root); !narrow && !may_be_wide(pattern)) return narrow;
      if (const std::string reason = never_reason(pattern, {}, letter_case_); !reason.empty())
        return wrong(in_quotes(root) + " is never touched: " + reason);
      if (const std::string reason = started_reason(pattern, letter_case_);
          !reason.empty() && !takes_what_is_broken())
        return wrong(in_quotes(root) + " is never touched as a whole: " + reason);
      // A whole home of which only files of some names are meant is another matter.
      if (const std::string reason = whole_place_reason(pattern, letter_case_);
          !reason.empty() && !names_files_only(pattern))
        return wrong(in_quotes(root) + " is never touched as a whole: " + reason);
    }
    return {};
  }

  bool takes_what_is_broken() const {
    return rule_.only == Only::kDeadLinks || rule_.only == Only::kBrokenDesktopFiles;
  }
  bool takes_trash() const { return rule_.by_deletion_date || rule_.only == Only::kTrashOrphans; }
  static bool is_flatpak_place(const AnchoredPattern& pattern) {
    const auto& names = pattern.components;
    return pattern.variable == Variable::kHome && names.size() >= 4 && names[0] == ".var" &&
           names[1] == "app";
  }
  // A whole directory of everybody's things may be a root if something else says what is meant: the
  // names of files directly in it (for $STATE also in any program's directory there); or, for
  // people to look at, the tag that marks a cache, or that it is an older version of another.
  bool may_be_wide(const AnchoredPattern& pattern) const {
    if (names_files_only(pattern))
      return !rule_.match.empty() &&
             std::all_of(rule_.match.begin(), rule_.match.end(), names_some_files);
    return rule_.tier == model::Tier::kReview && (rule_.cachedir_tag || rule_.newest_stay > 0);
  }

  void check_together() {
    if (rule_.by_deletion_date &&
        (!rule_.older_than || reader_.has("match") || reader_.has("keep")))
      reader_.problem("by_deletion_date",
                      "'by_deletion_date' needs 'older_than' and goes with neither 'match' nor "
                      "'keep'");
    if (reader_.has("age_by") && (!rule_.older_than || rule_.by_deletion_date))
      reader_.problem("age_by",
                      "'age_by' needs 'older_than' and does not go with 'by_deletion_date'");
    if (names_temporary() && (!rule_.older_than || *rule_.older_than < kYoungestTemporary))
      reader_.problem(
          "roots",
          "'roots': what is in $TEMP, $VAR_TEMP and $DARWIN_TEMP may be in use: needs 'older_than' "
          "of at least 1 d");
    if (rule_.only != Only::kFiles) check_only();
    if (reader_.has("newest_stay") && !has_versions())
      reader_.problem("newest_stay", "'newest_stay' needs a root with a '*' for the version");
  }

  void check_only() {
    if (rule_.tier != model::Tier::kReview)
      reader_.problem("only",
                      "'only' needs the tier 'review': such entries are for people to judge");
    for (const char* key : {"file_format", "min_size", "by_deletion_date"})
      if (reader_.has(key))
        reader_.problem(key, "'" + std::string(key) + "' does not go with 'only'");
    if (rule_.only == Only::kTrashOrphans && (reader_.has("match") || reader_.has("keep")))
      reader_.problem("only", "'trash-orphans' goes with neither 'match' nor 'keep'");
  }

  bool names_temporary() const {
    return std::any_of(rule_.roots.begin(), rule_.roots.end(), [](const std::string& root) {
      const auto patterns = parse_anchored(root, Width::kAny);
      return patterns && std::any_of(patterns->begin(), patterns->end(), [](const auto& pattern) {
               return pattern.variable == Variable::kTemp ||
                      pattern.variable == Variable::kVarTemp ||
                      pattern.variable == Variable::kDarwinTemp;
             });
    });
  }

  bool has_versions() const {
    return std::any_of(rule_.roots.begin(), rule_.roots.end(), [](const std::string& root) {
      return root.find_first_of("*?[") != std::string::npos;
    });
  }

  TableReader reader_;
  ExpansionCount expansions_;
  const LetterCase letter_case_;
  Rule rule_;
};

}  // namespace

Rule read_rule(const toml::table& table, const std::string& file,
               std::vector<RuleProblem>& problems, FileContext& context) {
  return RuleTable(table, file, problems, context).read();
}

Advice read_advice(const toml::table& table, const std::string& file,
                   std::vector<RuleProblem>& problems, FileContext& context) {
  ExpansionCount count(context.expansions);
  TableReader reader(table, file, problems);
  Advice advice;
  advice.file = file;
  reader.only_keys(kAdviceKeys, kAdviceNeeds);
  read_id(reader, advice.id);
  reader.text("title", advice.title);
  reader.text("why", advice.why);
  reader.text("command", advice.command);
  reader.text("source", advice.source);
  reader.flag("needs_root", advice.needs_root);
  const auto place = [&](const std::string& root) {
    return root.starts_with('$') ? count.take([&] { return parse_anchored(root, Width::kAny); })
                                 : count.take([&] { return parse_absolute_glob(root); });
  };
  reader.list("roots", advice.roots, place);
  reader.list("not_in", advice.not_in, [&](const std::string& directory) -> base::Status {
    if (!has_wildcard(directory)) return place(directory);
    return wrong(in_quotes(directory) + " must be one directory, without a wildcard");
  });
  if (const auto size = reader.word("size", "meaning of the size", kAdviceSizeNames))
    advice.size = static_cast<AdviceSize>(*size);
  reader.text("program", advice.program);
  if (!advice.program.empty() && !is_plain_name(advice.program))
    reader.problem("program", in_quotes(advice.program) + " is no name of a program");
  return advice;
}

}  // namespace lull::scan
