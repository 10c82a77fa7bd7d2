// SPDX-License-Identifier: MIT
#include "agent/app.h"

#include <gtest/gtest.h>

#include "tests/support/user_directories.h"

namespace lull::agent {
namespace {

class AppTest : public ::testing::Test {
 protected:
  AppOptions options() const {
    return {support::directories_below(temp_), {temp_ / "config.toml"}};
  }
  void write_rule(const std::string& id) const {
    temp_.write("home/.config/lull/rules.d/" + id + ".toml",
                "[[rule]]\nid = \"" + id +
                    "\"\ntitle = \"of this test\"\ntier = \"safe\"\ncost = \"nothing\"\n"
                    "source = \"this test\"\nroots = [\"$CACHE/" +
                    id + "\"]\n");
  }
  static bool has_rule(const App& app, const std::string& id) {
    const control::Object none;
    control::Call call{none, false, {}, [](const control::Object&) {}};
    const auto reply = (*app.methods().find("Rules"))(call);
    if (!reply) throw std::runtime_error(reply.error().to_string());
    for (const auto& rule : reply->at("rules").as_array())
      if (rule.at("id").as_string() == id) return true;
    return false;
  }

  const support::TempDir temp_;
};

TEST_F(AppTest, RulesWrittenBetweenTheirReadingAndTheirWatchAreUsed) {
  write_rule("early");
  scheduler::Engine engine;
  engine.run([&] {
    auto app = App::create(engine, options());
    ASSERT_TRUE(app) << app.error().to_string();
    write_rule("between");
    EXPECT_FALSE(has_rule(**app, "between"));
    (*app)->start();
    EXPECT_TRUE(has_rule(**app, "early"));
    EXPECT_TRUE(has_rule(**app, "between"));
    (*app)->shut_down(std::chrono::seconds(1));
  });
}

}  // namespace
}  // namespace lull::agent
