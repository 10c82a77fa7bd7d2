// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/relief_reports.h"
#include "core/relief/shed.h"

// The seven memory operations: each is a file of this folder and ends in a verdict.
namespace lull::relief {

inline constexpr std::string_view kInactiveMemory = "inactive-memory";
inline constexpr std::string_view kFileCaches = "file-caches";
inline constexpr std::string_view kAppCaches = "app-caches";
inline constexpr std::string_view kMemoryCompression = "memory-compression";
inline constexpr std::string_view kNetworkCaches = "network-caches";
inline constexpr std::string_view kAppGc = "app-gc";
inline constexpr std::string_view kTempAllocations = "temp-allocations";
// In the order in which they are reported.
inline constexpr std::array kOperations = {kInactiveMemory,    kFileCaches,    kAppCaches,
                                           kMemoryCompression, kNetworkCaches, kAppGc,
                                           kTempAllocations};

using model::ReliefOutcome;

// How one operation ended. Bytes are what may be claimed: 0 unless freed.
struct OperationVerdict {
  ReliefOutcome outcome = ReliefOutcome::kFailed;
  std::uint64_t bytes = 0;
  std::string reason;  // one line for people
  // What it was to give, told before it was done; nullopt: nobody can say.
  std::optional<std::uint64_t> predicted_bytes = std::nullopt;
};

inline OperationVerdict freed(std::uint64_t bytes, std::string reason) {
  return {ReliefOutcome::kFreed, bytes, std::move(reason), std::nullopt};
}
inline OperationVerdict without_bytes(ReliefOutcome outcome, std::string reason) {
  return {outcome, 0, std::move(reason), std::nullopt};
}
// " (1.20 GiB predicted)", or nothing: stands behind what was measured.
std::string predicted_words(const std::optional<std::uint64_t>& predicted_bytes);
// app-caches: what shedding our own gave.
OperationVerdict verdict_of(const Verdict& shed);

}  // namespace lull::relief
