// SPDX-License-Identifier: MIT
#include "agent/commands/status_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include "agent/commands/process_table.h"
#include "agent/commands/words.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace lull::commands {
namespace {

constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kLabelWidth = 13;

Tone tone_of_level(const std::string& level) {
  if (level == "critical") return Tone::kBad;
  return level == "warning" ? Tone::kWarning : Tone::kGood;
}

const Object* pressure_of(const Object& status) {
  const Object* memory = child(status, "memory");
  return memory == nullptr ? nullptr : child(*memory, "pressure");
}

// used ÷ total; nullopt if either is unknown.
std::optional<double> used_share(const Object& memory) {
  const auto used = number(memory, "used_bytes");
  const auto total = number(memory, "total_bytes");
  if (!used || !total || *total <= 0) return std::nullopt;
  return *used / *total;
}

std::string fixed(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", std::clamp(value, -1e6, 1e6));
  return text.data();
}

// The lines of the page; each has a label and one text.
class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  // `content` has no escape sequences where it could be too long.
  void line(std::string_view label, std::string content) {
    if (style_.width() > 0 && content.find('\x1b') == std::string::npos)
      content =
          style_.cut(content, style_.width() > kLabelWidth ? style_.width() - kLabelWidth : 0);
    const std::string shown = style_.cut(label, kLabelWidth - 1);
    out += style_.paint(Tone::kDim, shown) + std::string(kLabelWidth - display_width(shown), ' ') +
           content + "\n";
  }
  void gauge(std::string_view label, double share, const std::string& content) {
    const Tone tone = share >= 0.95 ? Tone::kBad : share >= 0.85 ? Tone::kWarning : Tone::kGood;
    std::string number = percent(share * 100);
    number.insert(0, number.size() < 5 ? 5 - number.size() : 0, ' ');
    const std::string bar = style_.bar(share, kBarWidth);
    const std::size_t before = kLabelWidth + display_width(bar) + 1 + number.size() + 2;
    const std::string rest = style_.width() == 0 ? content
                             : style_.width() > before
                                 ? style_.cut(content, style_.width() - before)
                                 : "";
    line(label, style_.paint(tone, bar) + " " + number + "  " + rest);
  }

  std::string out;

 private:
  const Style& style_;
};

void memory_lines(const Object& memory, const Style& style, Page& page) {
  const std::string dash(style.dash());
  if (const auto share = used_share(memory))
    page.gauge("Memory", *share,
               bytes_or(memory, "used_bytes", dash) + " of " +
                   bytes_or(memory, "total_bytes", dash) + " used, " +
                   bytes_or(memory, "available_bytes", dash) + " available");
  const double swap_total = number(memory, "swap_total_bytes").value_or(0);
  if (swap_total > 0)
    page.gauge("Swap", number(memory, "swap_used_bytes").value_or(0) / swap_total,
               bytes_or(memory, "swap_used_bytes", dash) + " of " +
                   bytes_or(memory, "swap_total_bytes", dash) + " used");
  const Object* pressure = child(memory, "pressure");
  if (pressure == nullptr) {
    page.line("Pressure", "unknown: this kernel does not tell");
    return;
  }
  const std::string level = printable(text(*pressure, "level"));
  const std::string shown = style.paint(tone_of_level(level), level);
  const auto lately = number(*pressure, "some_avg10");
  if (!lately) {
    const bool by_available = text(*pressure, "basis") == "available_memory";
    page.line("Pressure",
              shown + (by_available ? ", by available memory: this kernel tells no stalls"
                                    : ", as the system judges it"));
    return;
  }
  page.line("Pressure", shown + ", stalled " + fixed(*lately) + " % of the last 10 s, " +
                            fixed(number(*pressure, "some_avg60").value_or(0)) + " % of 60 s");
}

void cpu_line(const Object& cpu, Page& page) {
  const std::string rest = plural(count(cpu, "cores").value_or(0), "core") + ", load " +
                           fixed(number(cpu, "load_1m").value_or(0));
  if (const auto busy = number(cpu, "percent"))
    page.gauge("CPU", *busy / 100, "of " + rest);
  else
    page.line("CPU", rest);
}

void disk_lines(const Object& status, const Style& style, Page& page) {
  for (const Value& value : items(status, "disks")) {
    const Object* disk = value.if_object();
    if (disk == nullptr) continue;
    const double total = number(*disk, "total_bytes").value_or(0);
    const auto available = number(*disk, "available_bytes");
    if (total <= 0 || !available) continue;
    const double used = number(*disk, "used_bytes").value_or(total - *available);
    if (used + *available <= 0) continue;
    page.gauge("Disk", used / (used + *available),
               bytes_or(*disk, "available_bytes", style.dash()) + " of " +
                   bytes_or(*disk, "total_bytes", style.dash()) + " free on " +
                   printable(text(*disk, "mount")));
  }
}

void reclaimable_line(const Object& status, const Context& context, Page& page) {
  const Object* reclaimable = child(status, "reclaimable");
  if (reclaimable == nullptr) {
    page.line("Reclaimable", "unknown until a scan: `lull scan`");
    return;
  }
  page.line("Reclaimable",
            context.style().paint(Tone::kStrong,
                                  bytes_or(*reclaimable, "bytes", context.style().dash())) +
                ", as of " + relative_or(*reclaimable, "as_of_at", context.now(), "a while ago") +
                "; see `lull scan`");
}

std::string job_words(const Object& job, const Context& context) {
  const std::string state = printable(text(job, "state"));
  std::string words = printable(text(job, "name")) + " " + state;
  const std::string codes = blocked_by(job);
  if (!codes.empty() && codes != state) return words + " (" + codes + ")";
  const auto next = instant(job, "next_at");
  if (next && state == "waiting") words += " (" + relative(*next, context.now()) + ")";
  return words;
}

void job_lines(const Object& status, const Context& context, Page& page) {
  if (child(status, "agent") == nullptr) return;  // nothing starts by itself then
  std::string_view label = "Jobs";
  for (const Value& value : items(status, "jobs")) {
    const Object* job = value.if_object();
    if (job == nullptr) continue;
    // What runs only when somebody asks is of interest while it does.
    if (text(*job, "trigger") == "request" && text(*job, "state") == "waiting") continue;
    page.line(label, job_words(*job, context));
    label = "";
  }
}

void last_run_line(const Object& status, const Context& context, Page& page) {
  const Object* run = child(status, "last_run");
  if (run == nullptr) return;
  const std::string summary = printable(text(*run, "summary"));
  page.line("Last run", printable(text(*run, "kind")) + " " +
                            relative_or(*run, "started_at", context.now(), "") +
                            (summary.empty() ? "" : ": " + summary));
}

void agent_line(const Object& status, const Style& style, Page& page) {
  const Object* agent = child(status, "agent");
  if (agent == nullptr) {
    page.line("Agent", "not running; `lull agent` starts it");
    return;
  }
  page.line("Agent", "pid " + std::to_string(count(*agent, "pid").value_or(0)) + ", up " +
                         base::format_duration(
                             duration_of_seconds(number(*agent, "uptime_seconds").value_or(0))) +
                         ", " + bytes_or(*agent, "pss_bytes", style.dash()) + ", " +
                         fixed(number(*agent, "cpu_seconds").value_or(0)) + " s of CPU");
}

void pause_line(const Object& status, const Context& context, Page& page) {
  if (!flag(status, "paused")) return;
  const auto until = instant(status, "paused_until_at");
  page.line("Paused", until ? "automatic jobs run again " + relative(*until, context.now())
                            : std::string("until `lull resume`"));
}

}  // namespace

std::string level_of(const Object& status) {
  const Object* pressure = pressure_of(status);
  return pressure == nullptr ? "" : printable(text(*pressure, "level"));
}

std::optional<double> memory_percent(const Object& status) {
  const Object* memory = child(status, "memory");
  const auto share = memory == nullptr ? std::nullopt : used_share(*memory);
  return share ? std::optional(*share * 100) : std::nullopt;
}

std::string status_page(const Object& status, const Context& context) {
  const Style& style = context.style();
  Page page(style);
  if (const Object* memory = child(status, "memory")) memory_lines(*memory, style, page);
  if (const Object* cpu = child(status, "cpu")) cpu_line(*cpu, page);
  disk_lines(status, style, page);
  reclaimable_line(status, context, page);
  agent_line(status, style, page);
  pause_line(status, context, page);
  job_lines(status, context, page);
  last_run_line(status, context, page);
  if (!items(status, "top").empty())
    page.out += "\n" + process_rows(items(status, "top"), context, false, 0);
  return std::move(page.out);
}

std::string status_summary(const Object& status, const Style& style) {
  const auto used = memory_percent(status);
  std::vector<std::string> parts = {"memory " + (used ? percent(*used) : "?")};
  const std::string level = level_of(status);
  if (!level.empty()) parts.push_back("pressure " + level);
  if (const Object* cpu = child(status, "cpu"))
    if (const auto busy = number(*cpu, "percent")) parts.push_back("cpu " + percent(*busy));
  if (const Object* reclaimable = child(status, "reclaimable"))
    parts.push_back(bytes_or(*reclaimable, "bytes", style.dash()) + " reclaimable");
  for (const Value& value : items(status, "jobs"))
    if (const Object* job = value.if_object(); job != nullptr && text(*job, "state") == "running")
      parts.push_back(printable(text(*job, "name")) + " running");
  if (flag(status, "paused")) parts.emplace_back("paused");
  std::string line;
  for (const std::string& part : parts) line += (line.empty() ? "" : ", ") + part;
  return line;
}

}  // namespace lull::commands
