// SPDX-License-Identifier: MIT
#include "agent/methods/parameters.h"

#include <gtest/gtest.h>

namespace lull::agent {
namespace {

using control::Object;

std::string mistake(const base::Status& status) { return status ? "none" : status.error().message; }

TEST(Parameters, ReadWhatIsThereAndDefaultWhatIsNot) {
  const Object object{{"name", "scan"}, {"fresh", true}, {"limit", 7}, {"paths", {"/a", "/b"}}};
  Parameters parameters(object);
  EXPECT_EQ(parameters.text("name"), "scan");
  EXPECT_TRUE(parameters.flag("fresh"));
  EXPECT_FALSE(parameters.flag("absent"));
  EXPECT_EQ(parameters.integer("limit", 1, 10), 7);
  EXPECT_EQ(parameters.integer("other", 1, 10), std::nullopt);
  EXPECT_EQ(parameters.texts("paths"), (std::vector<std::string>{"/a", "/b"}));
  EXPECT_TRUE(parameters.finish());
}

TEST(Parameters, NullIsAbsent) {
  const Object object{{"seconds", nullptr}};
  Parameters parameters(object);
  EXPECT_EQ(parameters.number("seconds", 1, 10), std::nullopt);
  EXPECT_TRUE(parameters.finish());
}

TEST(Parameters, SayWhatIsWrongWithAValue) {
  const Object object{{"limit", 0}, {"name", 5}, {"paths", {1, 2}}, {"fresh", "yes"}};
  {
    Parameters parameters(object);
    (void)parameters.integer("limit", 1, 10);
    EXPECT_EQ(mistake(parameters.finish()),
              "parameter 'limit' must be a whole number from 1 to 10");
  }
  {
    Parameters parameters(object);
    (void)parameters.text("name");
    EXPECT_EQ(mistake(parameters.finish()), "parameter 'name' must be a string");
  }
  {
    Parameters parameters(object);
    EXPECT_TRUE(parameters.texts("paths").empty());
    EXPECT_EQ(mistake(parameters.finish()), "parameter 'paths' must be an array of strings");
  }
  {
    Parameters parameters(object);
    EXPECT_FALSE(parameters.flag("fresh"));
    EXPECT_EQ(mistake(parameters.finish()), "parameter 'fresh' must be true or false");
  }
}

TEST(Parameters, NumbersOutOfRangeAndNotFiniteAreRefused) {
  for (const boost::json::value& value :
       {boost::json::value(-1), boost::json::value(1e308), boost::json::value("5")}) {
    const Object object{{"seconds", value}};
    Parameters parameters(object);
    EXPECT_EQ(parameters.number("seconds", 1, 3600), std::nullopt);
    EXPECT_EQ(mistake(parameters.finish()), "parameter 'seconds' must be a number from 1 to 3600");
  }
}

TEST(Parameters, AnUnknownNameIsAMistakeWithTheNearestOne) {
  const Object object{{"limti", 3}};
  Parameters parameters(object);
  (void)parameters.integer("limit", 1, 10);
  EXPECT_EQ(mistake(parameters.finish()), "parameter 'limti' is not known; did you mean 'limit'?");
}

TEST(Parameters, TheFirstMistakeStays) {
  const Object object{{"job", ""}};
  Parameters parameters(object);
  (void)parameters.required_text("job");
  parameters.refuse("another");
  EXPECT_EQ(mistake(parameters.finish()), "parameter 'job' is needed");
}

}  // namespace
}  // namespace lull::agent
