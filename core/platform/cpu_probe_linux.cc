// SPDX-License-Identifier: MIT
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/platform/cpu_probe.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/stat_parse.h"

namespace lull::platform {
namespace {

// Only the lines of the processors are wanted; they come first, some 70 bytes each. What follows
// (a counter per interrupt) can be many KiB.
constexpr std::size_t kFirstGuess = 4096;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

bool has_line_after_processors(std::string_view text) {
  const std::size_t last = text.rfind('\n');
  if (last == std::string_view::npos) return false;
  const std::size_t intr = text.find("\nintr");
  return intr != std::string_view::npos && intr <= last;
}

class LinuxCpuProbe final : public CpuProbe {
 public:
  explicit LinuxCpuProbe(const SystemRoots& roots)
      : stat_path_(roots.proc + "/stat"), load_path_(roots.proc + "/loadavg") {}

  base::Result<Reading> read() override {
    LULL_TRY(open());
    const auto text = processor_lines();
    if (!text) return tl::unexpected(text.error());
    const auto times = parse_cpu_times(*text, stat_->path());
    if (!times) return tl::unexpected(times.error());
    std::array<char, 128> small;
    const auto load_text = load_->read(small);
    if (!load_text) return tl::unexpected(load_text.error());
    const auto load = parse_load(*load_text, load_->path());
    if (!load) return tl::unexpected(load.error());
    return Reading{*times, count_cores(*text), *load};
  }

 private:
  base::Status open() {
    if (stat_ && load_) return {};
    auto stat = KeptFile::open(stat_path_);
    if (!stat) return tl::unexpected(stat.error());
    auto load = KeptFile::open(load_path_);
    if (!load) return tl::unexpected(load.error());
    stat_ = std::move(*stat);
    load_ = std::move(*load);
    return {};
  }

  base::Result<std::string_view> processor_lines() {
    if (buffer_.empty()) buffer_.resize(kFirstGuess);
    for (;;) {
      auto text = stat_->read(buffer_);
      const bool cut = text && text->size() == buffer_.size() && !has_line_after_processors(*text);
      if (!cut || buffer_.size() >= kMostBytes) return text;
      buffer_.resize(buffer_.size() * 2);
    }
  }

  const std::string stat_path_, load_path_;
  std::optional<KeptFile> stat_, load_;
  std::vector<char> buffer_;
};

}  // namespace

std::unique_ptr<CpuProbe> make_cpu_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxCpuProbe>(roots);
}

}  // namespace lull::platform
