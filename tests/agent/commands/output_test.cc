// SPDX-License-Identifier: MIT
// Where output ends: readers that go away, disks that are full, terminals and pipes.
#include <cerrno>
#include <streambuf>

#include "agent/commands/json_text.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Refuses to write, with an errno.
class BrokenBuffer final : public std::streambuf {
 public:
  explicit BrokenBuffer(int error) : error_(error) {}

 protected:
  int_type overflow(int_type) override {
    errno = error_;
    return traits_type::eof();
  }
  std::streamsize xsputn(const char*, std::streamsize) override {
    errno = error_;
    return 0;
  }

 private:
  const int error_;
};

TEST_F(CliTest, a_reader_that_goes_away_ends_it_quietly) {
  BrokenBuffer broken(EPIPE);
  out_buffer_ = &broken;
  answer("Scan", kScanDocument);
  EXPECT_EQ(lull({"scan"}), 0);
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(CliTest, a_watch_whose_reader_goes_away_ends) {
  BrokenBuffer broken(EPIPE);
  out_buffer_ = &broken;
  answer("GetSnapshot", kStatusDocument);
  EXPECT_EQ(lull({"status", "--watch"}), 0);
  EXPECT_THAT(waits_, IsEmpty());
  EXPECT_EQ(calls_.size(), 1u);
}

TEST_F(CliTest, output_that_cannot_be_written_is_a_failure) {
  BrokenBuffer broken(ENOSPC);
  out_buffer_ = &broken;
  answer("Scan", kScanDocument);
  EXPECT_EQ(lull({"scan"}), 1);
  EXPECT_THAT(err(), HasSubstr("the output cannot be written: No space left on device"));
  EXPECT_EQ(lull({"--version"}), 1);
}

TEST_F(CliTest, colours_are_for_terminals_only) {
  answer("Scan", kScanDocument);
  (void)lull({"scan"});
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
  out_is_terminal_ = true;
  (void)lull({"scan"});
  EXPECT_THAT(out(), HasSubstr("\x1b[32m"));
  variables_["NO_COLOR"] = "1";
  (void)lull({"scan"});
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
  variables_["NO_COLOR"] = "";
  (void)lull({"scan"});
  EXPECT_THAT(out(), HasSubstr("\x1b")) << "an empty NO_COLOR says nothing (no-color.org)";
  variables_["TERM"] = "dumb";
  (void)lull({"scan"});
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
}

TEST_F(CliTest, json_has_no_colours_on_a_terminal_either) {
  out_is_terminal_ = true;
  answer("Scan", kScanDocument);
  (void)lull({"scan", "--json"});
  EXPECT_THAT(out(), Not(HasSubstr("\x1b")));
  EXPECT_EQ(normal_json(out()), normal_json(kScanDocument));
}

TEST_F(CliTest, json_is_the_document_of_the_agent) {
  answer("GetSnapshot", kStatusDocument);
  answer("Top", kTopDocument);
  answer("Jobs", kJobsDocument);
  answer("History", kHistoryDocument);
  answer("Why", kWhyDocument);
  (void)lull({"status", "--json"});
  EXPECT_EQ(normal_json(out()), normal_json(kStatusDocument));
  (void)lull({"top", "--json"});
  EXPECT_EQ(normal_json(out()), to_json(boost::json::parse(kTopDocument).at("processes")));
  (void)lull({"jobs", "--json"});
  EXPECT_EQ(normal_json(out()), to_json(boost::json::parse(kJobsDocument).at("jobs")));
  (void)lull({"history", "--json"});
  EXPECT_EQ(normal_json(out()), to_json(boost::json::parse(kHistoryDocument).at("history")));
  (void)lull({"why", "scan", "--json"});
  EXPECT_EQ(normal_json(out()), normal_json(kWhyDocument));
}

TEST_F(CliTest, a_level_without_stalls_is_said_to_be_the_systems) {
  answer("GetSnapshot", R"({"version": "0.1.0", "disks": [], "memory": {
      "total_bytes": 100, "available_bytes": 20, "used_bytes": 80, "pressure": {
      "level": "warning", "some_avg10": null, "some_avg60": null, "full_avg10": null}}})");
  EXPECT_EQ(lull({"status"}), 0);
  EXPECT_NE(out().find("warning, as the system judges it"), std::string::npos) << out();
  EXPECT_EQ(out().find("stalled"), std::string::npos) << out();
}

TEST_F(CliTest, nothing_done_yet_is_said_in_words) {
  answer("History", R"({"history": []})");
  EXPECT_EQ(lull({"history"}), 0);
  EXPECT_EQ(out(), "Nothing was done yet.\n");
  EXPECT_EQ(lull({"history", "--json"}), 0);
  EXPECT_EQ(out(), "[]\n");
}

}  // namespace
}  // namespace lull::commands
