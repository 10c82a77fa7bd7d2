// SPDX-License-Identifier: MIT
#include <array>
#include <cstdio>

#include "agent/commands/command_table.h"
#include "agent/settings.h"
#include "tests/agent/commands/cli_fixture.h"

namespace lull::commands {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Standard output of a shell command; its exit status in `status`.
std::string shell(const std::string& command, int* status) {
  FILE* pipe = ::popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), n);
  *status = ::pclose(pipe);
  return text;
}

bool installed(const std::string& program) {
  int status = 0;
  (void)shell("command -v " + program + " 2>/dev/null", &status);
  return status == 0;
}

class Completion : public CliTest {
 protected:
  std::string script(const std::string& name) {
    EXPECT_EQ(lull({"completion", name}), 0);
    EXPECT_THAT(err(), IsEmpty());
    return write("completion." + name, out());
  }

  // What bash offers for the last word.
  std::vector<std::string> offered(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += " '" + word + "'";
    // A `lull` that answers like the real one, for what scripts ask while somebody types.
    const std::string test = write(
        "try.bash", "source '" + script("bash") +
                        "'\nlull() { printf 'JOB\\nscan\\nrelief\\n'; }\nCOMP_WORDS=(" + list +
                        ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_lull\nprintf '%s\\n' "
                        "\"${COMPREPLY[@]}\"\n");
    int status = 0;
    std::istringstream lines(
        shell("cd '" + root_ + "' && bash --norc '" + test + "' 2>&1", &status));
    EXPECT_EQ(status, 0);
    std::vector<std::string> found;
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) found.push_back(line);
    return found;
  }
};

TEST_F(Completion, scripts_are_right_for_their_shells) {
  for (const char* name : {"bash", "zsh", "fish"}) {
    const std::string file = script(name);
    if (!installed(name)) continue;
    int status = 0;
    EXPECT_EQ(shell(std::string(name) + " -n '" + file + "' 2>&1", &status), "");
    EXPECT_EQ(status, 0) << name;
  }
}

TEST_F(Completion, scripts_know_every_command_option_and_setting) {
  for (const char* name : {"bash", "zsh", "fish"}) {
    const std::string text = read(script(name));
    for (const CommandSpec& command : all_commands()) {
      EXPECT_THAT(text, HasSubstr(std::string(command.name)));
      for (const OptionSpec& option : command.options) {
        const std::string option_name(option.name.substr(std::string(name) == "fish" ? 2 : 0));
        EXPECT_THAT(text, HasSubstr(option_name)) << name << command.name;
      }
    }
    for (const agent::SettingInfo& info : agent::setting_table())
      EXPECT_THAT(text, HasSubstr(std::string(info.section) + "." + std::string(info.key)));
  }
}

TEST_F(Completion, bash_offers_what_fits) {
  EXPECT_THAT(offered({"lull", "st"}), UnorderedElementsAre("status"));
  EXPECT_THAT(offered({"lull", ""}), Contains("completion"));
  EXPECT_THAT(offered({"lull", "--v"}), UnorderedElementsAre("--version"));
  EXPECT_THAT(offered({"lull", "status", "--f"}), UnorderedElementsAre("--format"));
  EXPECT_THAT(offered({"lull", "status", "--format", "w"}), UnorderedElementsAre("waybar"));
  EXPECT_THAT(offered({"lull", "status", "--format", "=", "x"}), UnorderedElementsAre("xbar"));
  EXPECT_THAT(offered({"lull", "status", "--format", "="}),
              UnorderedElementsAre("plain", "waybar", "i3blocks", "xbar"));
  EXPECT_THAT(offered({"lull", "--socket", "/s", "top", "--sort", ""}),
              UnorderedElementsAre("memory", "cpu"));
  EXPECT_THAT(offered({"lull", "completion", ""}), UnorderedElementsAre("bash", "zsh", "fish"));
}

TEST_F(Completion, bash_asks_for_jobs_while_somebody_types) {
  EXPECT_THAT(offered({"lull", "why", ""}), UnorderedElementsAre("scan", "relief"));
  EXPECT_THAT(offered({"lull", "run", "sc"}), UnorderedElementsAre("scan"));
}

TEST_F(Completion, bash_offers_settings_their_words_and_files) {
  EXPECT_THAT(offered({"lull", "config", "set", "ui.th"}), UnorderedElementsAre("ui.theme"));
  EXPECT_THAT(offered({"lull", "config", "set", "ui.theme", ""}),
              UnorderedElementsAre("system", "dark", "light"));
  EXPECT_THAT(offered({"lull", "config", "set", "performance.adaptive_memory", "t"}),
              UnorderedElementsAre("true"));
  write("a file.toml", "");
  EXPECT_THAT(offered({"lull", "config", "check", "a"}), UnorderedElementsAre("a file.toml"));
  EXPECT_THAT(offered({"lull", "rules", "check", "a f"}), UnorderedElementsAre("a file.toml"));
  EXPECT_THAT(offered({"lull", "size", "a"}), UnorderedElementsAre("a file.toml"));
  EXPECT_THAT(offered({"lull", "size", "x", "a"}), UnorderedElementsAre("a file.toml"));
}

}  // namespace
}  // namespace lull::commands
