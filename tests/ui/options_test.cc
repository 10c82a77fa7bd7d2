// SPDX-License-Identifier: MIT
#include "ui/options.h"

#include <vector>

#include <gtest/gtest.h>

namespace lull::ui {
namespace {

base::Result<Options> read(std::vector<const char*> words) {
  words.insert(words.begin(), "lull-popover");
  return read_options(static_cast<int>(words.size()), words.data());
}

std::string complaint(const std::vector<const char*>& words) {
  const auto options = read(words);
  return options ? "nothing" : options.error().to_string();
}

TEST(Options, WithoutAnyNoPageIsNamedAndTheColoursAreTheDesktops) {
  const auto options = read({});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->page, std::nullopt) << "so a second start closes the first";
  EXPECT_EQ(options->start, "");
  EXPECT_EQ(options->theme, "system");
  EXPECT_FALSE(options->at || options->scale || options->opengl || options->help);
}

TEST(Options, APageAndAStartAreOfTheirWords) {
  EXPECT_EQ(read({"--page", "history"})->page, Page::kHistory);
  EXPECT_EQ(read({"--page=settings"})->page, Page::kSettings);
  EXPECT_EQ(read({"--page", "overview"})->page, Page::kOverview);
  for (const char* start : {"optimize", "clean", "undo"})
    EXPECT_EQ(read({"--start", start})->start, start);
  EXPECT_NE(complaint({"--page", "hist"}).find("overview, history or settings"), std::string::npos);
  EXPECT_NE(complaint({"--start", "purge"}).find("optimize, clean or undo"), std::string::npos);
  EXPECT_NE(complaint({"--start="}).find("optimize, clean or undo"), std::string::npos);
  EXPECT_NE(complaint({"--start"}).find("needs a value"), std::string::npos);
}

TEST(Options, NumbersHaveTheirRanges) {
  EXPECT_EQ(read({"--at", "-20,4"})->at, (Point{-20, 4}));
  EXPECT_EQ(read({"--scale", "1.5"})->scale, 1.5);
  EXPECT_EQ(read({"--text-scale", "1.6"})->text_scale, 1.6);
  for (const char* nonsense : {"", "4", "4,", ",4", "4,5,6", "4;5", "99999999999,1"})
    EXPECT_NE(complaint({"--at", nonsense}), "nothing") << nonsense;
  for (const char* nonsense : {"0.4", "4.1", "nan", "1x", ""})
    EXPECT_NE(complaint({"--scale", nonsense}), "nothing") << nonsense;
  for (const char* nonsense : {"0.7", "2.1", "inf"})
    EXPECT_NE(complaint({"--text-scale", nonsense}), "nothing") << nonsense;
}

TEST(Options, TheLettersAreAsLargeAsTheSettingSays) {
  State state;
  EXPECT_EQ(text_scale_in(state), std::nullopt) << "not known yet";
  const Setting size{"ui.text_size", "\"normal\"", "\"normal\"", "", {"small", "normal"}};
  state.settings = std::vector{size};
  EXPECT_EQ(text_scale_in(state), 1);
  const auto of = [&](const std::string& word) {
    state.settings->front().value = "\"" + word + "\"";
    return text_scale_in(state).value_or(0);
  };
  EXPECT_LT(of("small"), 1);
  EXPECT_GT(of("large"), 1);
  EXPECT_GT(of("huge"), of("large"));
  EXPECT_EQ(of("gigantic"), 0) << "what a newer agent may say";
  EXPECT_EQ(read({})->text_scale, std::nullopt);
}

TEST(Options, APictureNeedsAState) {
  EXPECT_NE(complaint({"--screenshot", "a.png"}).find("--snapshot FILE"), std::string::npos);
  EXPECT_NE(complaint({"--text"}).find("--snapshot FILE"), std::string::npos);
  EXPECT_EQ(read({"--screenshot", "a.png", "--snapshot", "s.json"})->screenshot, "a.png");
}

TEST(Options, WhatIsNotInTheTableIsNotUnderstood) {
  EXPECT_NE(complaint({"--pages"}).find("unknown option"), std::string::npos);
  EXPECT_NE(complaint({"history"}).find("unknown option"), std::string::npos);
  EXPECT_NE(complaint({"--text=yes"}).find("unknown option"), std::string::npos) << "a flag";
}

TEST(Options, TheHelpHasEveryRowWithinAWindowsWidth) {
  const std::string text = usage();
  for (const OptionInfo& option : option_table())
    EXPECT_NE(text.find("  " + std::string(option.name)), std::string::npos) << option.name;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 110U) << text.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace
}  // namespace lull::ui
