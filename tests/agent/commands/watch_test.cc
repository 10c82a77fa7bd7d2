// SPDX-License-Identifier: MIT
#include <algorithm>

#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Watch : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    answer("GetSnapshot", kStatusDocument);
    agent_runs_ = true;
    // Ctrl-C in the third pause.
    on_wait_ = [this] {
      if (waits_.size() == 3) interrupt_.cancel(base::CancelReason::kUser);
    };
  }
  std::size_t lines() const {
    const std::string text = out();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
};

TEST_F(Watch, prints_a_line_each_time_into_a_pipe) {
  EXPECT_EQ(lull({"status", "--watch"}), 130);
  EXPECT_EQ(lines(), 3u);
  EXPECT_THAT(waits_, Each(base::Duration(2s)));
  EXPECT_THAT(out(), StartsWith("memory 57 %, pressure warning, cpu 12 %"));
}

TEST_F(Watch, takes_its_interval_with_or_without_an_equals_sign) {
  EXPECT_EQ(lull({"status", "--watch=0.5"}), 130);
  EXPECT_THAT(waits_, Each(base::Duration(500ms)));
  waits_.clear();
  interrupt_ = base::CancelSource();
  EXPECT_EQ(lull({"status", "-w", "7", "--json"}), 130);
  EXPECT_THAT(waits_, Each(base::Duration(7s)));
}

TEST_F(Watch, prints_a_document_per_line_with_json) {
  EXPECT_EQ(lull({"status", "--watch", "--json"}), 130);
  EXPECT_EQ(lines(), 3u);
  std::istringstream stream(out());
  for (std::string line; std::getline(stream, line);)
    EXPECT_EQ(normal_json(line), normal_json(kStatusDocument));
}

TEST_F(Watch, prints_an_update_for_a_bar_each_time) {
  EXPECT_EQ(lull({"status", "--watch", "--format", "waybar"}), 130);
  EXPECT_EQ(lines(), 3u);
}

TEST_F(Watch, gives_a_block_that_persists_an_update_per_line) {
  EXPECT_EQ(lull({"status", "--watch", "--format", "i3blocks"}), 130);
  EXPECT_EQ(lines(), 3u);
  EXPECT_THAT(out(), StartsWith("{\"full_text\":\"mem 57 %\",\"short_text\":\"57 %\","
                                "\"color\":\"#ffb86c\"}\n"));
}

TEST_F(Watch, tells_a_streaming_plugin_where_an_update_begins) {
  EXPECT_EQ(lull({"status", "--watch", "--format", "xbar"}), 130);
  std::size_t updates = 0;
  std::istringstream stream(out());
  for (std::string line; std::getline(stream, line);) updates += line == "~~~" ? 1 : 0;
  EXPECT_EQ(updates, 3u);
  EXPECT_THAT(out(), StartsWith("~~~\n57 % | color=#ffb86c\n---\n"));
}

TEST_F(Watch, repaints_a_terminal_in_place) {
  out_is_terminal_ = true;
  EXPECT_EQ(lull({"status", "--watch"}), 130);
  EXPECT_THAT(out(), StartsWith("\x1b[H\x1b[2J"));
  EXPECT_EQ(out().find("\x1b[2J", 8), std::string::npos) << "cleared once only";
  EXPECT_THAT(out(), HasSubstr("\x1b[K\n"));
}

TEST_F(Watch, finds_the_next_agent_when_the_first_one_ends) {
  int call = 0;
  answer("GetSnapshot",
         [&](const Object&, const Progress&, const base::CancelToken&) -> base::Result<Object> {
           if (++call == 2) return base::fail(base::ErrorCode::kIo, "connection reset");
           return boost::json::parse(kStatusDocument).as_object();
         });
  EXPECT_EQ(lull({"status", "--watch"}), 130);
  EXPECT_EQ(lines(), 3u);
  EXPECT_EQ(sockets_.size(), 2u);
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(Watch, ends_when_it_cannot_be_answered_any_more) {
  int call = 0;
  answer("GetSnapshot",
         [&](const Object&, const Progress&, const base::CancelToken&) -> base::Result<Object> {
           if (++call > 1) return base::fail(base::ErrorCode::kIo, "connection reset");
           return boost::json::parse(kStatusDocument).as_object();
         });
  EXPECT_EQ(lull({"status", "--watch"}), 1);
  EXPECT_THAT(err(), HasSubstr("connection reset"));
}

}  // namespace
}  // namespace lull::commands
