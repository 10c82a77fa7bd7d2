// SPDX-License-Identifier: MIT
#include "core/relief/app_gc.h"

#include <algorithm>
#include <cctype>

#include "core/base/count_text.h"
#include "core/relief/app_unit.h"

namespace lull::relief {
namespace {

bool same(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

std::string programs_words(std::size_t count) { return base::count_text(count, "Java program"); }

// Why none of them was asked.
OperationVerdict nobody_asked(const std::vector<platform::JavaProgram>& programs,
                              const std::vector<std::string>& names) {
  if (programs.empty())
    return without_bytes(ReliefOutcome::kNoEffect, "no Java program of yours runs");
  for (const platform::JavaProgram& program : programs) {
    if (!is_named(program, names)) continue;
    if (!program.unfit.empty())
      return without_bytes(ReliefOutcome::kUnavailable,
                           program.name + " cannot be asked: " + program.unfit);
    return without_bytes(ReliefOutcome::kSkipped,
                         program.name + " is in swap: collecting would bring all of it back");
  }
  return without_bytes(ReliefOutcome::kSkipped,
                       programs_words(programs.size()) + " of yours " +
                           (programs.size() == 1 ? "runs" : "run") +
                           ", and none is named in relief.collect: it would stand still for that");
}

}  // namespace

bool is_named(const platform::JavaProgram& program, const std::vector<std::string>& names) {
  const std::string_view name = program.name;
  return std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
    if (wanted.empty()) return false;
    return same(name, wanted) || same(name.substr(name.rfind('.') + 1), wanted) ||
           unit_is_app(program.unit, wanted);
  });
}

bool may_collect(const platform::JavaProgram& program, const std::vector<std::string>& names) {
  return program.unfit.empty() && program.swapped_bytes <= kMostSwapped && is_named(program, names);
}

OperationVerdict app_gc_verdict(const std::vector<platform::JavaProgram>& programs,
                                const std::vector<std::string>& names,
                                const std::vector<Collected>& asked) {
  if (asked.empty()) return nobody_asked(programs, names);
  std::uint64_t bytes = 0;
  std::size_t done = 0;
  std::string error;
  for (const Collected& one : asked) {
    if (!one.error.empty()) {
      error = one.name + ": " + one.error;
      continue;
    }
    ++done;
    bytes += one.before - std::min(one.before, one.after);
  }
  if (done == 0) return without_bytes(ReliefOutcome::kFailed, error);
  const std::string words =
      programs_words(done) + " collected" + (error.empty() ? "" : "; " + error);
  if (bytes < kNoiseBytes)
    return without_bytes(ReliefOutcome::kNoEffect, words + ", and kept what they have");
  return freed(bytes, words);
}

OperationVerdict app_gc_outlook(const std::vector<platform::JavaProgram>& programs,
                                const std::vector<std::string>& names) {
  const auto count = std::count_if(programs.begin(), programs.end(), [&](const auto& program) {
    return may_collect(program, names);
  });
  if (count == 0) return nobody_asked(programs, names);
  return without_bytes(
      ReliefOutcome::kSkipped,
      "would ask " + programs_words(static_cast<std::size_t>(count)) + " to collect");
}

}  // namespace lull::relief
