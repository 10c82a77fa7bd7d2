// SPDX-License-Identifier: MIT
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include "agent/settings.h"

namespace lull::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Runs on a stack as small as a fiber's: what recurses with the input would crash here.
void on_small_stack(std::function<void()> body) {
  constexpr std::size_t kStack = 256 << 10;
  pthread_attr_t attributes;
  ASSERT_EQ(::pthread_attr_init(&attributes), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&attributes, kStack), 0);
  pthread_t thread{};
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(::pthread_create(&thread, &attributes, run, &body), 0);
  ASSERT_EQ(::pthread_join(thread, nullptr), 0);
  ::pthread_attr_destroy(&attributes);
}

void expect_refused(const std::string& toml, const std::string& because) {
  on_small_stack([&] {
    const auto settings = parse_settings(toml, "c.toml");
    ASSERT_FALSE(settings.has_value());
    EXPECT_THAT(settings.error().message, HasSubstr(because));
    EXPECT_THAT(settings.error().message, StartsWith("c.toml:"));
  });
}

TEST(SettingsAttack, deep_nesting_is_refused_however_it_is_written) {
  expect_refused("a = " + repeat("[", 100'000), "nested too deeply");
  expect_refused("a = " + repeat("{a=", 50'000), "nested too deeply");
  expect_refused("[" + repeat("a.", 200'000) + "a]", "nested too deeply");
  expect_refused(repeat("a . ", 100'000) + "a = 1", "nested too deeply");
  expect_refused(repeat("\"a\".", 100'000) + "a = 1", "nested too deeply");
  expect_refused("a = [\n" + repeat("{ a.a.a.a.a.a.a.a = [\n", 20'000), "nested too deeply");
}

TEST(SettingsAttack, strings_do_not_hide_nesting) {
  const std::string deep = "[" + repeat("a.", 100'000) + "a]\n";
  expect_refused("[ui]\nlabel = \"a\\\"\"\n" + deep, "nested too deeply");
  expect_refused("[ui]\nlabel = '''x'y'''\n" + deep, "nested too deeply");
  expect_refused("[ui]\nlabel = \"\"\"x\\\"\"\"\"\"\"\n" + deep, "nested too deeply");
  expect_refused("[ui] # \"\"\" '''\n" + deep, "nested too deeply");
  expect_refused("[ui]\nlabel = '\\'\n" + deep, "nested too deeply");
  // Ends its line inside a string: broken, whatever follows.
  expect_refused("[ui]\nlabel = \"x\n" + deep, "");
}

TEST(SettingsAttack, dots_and_brackets_in_strings_are_no_nesting) {
  const std::string toml = "[clean]\nkeep = [\"" + repeat("a.b[{", 500) + "\", '" +
                           repeat("x.", 500) + "', \"\"\"" + repeat("...\n[", 100) + "\"\"\"]\n";
  const auto settings = parse_settings(toml, "c.toml");
  ASSERT_TRUE(settings.has_value()) << settings.error().to_string();
  EXPECT_EQ(settings->clean.keep.size(), 3u);
}

TEST(SettingsAttack, bytes_that_are_not_text_are_refused_with_their_place) {
  using namespace std::string_literals;
  expect_refused("[ui]\ntheme = \"\xff\xfe\"\n", "");
  expect_refused("[ui]\ntheme = \"a\0b\"\n"s, "");
  expect_refused("[ui]\n\0\n"s, "");
  expect_refused("\xff\xfe[\0u\0"s, "");
  expect_refused("[ui]\ntheme = \"\x1b[31m\"\n", "");
  expect_refused(std::string(1000, '\0'), "");
}

TEST(SettingsAttack, messages_stay_short_and_free_of_control_characters) {
  for (const std::string& toml :
       {"\"\\u001b[31m\\n" + std::string(100'000, 'x') + "\" = 1",
        std::string("[ui]\n\"\\u001b]0;x\\u0007\" = 1"),
        "[ui]\ntheme = \"\\u001b[2J" + std::string(100'000, 'y') + "\""}) {
    const auto settings = parse_settings(toml, "c.toml");
    ASSERT_FALSE(settings.has_value());
    EXPECT_LT(settings.error().message.size(), 400u);
    for (const char c : settings.error().message) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  }
}

TEST(SettingsAttack, a_megabyte_of_keys_is_read_to_its_end) {
  std::string toml = "[ui]\n";
  for (int i = 0; i < 20'000; ++i) toml += "key_" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(find_settings_errors(toml, "c.toml").size(), 20'000u);
}

TEST(SettingsAttack, every_prefix_of_a_file_is_read_or_refused) {
  const std::string toml =
      "\xEF\xBB\xBF# c\n[performance]\ndir_cache_ttl = \"10 min\"\nui.x = 1\n[clean]\n"
      "keep = [\"\"\"a\nb\"\"\", 'c', \"\\u00e9\\\"\"]\n[[ui]]\na={b={c=[1.5,1e3]}}\n";
  for (std::size_t length = 0; length <= toml.size(); ++length)
    for (const char tail : {'\0', '"', '\'', '\\', '[', '=', '\n', '\xC3'}) {
      const std::string text = toml.substr(0, length) + tail;
      const auto errors = find_settings_errors(text, "c.toml");
      EXPECT_EQ(errors.empty(), parse_settings(text, "c.toml").has_value());
    }
}

}  // namespace
}  // namespace lull::agent
