// SPDX-License-Identifier: MIT
#include "core/scan/rule_loader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/keyed_hash.h"
#include "core/base/unique_fd.h"
#include "core/scan/builtin_rule_files.h"
#include "core/scan/dir_reader.h"
#include "core/scan/peek.h"

namespace lull::scan {
namespace {

constexpr std::size_t kLargestFile = 256 * 1024;
constexpr std::size_t kMostFiles = 500;
const base::KeyedHash kFingerprint{1, 2};  // the same in every process

// Why nobody else can have written it, or what is wrong.
const char* fault_of(const struct stat& status, uid_t owner) {
  if (status.st_uid != owner) return "not owned by you";
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return "others may write it: chmod go-w makes it count";
  return nullptr;
}

const char* fault_of_file(const struct stat& status, uid_t owner) {
  if (S_ISLNK(status.st_mode)) return "is a symbolic link: only files themselves are read";
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (static_cast<std::uintmax_t>(status.st_size) > kLargestFile) return "larger than 256 KiB";
  return fault_of(status, owner);
}

std::vector<std::string> rule_files_in(int directory) {
  std::vector<std::string> names;
  alignas(std::uint64_t) std::array<std::byte, 8192> buffer;
  DirReader reader(directory, {});
  for (ssize_t got = reader.fill(buffer); got > 0; got = reader.fill(buffer)) {
    std::span<const std::byte> filled(buffer.data(), static_cast<std::size_t>(got));
    for (DirEntry entry; next_entry(filled, entry);) {
      const std::string_view name(entry.name);
      if (name.ends_with(".toml") && !name.starts_with('.')) names.emplace_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Loader {
 public:
  explicit Loader(const RuleSet& builtin)
      : builtin_rules_(builtin.rules().size()),
        builtin_advice_(builtin.advice().size()),
        rules_(builtin.rules()),
        advice_(builtin.advice()) {
    for (const Rule& rule : rules_) known_.emplace(rule.id, rule.file);
    for (const Advice& advice : advice_) known_.emplace(advice.id, advice.file);
  }

  // Without the file of this name.
  void add_directory(const std::string& path, uid_t owner, std::string_view left_out = {}) {
    OpenManner manner;
    const int opened = open_directory_at(AT_FDCWD, path.c_str(), manner);
    if (opened == -ENOENT || opened == -ENOTDIR) return;
    const base::UniqueFd directory(opened);
    struct stat status {};
    if (opened < 0) return problem(path, std::strerror(-opened));
    if (::fstat(opened, &status) != 0) return problem(path, std::strerror(errno));
    if (const char* fault = fault_of(status, owner)) return problem(path, fault);
    const auto names = rule_files_in(opened);
    if (names.size() > kMostFiles) return problem(path, "more than 500 files");
    for (const std::string& name : names)
      if (name != left_out) add_file(opened, name, path + "/" + name, owner);
  }

  // Ids of the file that others have.
  void refuse_known(ParsedRuleFile& parsed, const std::string& path) const {
    for (const IdPlace& place : parsed.ids)
      if (const auto known = known_.find(place.id); known != known_.end())
        parsed.problems.push_back({path, place.line, place.column,
                                   "the id '" + place.id + "' is taken by " + known->second});
  }

  LoadedRules take() {
    return {RuleSet(std::move(rules_), std::move(advice_)), std::move(problems_), fingerprint_,
            builtin_rules_, builtin_advice_};
  }

 private:
  void problem(const std::string& file, const std::string& message) {
    problems_.push_back({file, 1, 1, message});
  }

  void add_file(int directory, const std::string& name, const std::string& path, uid_t owner) {
    struct stat status {};
    if (const int failed = stat_at(directory, name.c_str(), status); failed != 0)
      return problem(path, std::strerror(failed));
    if (const char* fault = fault_of_file(status, owner)) return problem(path, fault);
    // What is read is what was looked at: opened without following a link, and asked again.
    const auto text = peek_text(directory, name.c_str(), kLargestFile);
    if (!text) return problem(path, "cannot be read");
    ParsedRuleFile parsed = parse_rule_file(*text, path);
    if (parsed.problems.empty() && parsed.platform && *parsed.platform != this_platform()) return;
    refuse_known(parsed, path);
    if (!parsed.problems.empty()) {
      problems_.insert(problems_.end(), parsed.problems.begin(), parsed.problems.end());
      return;
    }
    add_to_fingerprint(path, *text);
    take_from(parsed.rules, rules_);
    take_from(parsed.advice, advice_);
  }

  void add_to_fingerprint(const std::string& path, const std::string& text) {
    std::string all = std::to_string(fingerprint_);
    for (const std::string* part : {&path, &text}) all.append(1, '\0').append(*part);
    fingerprint_ = kFingerprint(all);
  }

  template <class Value>
  void take_from(std::vector<Value>& from, std::vector<Value>& to) {
    for (Value& value : from) {
      known_.emplace(value.id, value.file);
      to.push_back(std::move(value));
    }
  }

  const std::size_t builtin_rules_, builtin_advice_;
  std::vector<Rule> rules_;
  std::vector<Advice> advice_;
  std::vector<RuleProblem> problems_;
  std::map<std::string, std::string, std::less<>> known_;  // id and its file
  std::uint64_t fingerprint_ = 0;
};

// What load_rules() says of the file before it reads it, if it lies in the directory.
const char* fault_in_place(const std::string& file, const std::string& directory, uid_t owner) {
  const std::size_t slash = file.rfind('/');
  const std::string above = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  struct stat status {
  }, here{}, there{};
  const bool is_there = ::stat(above.c_str(), &here) == 0 &&
                        ::stat(directory.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
                        here.st_ino == there.st_ino;
  if (!is_there || ::lstat(file.c_str(), &status) != 0) return nullptr;
  return fault_of_file(status, owner);
}

}  // namespace

RuleSet LoadedRules::builtin() const {
  const auto first = [](const auto& all, std::size_t count) {
    return std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
  };
  return RuleSet(first(rules.rules(), builtin_rules), first(rules.advice(), builtin_advice));
}

base::Result<LoadedRules> load_rules(const std::string& directory, uid_t owner) {
  const auto builtin = builtin_rules();
  if (!builtin) return tl::unexpected(builtin.error());
  return load_rules(*builtin, directory, owner);
}

LoadedRules load_rules(const RuleSet& builtin, const std::string& directory, uid_t owner) {
  Loader loader(builtin);
  if (!directory.empty()) loader.add_directory(directory, owner);
  return loader.take();
}

ParsedRuleFile check_rule_file(std::string_view text, const std::string& file,
                               const std::string& directory, uid_t owner) {
  ParsedRuleFile parsed = parse_rule_file(text, file);
  if (const char* fault = fault_in_place(file, directory, owner))
    parsed.problems.insert(parsed.problems.begin(), {file, 1, 1, fault});
  auto builtin = builtin_rules();
  if (!builtin || parsed.platform.value_or(this_platform()) != this_platform()) return parsed;
  Loader loader(*std::move(builtin));
  if (!directory.empty())
    loader.add_directory(directory, owner, std::string_view(file).substr(file.rfind('/') + 1));
  loader.refuse_known(parsed, file);
  std::stable_sort(parsed.problems.begin(), parsed.problems.end(),
                   [](const RuleProblem& a, const RuleProblem& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  return parsed;
}

base::Result<std::string> read_rule_file(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return base::fail_errno(errno, file);
  if (!S_ISREG(status.st_mode))
    return base::fail(base::ErrorCode::kInvalidArgument, "is not a regular file", file);
  if (static_cast<std::uintmax_t>(status.st_size) > kLargestFile)
    return base::fail(base::ErrorCode::kInvalidArgument, "larger than 256 KiB: no rule file", file);
  const base::UniqueFd opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!opened) return base::fail_errno(errno, file);
  auto text = read_text(opened.get(), kLargestFile);
  if (!text) return base::fail(base::ErrorCode::kIo, "cannot be read", file);
  return *std::move(text);
}

std::string rules_directory(const std::string& config_home) {
  return config_home + "/lull/rules.d";
}

}  // namespace lull::scan
