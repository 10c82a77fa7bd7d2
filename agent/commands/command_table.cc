// SPDX-License-Identifier: MIT
#include "agent/commands/command_table.h"

#include <array>

namespace lull::commands {
namespace {

OptionSpec json_option() { return {.name = "--json", .help = "print one JSON document"}; }

OptionSpec limit_option(std::string_view help) {
  return {.name = "--limit", .short_name = "-n", .value = "N", .help = help};
}

CommandSpec agent_command() {
  return {.name = "agent",
          .summary = "run the agent in the foreground",
          .details =
              "Samples the machine, runs the background jobs and answers on the control\n"
              "socket until Ctrl-C. SIGHUP reads the settings again.",
          .options = {{.name = "--config",
                       .value = "FILE",
                       .help = "settings file instead of the user's",
                       .complete = Complete::kFiles},
                      {.name = "--no-tray", .help = "no status icon"}},
          .examples = {{"lull agent", "in the foreground, with the status icon"},
                       {"lull agent --no-tray", "on a machine without a desktop"}},
          .run = run_agent_command};
}

CommandSpec status_command() {
  return {.name = "status",
          .summary = "how the machine is doing",
          .options = {json_option(),
                      {.name = "--watch",
                       .short_name = "-w",
                       .value = "SECONDS",
                       .help = "again and again, every 2 s or so many",
                       .value_optional = true},
                      {.name = "--format",
                       .value = "FORMAT",
                       .help = "for a status bar: plain, waybar, i3blocks or xbar",
                       .complete = Complete::kWords,
                       .words = {"plain", "waybar", "i3blocks", "xbar"}}},
          .examples = {{"lull status", "once"},
                       {"lull status --watch", "until Ctrl-C"},
                       {"lull status --format waybar --watch=5", "a module of waybar"},
                       {"lull status --format xbar", "a plugin of xbar or SwiftBar"}},
          .run = run_status};
}

CommandSpec top_command() {
  return {.name = "top",
          .summary = "the processes that use most",
          .options = {limit_option("how many (10)"),
                      {.name = "--sort",
                       .value = "KEY",
                       .help = "by memory (default) or by cpu",
                       .complete = Complete::kWords,
                       .words = {"memory", "cpu"}},
                      json_option()},
          .examples = {{"lull top", "ten, by memory"},
                       {"lull top -n 3 --sort cpu", "the three busiest"}},
          .run = run_top};
}

CommandSpec size_command() {
  return {.name = "size",
          .summary = "disk use of files and directory trees",
          .details =
              "The same number as `du -s -x`: what the file system gives to the tree, every\n"
              "hard link once, other file systems and link targets left out. Comes from the\n"
              "cache while that is fresh.",
          .arguments = {{.name = "PATH",
                         .many = true,
                         .help = "a file or directory",
                         .complete = Complete::kFiles}},
          .options = {json_option(), {.name = "--fresh", .help = "measure now, whatever is known"}},
          .examples = {{"lull size ~/.cache", "one tree"},
                       {"lull size --fresh *", "everything here, measured now"}},
          .run = run_size};
}

CommandSpec scan_command() {
  return {.name = "scan",
          .summary = "what could be cleaned, and what was left alone and why",
          .details = "Only looks; nothing is changed.",
          .options = {{.name = "--category",
                       .short_name = "-c",
                       .value = "ID",
                       .help = "only this one; may be given several times",
                       .repeated = true,
                       .complete = Complete::kCategories},
                      {.name = "--items", .help = "list every item"},
                      json_option()},
          .examples = {{"lull scan", "sums by category"},
                       {"lull scan --category thumbnails --items", "every item of one category"}},
          .run = run_scan};
}

CommandSpec clean_command() {
  return {
      .name = "clean",
      .summary = "moves junk to the trash, from where it can be given back",
      .details =
          "Scans, shows what would go and asks. Every item is looked at again right before it is\n"
          "moved: what has changed, is in use or is on your keep list stays. Without --category\n"
          "everything of the tiers in the setting clean.tiers goes. The space becomes free when\n"
          "the trash is emptied.",
      .options = {{.name = "--category",
                   .short_name = "-c",
                   .value = "ID",
                   .help = "only this one, whatever its tier; may be given several times",
                   .repeated = true,
                   .complete = Complete::kCategories},
                  {.name = "--dry-run", .help = "only show what would go"},
                  {.name = "--free-now",
                   .help = "then remove it from the trash: the space is free, there is no undo"},
                  {.name = "--items", .help = "list every item"},
                  {.name = "--plan", .value = "ID", .help = "move what a dry run has shown"},
                  {.name = "--yes", .short_name = "-y", .help = "do not ask"},
                  json_option()},
      .examples = {{"lull clean", "shows what would go, and asks"},
                   {"lull clean --category pip --items --dry-run", "every item of one category"},
                   {"lull clean --yes --json", "for a script"}},
      .run = run_clean};
}

CommandSpec optimize_command() {
  return {
      .name = "optimize",
      .summary = "gives memory back, and offers what could be cleaned",
      .details =
          "Seven operations at a time, each with what was measured afterwards: memory of apps "
          "that\n"
          "have been idle (never the one in front, terminals, or what the setting relief.exclude\n"
          "names), cache of files that are finished with, our own caches, and what only root "
          "could\n"
          "do as advice. Then it asks whether junk files of the tiers in clean.tiers go to the "
          "trash.",
      .options = {{.name = "--dry-run", .help = "only say what would be done"},
                  {.name = "--yes", .short_name = "-y", .help = "do not ask about files"},
                  json_option()},
      .examples = {{"lull optimize", "memory now, files if you say so"},
                   {"lull optimize --dry-run", "changes nothing"},
                   {"lull optimize --yes --json", "for a script"}},
      .run = run_optimize};
}

CommandSpec undo_command() {
  return {.name = "undo",
          .summary = "gives back what a clean has moved",
          .details =
              "The last run of which something is in the trash, or the one that `lull history`\n"
              "lists under that number. Nothing is replaced: what is there again stays, and the\n"
              "old one stays in the trash.",
          .arguments = {{.name = "RUN", .required = false, .help = "the number of the run"}},
          .options = {{.name = "--path",
                       .value = "PATH",
                       .help = "only what was at or below it; may be given several times",
                       .repeated = true,
                       .complete = Complete::kFiles},
                      json_option()},
          .examples = {{"lull undo", "the last run"},
                       {"lull undo 12 --path ~/.cache/pip", "a part of run 12"}},
          .run = run_undo};
}

CommandSpec jobs_command() {
  return {.name = "jobs",
          .summary = "the background jobs, when they run and what holds them back",
          .options = {json_option()},
          .examples = {{"lull jobs", "all of them"},
                       {"lull jobs --json | jq '.[] | select(.state == \"deferred\")'",
                        "those that wait for something"}},
          .run = run_jobs};
}

CommandSpec why_command() {
  return {
      .name = "why",
      .summary = "why a job would run now, or a file may be cleaned, or would not",
      .details =
          "Of a file: the rule that is about it, whether it may go, and how safe that is\n"
          "(0 to 100). Nothing is changed.",
      .arguments = {{.name = "JOB",
                     .help = "a name from `lull jobs`; or the path of a file, with a slash in it",
                     .complete = Complete::kJobs}},
      .options = {json_option(), {.name = "--fresh", .help = "of a file: look now"}},
      .examples = {{"lull why scan", "every condition, with its value and what it needs"},
                   {"lull why scan --json | jq .would_run", "true or false"},
                   {"lull why ~/.cache/pip/http", "may it go?"}},
      .run = run_why};
}

CommandSpec run_command() {
  return {.name = "run",
          .summary = "run a job of the agent now and wait for it",
          .arguments = {{.name = "JOB",
                         .help = "a name from `lull jobs`",
                         .complete = Complete::kJobs}},
          .options = {json_option()},
          .examples = {{"lull run scan", "now, even on battery"},
                       {"lull run refresh-cache", "measure the often used directories again"}},
          .run = run_run};
}

CommandSpec pause_command() {
  return {
      .name = "pause",
      .summary = "no automatic jobs for a while",
      .arguments =
          {{.name = "DURATION",
            .required = false,
            .many = true,
            .help = "such as \"2 h\" or 30min, or \"tomorrow\"; without it until `lull resume`"}},
      .options = {json_option()},
      .examples = {{"lull pause 2h", "for two hours"},
                   {"lull pause tomorrow", "until midnight"},
                   {"lull pause", "until `lull resume`"}},
      .run = run_pause};
}

CommandSpec resume_command() {
  return {.name = "resume",
          .summary = "automatic jobs again",
          .options = {json_option()},
          .examples = {{"lull resume", "ends a pause"},
                       {"lull resume && lull jobs", "and shows what is due"}},
          .run = run_resume};
}

CommandSpec history_command() {
  return {
      .name = "history",
      .summary = "what was done, newest first",
      .details =
          "With the number of a run: what became of each thing in it and why, and what the run\n"
          "has cost. What can be undone or is still to be purged is never forgotten, nor what\n"
          "was given back, since that is never cleaned by itself again.",
      .arguments = {{.name = "RUN", .required = false, .help = "the number of one run"}},
      .options = {limit_option("how many (20)"),
                  {.name = "--forget",
                   .help = "delete what was learnt and runs that cannot be undone any more"},
                  {.name = "--yes", .short_name = "-y", .help = "do not ask"},
                  json_option()},
      .examples = {{"lull history", "the last twenty runs"},
                   {"lull history 12", "all about run 12"},
                   {"lull history --forget", "asks first"}},
      .run = run_history};
}

CommandSpec rules_command() {
  return {
      .name = "rules",
      .summary = "the rules that say what may be cleaned",
      .arguments = {{.name = "ACTION",
                     .required = false,
                     .help = "list (default), show ID, check FILE, resume ID; an ID alone is shown",
                     .complete = Complete::kWords,
                     .words = {"list", "show", "check", "resume"},
                     .other_words = true},
                    {.name = "ID|FILE",
                     .required = false,
                     .help = "the rule to show or to let go on, or the file to check",
                     .complete = Complete::kCategories}},
      .options = {json_option()},
      .examples = {{"lull rules", "all of them"},
                   {"lull rules show thumbnails", "one in full"},
                   {"lull rules check mine.toml", "before the agent reads it"}},
      .run = run_rules};
}

CommandSpec config_command() {
  return {.name = "config",
          .summary = "show, check and change the settings",
          .details =
              "`set` keeps the file as you wrote it, comments included; with a running agent\n"
              "the change counts at once. `show` says where each value comes from: default,\n"
              "system (/etc/lull/config.toml) or user. A setting that the system's file names in\n"
              "`locked = [...]` is the administrator's: nobody else's file changes it.",
          .arguments = {{.name = "ACTION",
                         .required = false,
                         .help = "show (default), path, check [FILE], or set KEY VALUE",
                         .complete = Complete::kWords,
                         .words = {"show", "path", "check", "set"}},
                        {.name = "KEY|FILE",
                         .required = false,
                         .help = "a setting such as ui.theme, or the file to check",
                         .complete = Complete::kSettings},
                        {.name = "VALUE",
                         .required = false,
                         .many = true,
                         .help = "as it would stand in the file; quotes may be left out"}},
          .options = {json_option()},
          .examples = {{"lull config", "every setting and its value"},
                       {"lull config set automation.quiet_hours 22:00-07:00", "changes one"},
                       {"lull config check ~/new.toml", "says what is wrong with a file"}},
          .run = run_config};
}

CommandSpec metrics_command() {
  return {.name = "metrics",
          .summary = "numbers for monitoring, as OpenMetrics text",
          .options = {{.name = "--format",
                       .value = "FORMAT",
                       .help = "openmetrics (usual), or prometheus: the older text format",
                       .complete = Complete::kWords,
                       .words = {"openmetrics", "prometheus"}}},
          .examples = {{"lull metrics", "on standard output"},
                       {"lull metrics --format prometheus | promtool check metrics", "a check"},
                       {"lull metrics | grep memory", "some of them"}},
          .run = run_metrics};
}

CommandSpec popover_command() {
  return {.name = "popover",
          .summary = "the window: opens it, or closes it if it is open",
          .options = {{.name = "--screenshot",
                       .value = "PNG",
                       .help = "a PNG picture of it instead; needs no display",
                       .complete = Complete::kFiles},
                      {.name = "--text",
                       .help = "what it shows in words instead, as ui.accessible_text always does"},
                      {.name = "--snapshot",
                       .value = "FILE",
                       .help = "of the state in this file, as `lull status --json` prints it",
                       .complete = Complete::kFiles},
                      {.name = "--theme",
                       .value = "T",
                       .help = "system, dark or light",
                       .complete = Complete::kWords,
                       .words = {"system", "dark", "light"}},
                      {.name = "--scale", .value = "S", .help = "instead of the monitor's"},
                      {.name = "--renderer",
                       .value = "R",
                       .help = "raster (on the CPU, the default) or gl (OpenGL 3)",
                       .complete = Complete::kWords,
                       .words = {"raster", "gl"}}},
          .examples = {{"lull popover", "at the pointer"},
                       {"lull popover --screenshot now.png --theme light", "as it is now"},
                       {"lull popover --text", "for a screen reader"}},
          .run = run_popover};
}

CommandSpec completion_command() {
  return {.name = "completion",
          .summary = "a completion script for your shell",
          .arguments = {{.name = "SHELL",
                         .help = "bash, zsh or fish",
                         .complete = Complete::kWords,
                         .words = {"bash", "zsh", "fish"}}},
          .examples = {{"source <(lull completion bash)", "in this shell"},
                       {"lull completion fish > ~/.config/fish/completions/lull.fish", "for good"}},
          .run = run_completion};
}

}  // namespace

std::span<const CommandSpec> all_commands() {
  static const std::vector<CommandSpec> commands = {
      agent_command(),  status_command(),   top_command(),     size_command(),      scan_command(),
      clean_command(),  optimize_command(), undo_command(),    jobs_command(),      why_command(),
      run_command(),    pause_command(),    resume_command(),  history_command(),   rules_command(),
      config_command(), metrics_command(),  popover_command(), completion_command()};
  return commands;
}

const CommandSpec* find_command(std::string_view name) {
  for (const CommandSpec& command : all_commands())
    if (command.name == name) return &command;
  return nullptr;
}

std::span<const OptionSpec> common_options() {
  static const std::vector<OptionSpec> options = {
      {.name = "--socket",
       .value = "PATH",
       .help = "control socket of the agent (or LULL_SOCKET)",
       .complete = Complete::kFiles},
      {.name = "--help", .short_name = "-h", .help = "this text"}};
  return options;
}

}  // namespace lull::commands
