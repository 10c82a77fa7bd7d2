// SPDX-License-Identifier: MIT
#include "agent/control/protocol.h"

#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace lull::control {
namespace {

using base::ErrorCode;

Object object(std::string_view text) {
  auto message = parse_message(text);
  EXPECT_TRUE(message) << text;
  return message ? *std::move(message) : Object{};
}

std::string nested(std::size_t arrays) {
  return "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
}

TEST(ParseMessage, GivesAnObject) {
  EXPECT_EQ(object(R"( {"a": [1, "zwei"]} )").at("a").as_array().size(), 2U);
}

TEST(ParseMessage, RefusesWhatIsNoObject) {
  for (const char* text : {"", " ", "[]", "null", "1", "\"x\"", "{", "{}x", "{\"a\":}", "{'a':1}",
                           "{\"a\":1,}", "{\"a\":NaN}", "{/**/}", "garbage", "\xff\xfe"})
    EXPECT_EQ(parse_message(text).error().code, ErrorCode::kMalformed) << text;
}

TEST(ParseMessage, RefusesTextThatIsNotUtf8) {
  for (const char* bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    EXPECT_EQ(parse_message("{\"a\":\"" + std::string(bytes) + "\"}").error().code,
              ErrorCode::kMalformed);
  EXPECT_TRUE(parse_message("{\"a\":\"\xc3\xa4\xf0\x9f\x90\x99\"}"));
  EXPECT_FALSE(parse_message(R"({"a":"\ud800"})"));
}

TEST(ParseMessage, AllowsSixtyFourLevels) {
  EXPECT_TRUE(parse_message(nested(63)));
  EXPECT_EQ(parse_message(nested(64)).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_message(nested(1000)).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_message(std::string(900'000, '[')).error().code, ErrorCode::kTooLarge);
}

TEST(ParseCall, LimitsHowManyValuesThereAre) {
  const auto list = [](std::size_t values, std::string_view value) {
    std::string text = "{\"a\":[";
    for (std::size_t i = 0; i < values; ++i) text += std::string(i == 0 ? "" : ",").append(value);
    return text + "]}";
  };
  EXPECT_TRUE(parse_call(list(kMaxValues - 3, "1")));
  EXPECT_EQ(parse_call(list(kMaxValues, "1")).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_call(list(kMaxValues / 2, "[]")).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_call(list(kMaxValues / 2, "{}")).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(parse_message(list(kMaxValues, "1"))) << "replies may be as long as they are";
}

TEST(ParseCall, CountsNothingInsideOfStrings) {
  const std::string signs(3 * kMaxValues, ',');
  EXPECT_TRUE(parse_call(R"({"a":"[[{)" + signs + R"(","b":"\"[)" + signs + R"(\\"})"));
  EXPECT_EQ(parse_call(R"({"a":"\\",)" + signs + R"("})").error().code, ErrorCode::kTooLarge);
}

TEST(ReadRequest, TakesACallApart) {
  const auto request = read_request(
      object(R"({"method":"a.b.C","parameters":{"x":1},"more":true,"oneway":false,"new":[1]})"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "a.b.C");
  EXPECT_EQ(request->parameters.at("x"), 1);
  EXPECT_TRUE(request->more);
  EXPECT_FALSE(request->oneway);
}

TEST(ReadRequest, TakesAbsentAndNullForTheDefault) {
  const auto request =
      read_request(object(R"({"method":"a.b.C","parameters":null,"more":null,"oneway":null})"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->parameters.empty());
  EXPECT_FALSE(request->more);
  EXPECT_FALSE(request->oneway);
}

TEST(ReadRequest, NamesTheMemberThatIsWrong) {
  const std::array<std::array<const char*, 2>, 7> cases{{
      {R"({})", "method"},
      {R"({"method":1})", "method"},
      {R"({"method":""})", "method"},
      {R"({"method":"a.B","parameters":[]})", "parameters"},
      {R"({"method":"a.B","parameters":"x"})", "parameters"},
      {R"({"method":"a.B","more":1})", "more"},
      {R"({"method":"a.B","oneway":"yes"})", "oneway"},
  }};
  for (const auto& [text, member] : cases) {
    const auto request = read_request(object(text));
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().at("error").as_string(), error::kInvalidParameter);
    EXPECT_EQ(request.error().at("parameters").at("parameter").as_string(), member);
  }
}

TEST(Request, SurvivesItsOwnText) {
  const auto again = read_request(object(to_text(make_request(
      {"org.lull.Agent.Size", {{"paths", boost::json::array{"/a\n", "ä"}}}, true, true}))));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->method, "org.lull.Agent.Size");
  EXPECT_EQ(again->parameters.at("paths").at(0), "/a\n");
  EXPECT_TRUE(again->more && again->oneway);
}

TEST(Failure, ComesBackAsTheSameError) {
  for (const ErrorCode code :
       {ErrorCode::kInvalidArgument, ErrorCode::kNotFound, ErrorCode::kPermissionDenied,
        ErrorCode::kUnavailable, ErrorCode::kBusy, ErrorCode::kNoAgent, ErrorCode::kCancelled,
        ErrorCode::kTimeout, ErrorCode::kTooLarge, ErrorCode::kMalformed, ErrorCode::kIo,
        ErrorCode::kInternal}) {
    const base::Error sent{code, "does not work", "/p/q", 0, {"inner", "outer"}};
    const auto reply = read_reply(object(to_text(make_failure(sent))));
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->continues);
    ASSERT_FALSE(reply->result);
    EXPECT_EQ(reply->result.error().code, code);
    EXPECT_EQ(reply->result.error().to_string(), sent.to_string());
  }
}

TEST(ReadReply, StandardErrorsSayWhatToDo) {
  const auto error = [](std::string_view name, Object parameters) {
    return read_reply(make_error(name, std::move(parameters)))->result.error();
  };
  EXPECT_EQ(error(error::kMethodNotFound, {{"method", "x"}}).code, ErrorCode::kUnavailable);
  EXPECT_EQ(error(error::kInvalidParameter, {{"parameter", "limit"}}).code,
            ErrorCode::kInvalidArgument);
  EXPECT_NE(error(error::kInvalidParameter, {{"parameter", "limit"}}).message.find("limit"),
            std::string::npos);
  EXPECT_EQ(error(error::kExpectedMore, {}).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error("org.example.Odd", {}).code, ErrorCode::kInternal);
  EXPECT_EQ(error(error::kFailed, {{"code", "from-the-future"}, {"message", "m"}}).code,
            ErrorCode::kInternal);
}

TEST(ReadReply, RefusesWhatIsNoReply) {
  EXPECT_FALSE(read_reply(object(R"({"parameters":[1]})")));
  EXPECT_FALSE(read_reply(object(R"({"parameters":{},"continues":"no"})")));
  EXPECT_FALSE(read_reply(object(R"({"error":7})"))->result);
  EXPECT_TRUE(read_reply(object("{}"))->result->empty());
}

// Damaged calls, a few tens of thousands, always the same: understood or refused, and whatever is
// understood survives its own text.
TEST(ParseMessage, SurvivesDamage) {
  std::mt19937 random(7);
  const std::string good = to_text(
      make_request({"org.lull.Agent.Scan",
                    {{"categories", boost::json::array{"pip", "npm"}}, {"items", true}, {"x", 1.5}},
                    true,
                    false}));
  int understood = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text = good;
    for (unsigned damage = random() % 4; damage > 0; --damage) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, random() % 8);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 8));
      }
      if (text.empty()) break;
    }
    const auto message = parse_message(text);
    if (!message) continue;
    const auto again = parse_message(to_text(*message));
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(*again, *message) << text;
    if (read_request(*message)) ++understood;
    (void)read_reply(*message);
  }
  EXPECT_GT(understood, 1000);
}

}  // namespace
}  // namespace lull::control
