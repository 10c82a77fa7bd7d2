// SPDX-License-Identifier: MIT
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agent/control/interface_text.h"
#include "agent/control/protocol.h"
#include "tests/agent/control/varlink_grammar.h"

namespace lull::control {
namespace {

using varlink::complaints;
using varlink::parse_interface;

std::string file_text(const std::string& name) {
  std::ifstream file(std::string(LULL_CONTROL_SOURCE_DIR) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(VarlinkGrammar, ReadsEveryKindOfMember) {
  const auto interface = parse_interface(
      "# comment\n\ninterface org.exa-mple.x1\n"
      "type Point (x: int, y_1: ?float) # behind\n"
      "type Colour (red, green)\n"
      "method M() -> ()\n"
      "method N(a: []Point, b: [string]?bool, c: ?[](one, two), d: object, e: (f: string)) -> "
      "(\n  z: Colour\n)\n"
      "error Bad (why: string)\n");
  ASSERT_TRUE(interface) << interface.error().message;
  EXPECT_EQ(interface->name, "org.exa-mple.x1");
  EXPECT_EQ(interface->types.size(), 2U);
  EXPECT_EQ(interface->method("N")->type.fields.size(), 5U);
  EXPECT_EQ(interface->error("Bad")->type.fields.front().name, "why");
}

TEST(VarlinkGrammar, RefusesWhatIsNotInIt) {
  const std::string head = "interface a.b\n";
  for (const std::string& text : {std::string(),
                                  std::string("method M() -> ()\n"),
                                  std::string("interface ab\nmethod M() -> ()"),
                                  std::string("interface a.b\n"),
                                  std::string("interface a..b\nmethod M() -> ()"),
                                  std::string("interface a.b method M() -> ()"),
                                  head + "method m() -> ()",
                                  head + "method M()",
                                  head + "method M() -> ",
                                  head + "method M -> ()",
                                  head + "method M(a) -> ()",
                                  head + "method M(a: int,) -> ()",
                                  head + "method M(a int) -> ()",
                                  head + "method M(a: integer) -> ()",
                                  head + "method M(a: ??int) -> ()",
                                  head + "method M(a: Point) -> ()",
                                  head + "method M(a: []) -> ()",
                                  head + "method M(a_: int) -> ()",
                                  head + "method M(_a: int) -> ()",
                                  head + "method M(a__b: int) -> ()",
                                  head + "method M(a: int, a: int) -> ()",
                                  head + "method M() -> () method N() -> ()",
                                  head + "method M() -> ()\nmethod M() -> ()",
                                  head + "type T int",
                                  head + "type T (a, b: int)",
                                  head + "type T (a: int, b)",
                                  head + "type T (a, a)",
                                  head + "error E",
                                  head + "error E (a, b)",
                                  head + "thing T (a: int)",
                                  head + "type T (a: [int]int)"})
    EXPECT_FALSE(parse_interface(text)) << text;
}

TEST(VarlinkGrammar, TellsValuesThatAreNotOfAType) {
  const auto interface = parse_interface(
      "interface a.b\ntype T (i: int, f: float, s: ?string, e: (x, y), l: []int, m: "
      "[string]bool)\n");
  ASSERT_TRUE(interface);
  const varlink::Type& type = interface->type("T")->type;
  const auto check = [&](std::string_view text) {
    return complaints(*interface, type, boost::json::parse(text));
  };
  EXPECT_TRUE(check(R"({"i":1,"f":1,"s":null,"e":"x","l":[],"m":{"a":true}})").empty());
  EXPECT_TRUE(check(R"({"i":1,"f":1.5,"e":"y","l":[1,2],"m":{}})").empty());
  EXPECT_EQ(check(R"({"i":1.5,"f":"","s":1,"e":"z","l":[1,null],"m":{"a":1},"n":0})"),
            (std::vector<std::string>{"/i: wrong type", "/f: wrong type", "/s: wrong type",
                                      "/e: wrong type", "/l/1: wrong type", "/m/a: wrong type",
                                      "/n: not in the type"}));
  EXPECT_EQ(check("{}").size(), 5U);
}

TEST(AgentInterface, IsTheFileBesideTheCode) {
  EXPECT_FALSE(file_text("org.lull.Agent.varlink").empty());
  EXPECT_EQ(agent_interface_text(), file_text("org.lull.Agent.varlink"));
  EXPECT_EQ(service_interface_text(), file_text("org.varlink.service.varlink"));
}

TEST(AgentInterface, IsInTheGrammarAndHasEveryMethod) {
  const auto interface = parse_interface(agent_interface_text());
  ASSERT_TRUE(interface) << interface.error().message;
  EXPECT_EQ(interface->name, kInterface);
  std::vector<std::string> names;
  for (const auto& method : interface->methods) names.push_back(method.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{
                       "Cancel",      "Clean",      "Explain", "Follow",  "Forget",   "GetConfig",
                       "GetSnapshot", "History",    "Jobs",    "Metrics", "Optimize", "Pause",
                       "Resume",      "ResumeRule", "Rules",   "RunJob",  "Scan",     "SetConfig",
                       "ShowPopover", "Size",       "Top",     "Undo",    "Watch",    "Why"}));
}

TEST(AgentInterface, DescribesOurError) {
  const auto interface = parse_interface(agent_interface_text());
  ASSERT_TRUE(interface);
  const auto* failed = interface->error("Failed");
  ASSERT_NE(failed, nullptr);
  for (const base::Error& failure : {base::Error{base::ErrorCode::kIo, "m", "/p", 5, {"a", "b"}},
                                     base::Error{base::ErrorCode::kBusy, "m", "", 0, {}},
                                     base::Error{base::ErrorCode::kNotFound, "m", "/\xff", 0, {}}})
    EXPECT_TRUE(
        complaints(*interface, failed->type, make_failure(failure).at("parameters")).empty());
}

TEST(ServiceInterface, IsTheStandardOne) {
  const auto interface = parse_interface(service_interface_text());
  ASSERT_TRUE(interface) << interface.error().message;
  EXPECT_EQ(interface->name, kServiceInterface);
  EXPECT_NE(interface->method("GetInfo"), nullptr);
  EXPECT_NE(interface->method("GetInterfaceDescription"), nullptr);
  for (const std::string_view name :
       {error::kInterfaceNotFound, error::kMethodNotFound, error::kMethodNotImplemented,
        error::kInvalidParameter, error::kExpectedMore})
    EXPECT_NE(interface->error(name.substr(kServiceInterface.size() + 1)), nullptr) << name;
}

}  // namespace
}  // namespace lull::control
