// SPDX-License-Identifier: MIT
#include "core/platform/memory_parse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

using base::ErrorCode;
using base::fail;

tl::unexpected<base::Error> malformed(std::string_view what, std::string_view file) {
  return fail(ErrorCode::kMalformed, "cannot be understood: " + std::string(what),
              std::string(file));
}

// "  1234 kB" in bytes.
bool take_kilobytes(std::string_view rest, std::uint64_t& bytes) {
  std::uint64_t kilobytes = 0;
  if (!take_number(rest, kilobytes)) return false;
  if (kilobytes > std::numeric_limits<std::uint64_t>::max() / 1024) return false;
  if (take_word(rest) != "kB") return false;
  bytes = kilobytes * 1024;
  return true;
}

struct MemInfoKey {
  std::string_view name;
  std::uint64_t MemInfo::*field;
};
constexpr std::array kMemInfoKeys = {
    MemInfoKey{"MemTotal", &MemInfo::total},
    MemInfoKey{"MemFree", &MemInfo::free},
    MemInfoKey{"Buffers", &MemInfo::buffers},
    MemInfoKey{"Cached", &MemInfo::cached},
    MemInfoKey{"Active(file)", &MemInfo::active_file},
    MemInfoKey{"Inactive(file)", &MemInfo::inactive_file},
    MemInfoKey{"SwapTotal", &MemInfo::swap_total},
    MemInfoKey{"SwapFree", &MemInfo::swap_free},
    MemInfoKey{"Shmem", &MemInfo::shared},
    MemInfoKey{"SReclaimable", &MemInfo::reclaimable_slab},
};
constexpr unsigned kAvailableBit = 1u << kMemInfoKeys.size();
constexpr unsigned kAllSeen = (kAvailableBit << 1) - 1;
constexpr unsigned kRequired = 0b11;

// The bit of the field that `name` fills, or 0 for one that is of no interest; `target` is set.
unsigned find_field(std::string_view name, MemInfo& info, std::uint64_t*& target) {
  for (std::size_t i = 0; i < kMemInfoKeys.size(); ++i)
    if (kMemInfoKeys[i].name == name) {
      target = &(info.*kMemInfoKeys[i].field);
      return 1u << i;
    }
  if (name != "MemAvailable") return 0;
  target = &info.available.emplace(0);
  return kAvailableBit;
}

std::uint64_t minus(std::uint64_t from, std::uint64_t what) {
  return from > what ? from - what : 0;
}

}  // namespace

base::Result<MemInfo> parse_meminfo(std::string_view text, std::string_view file) {
  MemInfo info;
  unsigned seen = 0;
  std::string_view line;
  while (seen != kAllSeen && take_line(text, line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::uint64_t* target = nullptr;
    const unsigned bit = find_field(line.substr(0, colon), info, target);
    if (bit == 0) continue;
    if (!take_kilobytes(line.substr(colon + 1), *target)) return malformed(line, file);
    seen |= bit;
  }
  if ((seen & kRequired) != kRequired || info.total == 0)
    return fail(ErrorCode::kMalformed, "has no MemTotal or no MemFree", std::string(file));
  return info;
}

std::uint64_t estimate_available(const MemInfo& info) {
  const std::uint64_t total_kib = info.total / 1024;
  const double minimum_kib =
      std::clamp(4 * std::sqrt(static_cast<double>(total_kib)), 128.0, 262144.0);
  const auto low = static_cast<std::uint64_t>(minimum_kib * 5 / 4) * 1024;
  // Kernels before 2.6.28 do not split their lists.
  const std::uint64_t lists = info.active_file + info.inactive_file;
  const std::uint64_t files = lists != 0 ? lists : minus(info.cached + info.buffers, info.shared);
  std::uint64_t available = minus(info.free, low);
  available += files - std::min(files / 2, low);
  available += info.reclaimable_slab - std::min(info.reclaimable_slab / 2, low);
  return std::min(available, info.total);
}

model::MemorySample sample_of(const MemInfo& info) {
  model::MemorySample sample;
  sample.total_bytes = info.total;
  sample.free_bytes = std::min(info.free, info.total);
  sample.available_is_estimated = !info.available.has_value();
  sample.available_bytes =
      std::min(info.available ? *info.available : estimate_available(info), info.total);
  sample.cached_bytes = minus(info.buffers + info.cached + info.reclaimable_slab, info.shared);
  sample.swap_total_bytes = info.swap_total;
  sample.swap_used_bytes = minus(info.swap_total, info.swap_free);
  return sample;
}

base::Result<ArcStats> parse_arcstats(std::string_view text, std::string_view file) {
  ArcStats arc;
  bool has_size = false;
  bool has_minimum = false;
  std::string_view line;
  while (!(has_size && has_minimum) && take_line(text, line)) {
    const std::string_view whole = line;
    const std::string_view name = take_word(line);
    if (name != "size" && name != "c_min") continue;
    take_word(line);  // the type
    std::uint64_t value = 0;
    if (!take_number(line, value)) return malformed(whole, file);
    (name == "size" ? arc.size : arc.minimum) = value;
    (name == "size" ? has_size : has_minimum) = true;
  }
  if (!has_size || !has_minimum)
    return fail(ErrorCode::kMalformed, "has no size or no c_min", std::string(file));
  return arc;
}

void add_arc(model::MemorySample& sample, const ArcStats& arc) {
  const std::uint64_t more = std::min(arc.shrinkable(), sample.used_bytes());
  sample.zfs_arc_bytes = arc.size;
  sample.available_bytes += more;
  sample.cached_bytes += more;
}

base::Result<model::ZramState> parse_zram_mm_stat(std::string_view text, std::string_view file) {
  model::ZramState state;
  std::uint64_t compressed_data = 0;
  std::string_view rest = text;
  if (!take_number(rest, state.original_bytes) || !take_number(rest, compressed_data) ||
      !take_number(rest, state.compressed_bytes))
    return malformed(text.substr(0, text.find('\n')), file);
  return state;
}

std::vector<std::string> parse_zram_swaps(std::string_view text) {
  std::vector<std::string> names;
  std::string_view line;
  while (take_line(text, line)) {
    const std::string path = unescape_octal(take_word(line));
    const std::string name = path.substr(path.rfind('/') + 1);
    const bool numbered =
        name.size() > 4 && name.find_first_not_of("0123456789", 4) == std::string::npos;
    if (path.starts_with('/') && name.starts_with("zram") && numbered) names.push_back(name);
  }
  return names;
}

base::Result<SmapsRollup> parse_smaps_rollup(std::string_view text, std::string_view file) {
  SmapsRollup rollup;
  bool has_resident = false;
  std::string_view line;
  while (take_line(text, line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    if (name != "Rss" && name != "Pss" && name != "Anonymous" && name != "Swap") continue;
    std::uint64_t bytes = 0;
    if (!take_kilobytes(line.substr(colon + 1), bytes)) return malformed(line, file);
    if (name == "Rss") rollup.resident = bytes;
    if (name == "Pss") rollup.proportional = bytes;
    if (name == "Anonymous") rollup.anonymous = bytes;
    if (name == "Swap") rollup.swapped = bytes;
    has_resident |= name == "Rss";
  }
  if (!has_resident) return fail(ErrorCode::kMalformed, "has no Rss", std::string(file));
  return rollup;
}

}  // namespace lull::platform
