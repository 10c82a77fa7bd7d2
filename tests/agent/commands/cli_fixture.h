// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/commands/command.h"

namespace lull::commands {

// What one call asked for.
struct RecordedCall {
  std::string method;
  boost::json::value parameters;
  bool to_agent = false;
  bool with_progress = false;
};

class FakeClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return steady; }
  base::WallTime wall_now() const override { return wall; }
  base::SteadyTime steady{};
  base::WallTime wall = *base::parse_rfc3339("2026-11-24T12:00:00Z");
};

// Runs commands against a backend that records and answers from a script; nothing is real but
// files.
class CliTest : public ::testing::Test {
 protected:
  using Object = control::Object;
  using Progress = std::function<void(const Object&)>;
  using Answer = std::function<base::Result<Object>(const Object& parameters, const Progress&,
                                                    const base::CancelToken&)>;

  void SetUp() override;
  void TearDown() override;

  // `lull WORDS…`; its streams are in out() and err() until the next.
  int lull(const std::vector<std::string>& words);
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }
  boost::json::value json() const;  // of the whole standard output

  void answer(const std::string& method, std::string_view document);
  void answer(const std::string& method, const base::Error& error);
  void answer(const std::string& method, Answer answer) { answers_[method] = std::move(answer); }

  std::string write(const std::string& name, std::string_view text);  // returns the path
  std::string read(const std::string& path) const;

  bool agent_runs_ = false;
  bool out_is_terminal_ = false;
  bool err_is_terminal_ = false;
  unsigned width_ = 100;
  std::map<std::string, std::string, std::less<>> variables_;
  base::CancelSource interrupt_;
  FakeClock clock_;
  std::vector<RecordedCall> calls_;
  std::vector<std::string> sockets_;               // that were tried
  std::vector<AgentOptions> agents_;               // that were started
  std::vector<std::vector<std::string>> windows_;  // words given to lull-popover
  std::string window_snapshot_;                    // what its --snapshot held
  int window_code_ = 0;
  std::vector<base::Duration> waits_;
  std::function<void()> on_wait_;
  // What a person types when asked, and what they were asked; nullopt: nobody is there.
  std::optional<std::string> typed_;
  std::vector<std::string> questions_;
  std::streambuf* out_buffer_ = nullptr;  // instead of out()
  std::string root_;                      // a temporary directory; HOME is in it

 private:
  class Recorder;
  std::ostringstream out_;
  std::ostringstream err_;
  std::map<std::string, Answer> answers_;
};

// The same document, whatever the text of its numbers ("1" and "1.0").
std::string normal_json(std::string_view text);

// Documents as the agent gives them.
extern const char* const kStatusDocument;
extern const char* const kStatusWithoutAgent;
extern const char* const kTopDocument;
extern const char* const kSizeDocument;
extern const char* const kScanDocument;
extern const char* const kScanWithItems;
extern const char* const kJobsDocument;
extern const char* const kWhyDocument;
extern const char* const kVerdictDocument;
extern const char* const kHistoryDocument;
extern const char* const kRulesDocument;

}  // namespace lull::commands
